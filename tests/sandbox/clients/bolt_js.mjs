// A foreign app: @slack/bolt from npm in Socket Mode. Environment: API_URL, BOT_TOKEN, APP_TOKEN.
// Prints "ready" once connected; answers as clients/sync_bolt.py does.
import bolt from '@slack/bolt';

const { App } = bolt;
const text = { type: 'plain_text', text: 'Title' };
const app = new App({
  token: process.env.BOT_TOKEN,
  appToken: process.env.APP_TOKEN,
  socketMode: true,
  clientOptions: { slackApiUrl: process.env.API_URL },
});

app.command('/incident', async ({ ack, body, client }) => {
  await ack();
  const element = { type: 'plain_text_input', action_id: 'text' };
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal',
      callback_id: 'form',
      private_metadata: body.channel_id,
      title: text,
      submit: text,
      blocks: [{ type: 'input', block_id: 'title', label: text, element }],
    },
  });
});

app.view('form', async ({ ack, view, client }) => {
  await ack();
  const said = view.state.values.title.text.value;
  await client.chat.postMessage({ channel: view.private_metadata, text: `bolt-js got ${said}` });
});

app.event('app_mention', async ({ event, say }) => {
  await say({ text: 'bolt-js was mentioned', thread_ts: event.ts });
});

await app.start();
console.log('ready');
process.stdin.resume();
process.stdin.on('end', async () => {
  await app.stop();
  process.exit(0);
});
