/** Talks to the local Slack's page API. Every answer has `ok`; a failure also has `text`, a sentence for people. */

const PREFIX = '/sandbox/api';

const SENTENCES = {
  already_pinned: 'This message is pinned already.',
  already_reacted: 'You have reacted with that already.',
  cant_delete_message: 'Only its author may delete a message.',
  cant_leave_general: 'Nobody can leave this channel.',
  cant_update_message: 'Only its author may edit a message.',
  channel_not_found: 'This channel is not there, or not for this person.',
  invalid_name_specials: 'A channel name has lower-case letters, digits, hyphens and underscores only.',
  invalid_name_maxlength: 'A channel name has at most 80 characters.',
  invalid_name_required: 'A channel needs a name.',
  is_archived: 'This channel is archived.',
  message_not_found: 'This message is gone.',
  name_taken: 'There is a channel of that name already.',
  no_text: 'There is nothing to send.',
  not_in_channel: 'Join the channel first.',
  too_many_emoji: 'This message has all the reactions it can carry.',
};

/** The sentence to show for a failed answer. */
export function sentence(answer) {
  return answer.text || SENTENCES[answer.error] || `That did not work (${answer.error ?? 'no reason was given'}).`;
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(`${PREFIX}/${path}`, options);
  } catch {
    return {
      ok: false,
      error: 'no_connection',
      text: 'The local Slack does not answer. Nothing you typed is lost; try again.',
    };
  }
  if (!response.ok && !(response.headers.get('content-type') ?? '').includes('json')) {
    return { ok: false, error: `http_${response.status}`, text: await response.text() };
  }
  return { ok: response.ok, ...(await response.json()) };
}

function post(path, body) {
  return request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
}

const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();

export const api = {
  bootstrap: (user) => request(`bootstrap?${query({ user })}`),
  messages: (user, channel, before) => request(`channels/${channel}/messages?${query({ user, before, limit: '100' })}`),
  thread: (user, channel, ts) => request(`channels/${channel}/threads/${ts}?${query({ user })}`),
  channel: (user, channel) => request(`channels/${channel}?${query({ user })}`),
  canvas: (user, channel) => request(`channels/${channel}/canvas?${query({ user })}`),
  views: (user) => request(`views?${query({ user })}`),
  traffic: (after) => request(`traffic?${query({ after: String(after) })}`),
  press: (control) => post(`controls/${encodeURIComponent(control)}`),
  /** Do something as a person; see PageAct for the paths and their bodies. */
  act: (user, path, body) => post(`as/${user}/${path}`, body),
  /** Upload one file; without a channel it is kept but shared nowhere yet. */
  upload(user, file, fields = {}) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
    form.append('file', file, file.name);
    return request(`as/${user}/files`, { method: 'POST', body: form });
  },
};
