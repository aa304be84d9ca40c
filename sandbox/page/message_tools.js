/** The bar that appears on a message: react, reply, shortcuts, pin, edit, delete. One bar for the whole page. */

import { api, sentence } from './api.js';
import { fill, h, icon, iconButton } from './dom.js';
import { isNote } from './message.js';
import { toTyped } from './mrkdwn.js';
import { menu } from './popup.js';
import { glyph, pickEmoji, toggleReaction } from './reactions.js';
import { store } from './store.js';
import { permalink } from './surface.js';

const QUICK = ['white_check_mark', 'eyes', 'pushpin'];

const fail = (answer) => answer.ok || store.emit('toast', { level: 'error', text: sentence(answer) });
const act = async (path, body) => fail(await api.act(store.me.id, path, body));
const place = (message) => ({ channel: message.channel, ts: message.ts });

export class MessageTools {
  #row = null;
  #startEdit;

  /** @param {(row: HTMLElement, message: object) => void} startEdit */
  constructor(startEdit) {
    this.#startEdit = startEdit;
    this.node = h('div', { class: 'message-tools', role: 'toolbar', 'aria-label': 'Message actions' });
  }

  /** Show the bar on a message's row; a popup that is open holds it where it is. */
  showOn(row, message, inThread) {
    if (this.#row === row && row.contains(this.node)) return;
    if (this.node.querySelector('[aria-expanded="true"]')) return;
    this.hide();
    if (!message || isNote(message) || message.subtype === 'tombstone') return;
    this.#row = row;
    fill(this.node, this.#tools(row, message, inThread));
    row.append(this.node);
  }

  /** The pointer went elsewhere: the bar goes too, unless it is in use. */
  leave() {
    if (!this.#row?.contains(document.activeElement) && !this.node.querySelector('[aria-expanded="true"]')) this.hide();
  }

  hide() {
    this.#row = null;
    this.node.remove();
  }

  #tools(row, message, inThread) {
    const more = iconButton(
      'more',
      'More actions',
      () => menu(more, this.#moreItems(row, message), { label: 'Message actions', end: true }),
      { 'aria-haspopup': 'menu' },
    );
    if (message.is_ephemeral) return [iconButton('close', 'Dismiss', () => act('messages/delete', place(message)))];
    const quick = QUICK.map((name) =>
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button emoji-quick',
          title: `React with :${name}:`,
          'aria-label': `React with ${name.replaceAll('_', ' ')}`,
          on: { click: () => toggleReaction(message, name) },
        },
        glyph(name),
      ),
    );
    const react = iconButton(
      'smile',
      'Add a reaction',
      () => pickEmoji(react, (name) => toggleReaction(message, name)),
      { 'aria-haspopup': 'dialog' },
    );
    const reply = !inThread && iconButton('reply', 'Reply in thread', () => openThread(message));
    return [quick, react, reply, more];
  }

  #moreItems(row, message) {
    const pinned = Boolean(message.pinned_to?.length);
    const own = message.user === store.me.id && !message.bot_id;
    const shortcuts = store.shortcuts
      .filter((shortcut) => shortcut.type === 'message')
      .map((shortcut) => ({
        label: shortcut.name,
        detail: store.app.name,
        icon: icon('bolt'),
        run: () => act('shortcuts', { callback_id: shortcut.callback_id, ...place(message) }),
      }));
    return [
      shortcuts.length && { heading: 'Shortcuts' },
      ...shortcuts,
      shortcuts.length && 'divider',
      { label: 'Reply in thread', icon: icon('reply'), run: () => openThread(message) },
      { label: 'Copy link', icon: icon('link'), run: () => copy(permalink(message), 'The link is copied.') },
      { label: 'Copy text', icon: icon('copy'), run: () => copy(toTyped(message.text ?? ''), 'The text is copied.') },
      {
        label: pinned ? 'Unpin from this channel' : 'Pin to this channel',
        icon: icon('pin'),
        run: () => act('pins', { ...place(message), add: !pinned }),
      },
      own && 'divider',
      own && { label: 'Edit message', icon: icon('edit'), run: () => this.#startEdit(row, message) },
      own && {
        label: 'Delete message',
        icon: icon('trash'),
        danger: true,
        run: () => act('messages/delete', place(message)),
      },
    ];
  }
}

const openThread = (message) => store.emit('go', { place: message.channel, thread: message.thread_ts ?? message.ts });

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    store.emit('toast', { level: 'info', text: done });
  } catch {
    store.emit('toast', { level: 'error', text: `The browser does not allow copying. It was: ${text}` });
  }
}
