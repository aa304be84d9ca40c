/** Where blocks stand: a message, a modal or the Home tab. Connects their controls to the app. */

import { api, sentence } from './api.js';
import { ownPath } from './dom.js';
import { knownFile } from './files.js';
import { store } from './store.js';

const ARCHIVE = /^\/archives\/(\w+)(?:\/p(\d+))?/;

/**
 * @param {{container: object, form: import('./form.js').Form, blocks: () => object[], fail?: (text: string) => void}} options
 * @returns {import('./elements.js').Surface}
 */
export function surface({ container, form, blocks, fail = (text) => store.emit('toast', { level: 'error', text }) }) {
  return {
    form,
    open: openOwn,
    async act(blockId, action) {
      const body = {
        container,
        block_id: blockId,
        action_id: action.action_id,
        action,
        state: { values: form.values(blocks()) },
      };
      const answer = await api.act(store.me.id, 'actions', body);
      if (!answer.ok) fail(sentence(answer));
      return answer.ok;
    },
    async suggest(blockId, actionId, value) {
      const answer = await api.act(store.me.id, 'suggestions', {
        container,
        block_id: blockId,
        action_id: actionId,
        value,
      });
      if (!answer.ok) fail(sentence(answer));
      return answer.ok ? answer : { options: [] };
    },
  };
}

/**
 * Follow an address of this workspace inside the page: a message, a channel, a file.
 * @param {string} url @param {string} [label] @returns {boolean} false if it leads elsewhere
 */
export function openOwn(url, label = '') {
  const path = ownPath(url);
  if (path === null) return false;
  const archive = ARCHIVE.exec(path);
  if (archive) {
    const thread = new URL(path, location.href).searchParams.get('thread_ts');
    store.emit('go', { place: archive[1], thread, focus: archive[2] ? stamp(archive[2]) : null });
    return true;
  }
  if (!path.startsWith('/sandbox/api/files/')) return false;
  const name = decodeURIComponent(path.split('?')[0].split('/').at(-1));
  store.emit('open_file', knownFile(path) ?? { name, title: label || name, url_private: path, mimetype: '' });
  return true;
}

/** "1700000000123456" as in a permalink -> "1700000000.123456" */
const stamp = (digits) => `${digits.slice(0, -6)}.${digits.slice(-6)}`;

/** The address of a message, as Slack writes it. */
export function permalink(message) {
  const thread =
    message.thread_ts && message.thread_ts !== message.ts
      ? `?thread_ts=${message.thread_ts}&cid=${message.channel}`
      : '';
  return `${location.origin}/archives/${message.channel}/p${message.ts.replace('.', '')}${thread}`;
}
