/** The thread pane: the first message, its replies, and a composer. */

import { api, sentence } from './api.js';
import { Composer } from './composer.js';
import { fill, h, iconButton, soon } from './dom.js';
import { MessageList } from './messages.js';
import { store } from './store.js';

export class ThreadView {
  #key = '';

  /** @param {() => void} close */
  constructor(close) {
    this.where = h('small');
    this.messages = new MessageList({ label: 'Thread', inThread: true });
    this.composer = new Composer({ inThread: true, editLast: () => this.messages.editLast() });
    this.node = h(
      'div',
      { class: 'pane-body' },
      h(
        'header',
        { class: 'pane-head' },
        h('h2', {}, 'Thread', this.where),
        iconButton('close', 'Close the thread', close),
      ),
      this.messages.node,
      this.composer.node,
    );
    this.redraw = () => this.draw();
    store.on('thread', (ts) => ts === store.route.thread && soon(this.redraw));
    store.on('users', () => soon(this.redraw));
  }

  async show() {
    const { place, thread } = store.route;
    const key = `${store.me.id}/${place}/${thread}`;
    if (this.#key === key) return;
    this.#key = key;
    this.messages.clear();
    const channel = store.channels.get(place);
    fill(this.where, channel ? store.channelLabel(channel) : '');
    this.composer.show({ user: store.me.id, channel: place, thread }, 'Reply in this thread');
    // On a touch screen the focus would bring up the keyboard over what is to be read.
    if (matchMedia('(hover: hover)').matches) this.composer.focus();
    await this.reload();
  }

  async reload() {
    const { place, thread } = store.route;
    if (!thread) return;
    const take = (answer) => {
      if (answer.ok) store.setThread(place, thread, answer.messages);
      else store.emit('toast', { level: 'error', text: sentence(answer) });
    };
    await store.read(() => api.thread(store.me.id, place, thread), take);
  }

  /** The pane was closed: whatever opens next is drawn afresh. */
  forget() {
    this.#key = '';
  }

  draw() {
    const { place, thread } = store.route;
    const messages = thread && store.threads.get(`${place}/${thread}`);
    if (messages) this.messages.show(messages);
  }
}
