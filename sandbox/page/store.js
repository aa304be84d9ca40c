/** What the page knows, and who wants to hear when it changes. */

/**
 * @typedef {object} Route where the person is
 * @property {string} place a channel id, or "home" for the app's Home tab
 * @property {string|null} thread ts of the thread that stands open beside it
 * @property {string|null} focus ts of a message to show and mark
 */

const seconds = (ts) => Number(ts);

class Store {
  #listeners = new Map();
  /** For each answer that is awaited, what has happened to messages since it was asked for. */
  #readings = new Set();

  team = null;
  me = null;
  app = null;
  users = new Map();
  usergroups = new Map();
  channels = new Map();
  commands = [];
  shortcuts = [];
  controls = [];
  composer = null;
  firstChannel = null;
  appConnected = false;
  live = false;
  offset = 0;
  #skew = 0;
  /** @type {Route} */
  route = { place: '', thread: null, focus: null };
  /** channel id -> {list, hasMore}; only channels that have been shown. */
  messages = new Map();
  /** "channel/ts" -> messages; only threads that have been shown. */
  threads = new Map();
  stack = [];
  home = null;

  /** Call `listener` on each change of a topic; returns what stops it. */
  on(topic, listener) {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit(topic, detail) {
    for (const listener of this.#listeners.get(topic) ?? []) listener(detail);
  }

  /** The workspace's time in seconds; it may be ahead of the machine's. */
  now() {
    return Date.now() / 1000 + this.#skew;
  }

  setClock({ now, offset }) {
    this.#skew = now - Date.now() / 1000;
    this.offset = offset;
    this.emit('clock');
  }

  /** Take in everything the server knows for one person. */
  load(boot) {
    Object.assign(this, {
      team: boot.team,
      me: boot.me,
      app: boot.app,
      users: byId(boot.users),
      usergroups: byId(boot.usergroups),
      channels: byId(boot.channels),
      commands: boot.commands,
      shortcuts: boot.shortcuts,
      controls: boot.controls,
      composer: boot.composer,
      firstChannel: boot.first_channel,
      appConnected: boot.socket_connected,
    });
    this.messages.clear();
    this.threads.clear();
    this.stack = [];
    this.home = null;
    this.setClock(boot.clock);
    for (const topic of ['me', 'channels', 'controls', 'socket']) this.emit(topic);
  }

  setRoute(route) {
    this.route = { thread: null, focus: null, ...route };
    this.emit('route');
  }

  /**
   * Ask the server for messages. What is told of them over the live line before the answer is here is done to the
   * answer too: it may have been made before that. An answer to somebody who is not acting any more is not taken.
   * @param {() => Promise<object>} ask @param {(answer: object) => void} take
   */
  async read(ask, take) {
    const { id } = this.me;
    const since = [];
    this.#readings.add(since);
    try {
      const answer = await ask();
      if (this.me.id !== id) return;
      take(answer);
    } finally {
      this.#readings.delete(since);
    }
    for (const change of since) change();
  }

  #change(change) {
    for (const since of this.#readings) since.push(change);
    change();
  }

  setMessages(channel, list, hasMore) {
    this.messages.set(channel, { list, hasMore });
    this.emit('messages', channel);
  }

  addEarlier(channel, earlier, hasMore) {
    const known = this.messages.get(channel)?.list ?? [];
    const first = known[0] ? seconds(known[0].ts) : Infinity;
    this.setMessages(channel, [...earlier.filter((m) => seconds(m.ts) < first), ...known], hasMore);
  }

  setThread(channel, ts, list) {
    this.threads.set(`${channel}/${ts}`, list);
    this.emit('thread', ts);
  }

  setHome(view) {
    this.home = view;
    this.emit('home');
  }

  setStack(stack) {
    this.stack = stack;
    this.emit('stack');
  }

  /** Put a new or changed message where it is shown, and count it if nobody is looking. */
  upsertMessage(message) {
    const channel = this.channels.get(message.channel);
    const isReply = Boolean(message.thread_ts) && message.thread_ts !== message.ts;
    const inChannel = !isReply || message.subtype === 'thread_broadcast';
    const shown = this.messages.get(message.channel);
    if (message.is_ephemeral && !shown?.list.some((known) => known.ts === message.ts)) this.emit('arrived', message);
    this.#change(() => this.#put(message, inChannel));
    if (channel && inChannel && !message.is_ephemeral) this.#arrived(channel, message);
  }

  #put(message, inChannel) {
    const shown = this.messages.get(message.channel);
    if (inChannel && shown) {
      shown.list = upsert(shown.list, message);
      this.emit('messages', message.channel);
    }
    const root = `${message.channel}/${message.thread_ts ?? message.ts}`;
    if (this.threads.has(root)) {
      this.threads.set(root, upsert(this.threads.get(root), message));
      this.emit('thread', message.thread_ts ?? message.ts);
    }
  }

  #arrived(channel, message) {
    if (seconds(message.ts) <= seconds(channel.last_ts || 0)) return;
    channel.last_ts = message.ts;
    if (message.user === this.me.id || !channel.is_member) return;
    channel.unread += 1;
    if (channel.is_im || this.mentionsMe(message.text)) channel.mentions += 1;
    this.emit('channels');
    this.emit('arrived', message);
  }

  mentionsMe(text = '') {
    if (text.includes(`<@${this.me.id}`) || /<!(here|channel|everyone)\b/.test(text)) return true;
    return [...text.matchAll(/<!subteam\^(\w+)/g)].some(([, id]) =>
      this.usergroups.get(id)?.users.includes(this.me.id),
    );
  }

  removeMessage(channelId, ts) {
    this.#change(() => this.#remove(channelId, ts));
  }

  #remove(channelId, ts) {
    const shown = this.messages.get(channelId);
    if (shown) {
      shown.list = shown.list.filter((message) => message.ts !== ts);
      this.emit('messages', channelId);
    }
    for (const [key, list] of this.threads) {
      if (!key.startsWith(`${channelId}/`) || !list.some((message) => message.ts === ts)) continue;
      this.threads.set(
        key,
        list.filter((message) => message.ts !== ts),
      );
      this.emit('thread', key.split('/')[1]);
    }
  }

  upsertChannel(channel) {
    this.channels.set(channel.id, channel);
    this.emit('channels');
  }

  markRead(channelId) {
    const channel = this.channels.get(channelId);
    if (!channel) return;
    channel.unread = 0;
    channel.mentions = 0;
    this.emit('channels');
  }

  user(id) {
    return this.users.get(id);
  }

  /** The name a place goes by: "#alerts", or a person's name. */
  channelLabel(channel) {
    if (!channel.is_im) return `#${channel.name}`;
    return this.user(channel.user)?.real_name ?? channel.name ?? 'Direct message';
  }

  get channel() {
    return this.channels.get(this.route.place) ?? null;
  }
}

const byId = (list) => new Map(list.map((item) => [item.id, item]));

function upsert(list, message) {
  const place = list.findIndex((known) => known.ts === message.ts);
  if (place >= 0) return list.with(place, message);
  const after = list.findIndex((known) => seconds(known.ts) > seconds(message.ts));
  return after < 0 ? [...list, message] : list.toSpliced(after, 0, message);
}

export const store = new Store();
