/** Draws one message. */

import { avatar } from './avatar.js';
import { drawBlocks, rememberFocus } from './blocks.js';
import { add, fill, h, icon } from './dom.js';
import { emojiNode, mrkdwn } from './mrkdwn.js';
import { drawFiles } from './files.js';
import { formOf } from './form.js';
import { store } from './store.js';
import { surface } from './surface.js';
import { ago, clockTime, fullTime } from './time.js';
import { toggleReaction } from './reactions.js';

/** What Slack itself writes into a channel; drawn as a quiet line. */
const NOTES = new Set([
  'channel_join',
  'channel_leave',
  'channel_topic',
  'channel_purpose',
  'channel_name',
  'channel_archive',
  'channel_unarchive',
  'group_join',
  'group_leave',
  'group_topic',
  'group_purpose',
  'group_name',
  'group_archive',
  'group_unarchive',
  'pinned_item',
  'bot_add',
]);

export const isNote = (message) => NOTES.has(message.subtype);

/** Who a message is from: a person, the app, or a name an integration posts under. */
export function author(message) {
  const user = store.user(message.user);
  if (message.subtype === 'bot_message') {
    const name = message.username || message.bot_profile?.name || 'App';
    return { key: `bot:${name}`, name, isApp: true, picture: (size) => avatar(null, size, name) };
  }
  const isApp = Boolean(user?.is_bot || message.bot_id);
  const name =
    message.username ||
    (isApp && user?.id === store.app.bot_user_id ? store.app.name : user?.real_name) ||
    message.user ||
    'Unknown';
  return { key: `user:${message.user}:${name}`, id: message.user, name, isApp, picture: (size) => avatar(user, size) };
}

/**
 * @typedef {object} Look how a message stands among its neighbours
 * @property {boolean} grouped under the same author as the one before @property {boolean} inThread
 * @property {string} [editing] ts of the message being edited
 */

/**
 * Draw a message into its row, keeping the nodes of blocks that stay the same.
 * @param {HTMLElement} row @param {object} message @param {Look} look
 */
export function drawMessage(row, message, look) {
  const focus = rememberFocus(row);
  const who = author(message);
  row.className = [
    'message',
    look.grouped && 'grouped',
    message.is_ephemeral && 'ephemeral',
    isNote(message) && 'note',
    message.pinned_to?.length && 'pinned',
  ]
    .filter(Boolean)
    .join(' ');
  row.setAttribute('aria-label', `${who.name}, ${clockTime(message.ts, store.me.tz)}`);
  if (message.subtype === 'tombstone')
    fill(row, gutter(message, who, look), h('div', { class: 'message-main quiet' }, 'This message was deleted.'));
  else if (isNote(message))
    fill(
      row,
      h('span', { class: 'note-time' }, timeOf(message)),
      h('div', { class: 'message-main' }, noteText(message)),
    );
  else fill(row, flags(message), gutter(message, who, look), main(row, message, who, look));
  focus();
}

function noteText(message) {
  const text = message.text ?? '';
  return text.includes(`<@${message.user}`)
    ? mrkdwn(text)
    : add(document.createDocumentFragment(), [h('strong', {}, author(message).name), ' ', mrkdwn(text)]);
}

function flags(message) {
  const found = [];
  if (message.is_ephemeral) found.push([icon('eye'), 'Only visible to you']);
  if (message.pinned_to?.length) found.push([icon('pin'), 'Pinned to this channel']);
  return found.map(([sign, words]) => h('div', { class: 'message-flag' }, sign, words));
}

function gutter(message, who, look) {
  if (look.grouped) return h('div', { class: 'message-gutter' }, timeOf(message));
  return h('div', { class: 'message-gutter' }, who.picture('normal'));
}

const timeOf = (message) =>
  h(
    'time',
    {
      class: 'message-time',
      datetime: new Date(Number(message.ts) * 1000).toISOString(),
      title: fullTime(message.ts, store.me.tz),
    },
    clockTime(message.ts, store.me.tz),
  );

function main(row, message, who, look) {
  const node = h('div', { class: 'message-main' });
  if (!look.grouped) node.append(heading(message, who));
  if (message.subtype === 'thread_broadcast' && !look.inThread) node.append(broadcastLine(message));
  node.append(content(row, message));
  if (message.files?.length) node.append(drawFiles(message.files));
  if (message.reactions?.length) node.append(reactions(message));
  if (message.reply_count && !look.inThread) node.append(threadSummary(message));
  return node;
}

