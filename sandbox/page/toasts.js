/** Short notices in the corner: what happened elsewhere, what did not work. */

import { h, icon, iconButton } from './dom.js';
import { author } from './message.js';
import { toTyped } from './mrkdwn.js';
import { store } from './store.js';

const SECONDS = { info: 6, error: 12, message: 9 };
const MOST = 4;

export class Toasts {
  /** @param {HTMLElement} node a popover, so that it shows above dialogs */
  constructor(node) {
    this.node = node;
    this.held = [];
    store.on('toast', ({ level = 'info', text }) =>
      this.add(level, [icon(level === 'error' ? 'warning' : 'check'), h('p', {}, text)]),
    );
    store.on('arrived', (message) => this.#arrived(message));
    document.addEventListener('dialog-opened', () => this.#makeRoom());
    // A dialog's close event does not bubble.
    document.addEventListener('close', () => this.#release(), true);
  }

  /** Say so if a message wants this person's eyes and they are elsewhere. */
  #arrived(message) {
    const channel = store.channels.get(message.channel);
    const wanted = message.is_ephemeral || channel?.is_im || store.mentionsMe(message.text);
    if (!channel || !wanted || store.route.place === channel.id) return;
    const who = author(message);
    const words = toTyped(message.text ?? '').replace(/\s+/g, ' ');
    const where = channel.is_im ? 'Direct message' : store.channelLabel(channel);
    const open = () => {
      toast.remove();
      store.emit('go', { place: channel.id, focus: message.is_ephemeral ? null : message.ts });
    };
    const says = h(
      'button',
      { type: 'button', class: 'toast-open', on: { click: open } },
      h('strong', {}, `${who.name} · ${where}`),
      h('span', {}, words.slice(0, 140)),
    );
    const toast = this.add('message', [who.picture('small'), says]);
  }

  add(level, content) {
    const remove = () => {
      node.remove();
      if (!this.node.children.length && this.node.matches(':popover-open')) this.node.hidePopover();
    };
    const node = h('div', { class: `toast toast-${level}` }, content, iconButton('close', 'Dismiss', remove));
    const show = () => {
      this.node.append(node);
      while (this.node.children.length > MOST) this.node.firstElementChild.remove();
      this.#raise();
      let timer = setTimeout(remove, SECONDS[level] * 1000);
      // Nobody reads faster because the pointer rests on it.
      node.addEventListener('pointerenter', () => clearTimeout(timer));
      node.addEventListener('pointerleave', () => (timer = setTimeout(remove, 2000)));
    };
    // What is no error can wait until the form that somebody fills in is done.
    if (level !== 'error' && document.querySelector('dialog[open]')) this.held.push(show);
    else show();
    return { remove };
  }

  /** A form is not covered, except by what went wrong. */
  #makeRoom() {
    if (this.node.querySelector('.toast-error')) this.#raise();
    else if (this.node.matches(':popover-open')) this.node.hidePopover();
  }

  #release() {
    if (document.querySelector('dialog[open]')) return;
    this.#raise();
    for (const show of this.held.splice(0)) show();
  }

  /** The last to enter the browser's top layer is on top of it. */
  #raise() {
    if (this.node.matches(':popover-open')) this.node.hidePopover();
    if (this.node.children.length) this.node.showPopover();
  }
}
