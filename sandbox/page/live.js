/** Keeps the page live: one WebSocket for the acting person, opened again whenever it is lost. */

import { store } from './store.js';

const SHORTEST_WAIT = 400;
const LONGEST_WAIT = 4000;

const HANDLERS = {
  message: (event) => store.upsertMessage({ ...event.message, channel: event.channel }),
  message_deleted: (event) => store.removeMessage(event.channel, event.ts),
  channel: (event) => store.upsertChannel(event.channel),
  channel_gone(event) {
    store.channels.delete(event.id);
    store.emit('channels');
    store.emit('channel_gone', event.id);
  },
  user(event) {
    store.users.set(event.user.id, event.user);
    if (event.user.id === store.me.id) store.me = event.user;
    store.emit('users');
  },
  view_open: (event) => store.setStack([event.view]),
  view_push: (event) => store.setStack([...store.stack.filter((view) => view.id !== event.view.id), event.view]),
  view_update(event) {
    store.setStack(store.stack.map((view) => (view.id === event.view.id ? event.view : view)));
  },
  view_close: (event) => store.setStack(store.stack.filter((view) => view.id !== event.view_id)),
  views_clear: () => store.setStack([]),
  home: (event) => store.setHome(event.view),
  traffic: (event) => store.emit('traffic', event.entry),
  controls(event) {
    store.controls = event.controls;
    store.emit('controls');
  },
  clock: (event) => store.setClock(event),
  toast: (event) => store.emit('toast', event),
  socket(event) {
    store.appConnected = event.connected;
    store.emit('socket');
  },
};

export class Live {
  #socket = null;
  #user = '';
  #wait = SHORTEST_WAIT;
  #timer = 0;
  #onReturn;
  /** Events that came before the facts they change; null once they are applied as they come. */
  #held = [];

  /** @param {() => void} onReturn called when the line is back, since events were missed meanwhile */
  constructor(onReturn) {
    this.#onReturn = onReturn;
  }

  /** Listen as a person. Resolves once the line is up, or once it is clear that it is not; events wait for `release`. */
  listen(user) {
    this.#user = user;
    this.#held = [];
    this.#wait = SHORTEST_WAIT;
    clearTimeout(this.#timer);
    this.#drop();
    return this.#open(false);
  }

  /** Apply what came while the facts were being read, and from now on everything at once. */
  release() {
    const held = this.#held ?? [];
    this.#held = null;
    for (const event of held) HANDLERS[event.type]?.(event);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #open(again) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/sandbox/ws?user=${encodeURIComponent(this.#user)}`);
    this.#socket = socket;
    return new Promise((resolve) => {
      socket.addEventListener('open', () => {
        this.#wait = SHORTEST_WAIT;
        setLive(true);
        if (again && socket === this.#socket) {
          this.#held = [];
          this.#onReturn();
        }
        resolve();
      });
      socket.addEventListener('message', ({ data }) => {
        if (socket !== this.#socket) return;
        const event = JSON.parse(data);
        if (this.#held) this.#held.push(event);
        else HANDLERS[event.type]?.(event);
      });
      socket.addEventListener('close', () => {
        resolve();
        if (socket === this.#socket) this.#retry();
      });
    });
  }

  #retry() {
    setLive(false);
    this.#timer = setTimeout(() => this.#open(true), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }
}

function setLive(live) {
  store.live = live;
  store.emit('live');
}