function heading(message, who) {
  const name =
    who.id && !who.isApp
      ? h('button', { type: 'button', class: 'author', data: { user: who.id } }, who.name)
      : h('span', { class: 'author' }, who.name);
  return h(
    'div',
    { class: 'message-head' },
    name,
    who.isApp && h('span', { class: 'app-badge' }, 'App'),
    timeOf(message),
    editedMark(message, 'edited'),
  );
}

function editedMark(message, words) {
  if (!message.edited) return null;
  return h('span', { class: 'edited', title: `Edited ${fullTime(message.edited.ts, store.me.tz)}` }, words);
}

function broadcastLine(message) {
  const words = (message.root?.text ?? '').replace(/\s+/g, ' ').slice(0, 90);
  const open = () => store.emit('go', { place: message.channel, thread: message.thread_ts });
  return h(
    'div',
    { class: 'broadcast-line' },
    icon('reply'),
    'replied to a thread: ',
    h('button', { type: 'button', class: 'link', on: { click: open } }, words ? mrkdwn(words) : 'open it'),
  );
}

/** The words or the blocks; blocks keep their nodes over a redraw. */
function content(row, message) {
  const node = h('div', { class: 'message-content' });
  if (message.blocks?.length) {
    row.current = message;
    row.blocks ??= h('div', { class: 'blocks' });
    const key = `${message.channel}/${message.ts}`;
    row.surface ??= surface({
      container: {
        type: 'message',
        channel: message.channel,
        ts: message.ts,
        is_ephemeral: Boolean(message.is_ephemeral),
      },
      form: formOf(key),
      blocks: () => row.current.blocks ?? [],
    });
    drawBlocks(row.blocks, message.blocks, row.surface);
    node.append(row.blocks);
  } else if (message.text) {
    node.append(h('div', { class: ['message-text', onlyEmoji(message.text) && 'big-emoji'] }, mrkdwn(message.text)));
    if (row.classList.contains('grouped')) node.append(editedMark(message, '(edited)') ?? '');
  }
  for (const attachment of message.attachments ?? []) node.append(drawAttachment(row, attachment));
  return node;
}

const onlyEmoji = (text) => /^(:[a-z0-9_+-]+:\s*){1,3}$/.test(text.trim());

/** The older kind of formatting that some apps still send. */
function drawAttachment(row, attachment) {
  const color = /^#?[0-9a-f]{6}$/i.test(attachment.color ?? '')
    ? `#${attachment.color.replace('#', '')}`
    : 'var(--line-strong)';
  const node = h('div', { class: 'attachment', style: { '--bar': color } });
  if (attachment.pretext) node.append(h('div', {}, mrkdwn(attachment.pretext)));
  if (attachment.title) node.append(h('strong', {}, mrkdwn(attachment.title)));
  if (attachment.blocks?.length) {
    const inner = h('div', { class: 'blocks' });
    drawBlocks(
      inner,
      attachment.blocks,
      row.surface ?? surface({ container: {}, form: formOf('attachment'), blocks: () => attachment.blocks }),
    );
    node.append(inner);
  } else if (attachment.text || attachment.fallback)
    node.append(h('div', {}, mrkdwn(attachment.text ?? attachment.fallback)));
  return node;
}

function reactions(message) {
  const pills = message.reactions.map((reaction) => {
    const mine = reaction.users.includes(store.me.id);
    const people = reaction.users
      .map((id) => (id === store.me.id ? 'You' : (store.user(id)?.real_name ?? id)))
      .join(', ');
    return h(
      'button',
      {
        type: 'button',
        class: ['reaction', mine && 'mine'],
        'aria-pressed': String(mine),
        'aria-label': `${reaction.name.replaceAll('_', ' ')}, ${reaction.count}: ${people}`,
        title: `${people} reacted with :${reaction.name}:`,
        data: { focus: `reaction/${reaction.name}` },
        on: { click: () => toggleReaction(message, reaction.name) },
      },
      emojiNode(reaction.name) ?? `:${reaction.name}:`,
      h('span', { class: 'reaction-count' }, reaction.count),
    );
  });
  return h('div', { class: 'reactions' }, pills);
}

function threadSummary(message) {
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(store.user(id), 'tiny'));
  const count = `${message.reply_count} ${message.reply_count === 1 ? 'reply' : 'replies'}`;
  return h(
    'button',
    {
      type: 'button',
      class: 'thread-summary',
      data: { focus: 'thread' },
      on: { click: () => store.emit('go', { place: message.channel, thread: message.ts }) },
    },
    h('span', { class: 'faces' }, faces),
    h('strong', {}, count),
    h('span', { class: 'quiet' }, `Last reply ${ago(message.latest_reply, store.now())}`),
  );
}
