/** Shows a channel's canvas beside the channel, as it stands. */

import { api, sentence } from './api.js';
import { fill, h, iconButton } from './dom.js';
import { markdown } from './markdown.js';
import { store } from './store.js';
import { clockTime } from './time.js';

export class CanvasView {
  #drawn = 0;

  /** @param {() => void} close */
  constructor(close) {
    this.close = close;
    this.body = h('div', { class: 'viewer' });
    this.title = h('h2');
    const head = h('header', { class: 'pane-head' }, this.title, iconButton('close', 'Close the canvas', close));
    this.node = h('div', { class: 'pane-body' }, head, this.body);
    store.on('channels', () => this.node.isConnected && this.#load());
  }

  async show() {
    this.#drawn = 0;
    await this.#load();
    this.node.querySelector('.icon-button').focus();
  }

  /** Draw it if it changed; a reader keeps their place in it. */
  async #load() {
    const { channel } = store;
    if (!channel?.canvas) return;
    const answer = await api.canvas(store.me.id, channel.id);
    if (!answer.ok) {
      store.emit('toast', { level: 'error', text: sentence(answer) });
      return;
    }
    const { canvas } = answer;
    if (!canvas || canvas.edits + 1 === this.#drawn) return;
    this.#drawn = canvas.edits + 1;
    const changed = `changed ${clockTime(canvas.updated, store.me.tz)}`;
    fill(this.title, canvas.title, h('small', {}, changed));
    fill(this.body, h('article', { class: 'viewer-document canvas' }, markdown(canvas.markdown)));
  }
}
