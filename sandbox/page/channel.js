/** A channel or direct message: its header, its bookmarks, its messages and its composer. */

import { api, sentence } from './api.js';
import { avatar } from './avatar.js';
import { Composer } from './composer.js';
import { fill, h, icon, iconButton, safeUrl, soon } from './dom.js';
import { inline, inlineEmoji } from './mrkdwn.js';
import { MessageList } from './messages.js';
import { store } from './store.js';
import { openOwn } from './surface.js';

/** Milliseconds a channel is looked at before it counts as read. */
const READ_AFTER = 600;

export class ChannelView {
  #shown = '';
  #newFrom;
  #loading = false;
  #readTimer = 0;

  /** @param {{openMenu: () => void, openDetails: (tab: string) => void, openCanvas: () => void, search: () => void}} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    this.header = h('header', { class: 'channel-header' });
    this.bookmarks = h('ul', { class: 'bookmarks', 'aria-label': 'Bookmarks', hidden: true });
    this.messages = new MessageList({ label: 'Messages', onTop: () => this.#loadEarlier() });
    this.composer = new Composer({ id: 'composer', editLast: () => this.messages.editLast() });
    this.foot = h('div', { class: 'channel-foot' });
    this.node = h('div', { class: 'channel' }, this.header, this.bookmarks, this.messages.node, this.foot);
    this.redraw = () => this.draw();
    for (const topic of ['channels', 'users']) store.on(topic, () => soon(this.redraw));
    store.on('messages', (channel) => channel === this.#shown && soon(this.redraw));
    document.addEventListener('visibilitychange', () => this.#markRead());
  }

  /** Show the channel of the route; loads what is not there yet. */
  async show() {
    const { place, focus } = store.route;
    const channel = store.channels.get(place);
    if (!channel) return;
    const key = `${store.me.id}/${place}`;
    if (this.key !== key) {
      this.key = key;
      this.#shown = place;
      this.#newFrom = undefined;
      this.messages.clear();
      this.draw();
      await this.#load(channel);
    }
    if (focus && this.#shown === place) await this.#reveal(focus);
  }

  /** Something else is shown now: whoever comes back finds the channel as it is then. */
  forget() {
    this.key = '';
  }

  /** Load anew what may have changed while the line was down. */
  async reload() {
    this.key = `${store.me.id}/${this.#shown}`;
    const channel = store.channels.get(this.#shown);
    if (channel) await this.#load(channel);
  }

  async #load(channel) {
    // Before the answer comes: what is shown meanwhile is soon taken as read.
    const { unread } = channel;
    const take = (answer) => {
      if (!answer.ok) {
        store.emit('toast', { level: 'error', text: sentence(answer) });
        return;
      }
      this.#newFrom = firstUnread(answer.messages, unread);
      store.setMessages(channel.id, answer.messages, answer.has_more);
      this.draw();
      this.messages.toEnd();
      this.#markRead();
    };
    await store.read(() => api.messages(store.me.id, channel.id), take);
  }

  async #loadEarlier() {
    const known = store.messages.get(this.#shown);
    if (!known?.hasMore || this.#loading || !known.list.length) return;
    this.#loading = true;
    const channel = this.#shown;
    await store.read(
      () => api.messages(store.me.id, channel, known.list[0].ts),
      (answer) => answer.ok && store.addEarlier(channel, answer.messages, answer.has_more),
    );
    this.#loading = false;
  }

  async #reveal(ts) {
    for (let round = 0; round < 20 && !this.messages.reveal(ts); round += 1) {
      if (!store.messages.get(this.#shown)?.hasMore) return;
      await this.#loadEarlier();
      this.draw();
    }
    store.route.focus = null;
  }

  #markRead() {
    clearTimeout(this.#readTimer);
    if (!this.#unread()) return;
    this.#readTimer = setTimeout(() => {
      // Whoever has gone elsewhere meanwhile does not read what comes now.
      const channel = this.#unread();
      if (!channel?.last_ts) return;
      store.markRead(channel.id);
      api.act(store.me.id, 'read', { channel: channel.id, ts: channel.last_ts });
    }, READ_AFTER);
  }

  /** The channel, if somebody looks at it who has not read all of it. */
  #unread() {
    const channel = store.channels.get(this.#shown);
    return channel?.unread && !document.hidden && store.route.place === this.#shown ? channel : null;
  }

  draw() {
    const channel = store.channels.get(this.#shown);
    if (!channel || store.route.place !== this.#shown) return;
    this.#drawHeader(channel);
    this.#drawBookmarks(channel);
    const known = store.messages.get(channel.id);
    if (known)
      this.messages.show(known.list, { newFrom: this.#newFrom, lead: known.hasMore ? null : beginning(channel) });
    this.#drawFoot(channel);
    this.#markRead();
  }

  #drawHeader(channel) {
    const { openMenu, openDetails, openCanvas } = this.hooks;
    const tabs = isAppMessages(channel) ? appTabs('messages') : null;
    const sign = channel.is_im ? avatar(store.user(channel.user), 'small') : icon(signOf(channel));
    const name = channel.is_im ? store.channelLabel(channel) : channel.name;
    const topic =
      channel.topic &&
      h(
        'button',
        { type: 'button', class: 'topic', title: channel.topic, on: { click: () => openDetails('about') } },
        inline(channel.topic),
      );
    const person = channel.is_im && store.user(channel.user)?.title;
    fill(
      this.header,
      iconButton('menu', 'Channels', openMenu, { class: 'menu-toggle', 'aria-controls': 'sidebar' }),
      h(
        'h1',
        { class: 'channel-name' },
        sign,
        h('span', {}, name),
        channel.is_archived && h('span', { class: 'tag' }, 'Archived'),
      ),
      tabs ?? topic ?? '',
      person && h('span', { class: 'topic' }, person),
      h('span', { class: 'spacer' }),
      channel.canvas && canvasButton(channel.canvas, openCanvas),
      channel.pins.length > 0 && countButton('pin', channel.pins.length, 'pinned', () => openDetails('pins')),
      !channel.is_im && countButton('people', channel.num_members, 'members', () => openDetails('members')),
    );
  }

  #drawBookmarks(channel) {
    this.bookmarks.hidden = !channel.bookmarks.length;
    fill(
      this.bookmarks,
      channel.bookmarks.map((mark) => h('li', {}, bookmarkLink(mark))),
    );
  }

  #drawFoot(channel) {
    const state = channel.is_archived ? 'archived' : channel.is_member ? 'member' : 'guest';
    if (state === 'member') {
      const label = channel.is_im ? `Message ${store.channelLabel(channel)}` : `Message #${channel.name}`;
      if (!this.composer.node.isConnected) fill(this.foot, this.composer.node);
      this.composer.show({ user: store.me.id, channel: channel.id }, label);
      return;
    }
    const act = async (path, body) => {
      const answer = await api.act(store.me.id, path, { channel: channel.id, ...body });
      if (!answer.ok) store.emit('toast', { level: 'error', text: sentence(answer) });
      else if (path === 'join') store.upsertChannel(answer.channel);
    };
    const words = {
      archived: 'This channel is archived. It can be read, not written to.',
      guest: `You are looking at #${channel.name} from outside.`,
    }[state];
    const button =
      state === 'archived'
        ? h(
            'button',
            { type: 'button', class: 'button', on: { click: () => act('archive', { archived: false }) } },
            'Bring it back',
          )
        : h('button', { type: 'button', class: 'button primary', on: { click: () => act('join') } }, 'Join channel');
    fill(this.foot, h('div', { class: 'outside' }, h('p', {}, words), button));
  }
}

function firstUnread(messages, unread) {
  const others = messages.filter((message) => message.user !== store.me.id && !message.is_ephemeral);
  return unread > 0 ? others.at(-unread)?.ts : undefined;
}

export const signOf = (channel) => (channel.is_archived ? 'archive' : channel.is_private ? 'lock' : 'hash');

export const isAppMessages = (channel) => channel.is_im && channel.user === store.app.bot_user_id;

/** Home and Messages, the two sides of the app. */
export function appTabs(current) {
  const direct = [...store.channels.values()].find(isAppMessages);
  const tab = (key, words, go, badge) =>
    h(
      'button',
      { type: 'button', class: 'tab', 'aria-current': current === key ? 'page' : null, on: { click: go } },
      words,
      badge > 0 && h('span', { class: 'badge' }, badge),
    );
  const toMessages = async () => {
    if (direct) return store.emit('go', { place: direct.id });
    const answer = await api.act(store.me.id, 'dm', { user: store.app.bot_user_id });
    if (!answer.ok) return store.emit('toast', { level: 'error', text: sentence(answer) });
    store.upsertChannel(answer.channel);
    return store.emit('go', { place: answer.channel.id });
  };
  return h(
    'nav',
    { class: 'tabs', 'aria-label': `Pages of ${store.app.name}` },
    tab('home', 'Home', () => store.emit('go', { place: 'home' })),
    tab('messages', 'Messages', toMessages, direct?.unread ?? 0),
  );
}

const canvasButton = (canvas, run) =>
  h(
    'button',
    { type: 'button', class: 'count-button', title: canvas.title, on: { click: run } },
    icon('file'),
    h('span', {}, 'Canvas'),
  );

const countButton = (sign, count, what, run) =>
  h(
    'button',
    {
      type: 'button',
      class: 'count-button',
      title: `${count} ${what}`,
      'aria-label': `${count} ${what}`,
      on: { click: run },
    },
    icon(sign),
    h('span', {}, count),
  );

function bookmarkLink(mark) {
  const target = safeUrl(mark.link);
  const words = [mark.emoji ? inlineEmoji(mark.emoji) : icon('bookmark'), h('span', {}, mark.title)];
  if (!target) return h('span', { class: 'bookmark' }, words);
  const follow = (event) => !event.metaKey && !event.ctrlKey && openOwn(target, mark.title) && event.preventDefault();
  return h(
    'a',
    {
      class: 'bookmark',
      href: target,
      target: '_blank',
      rel: 'noopener noreferrer',
      title: mark.link,
      on: { click: follow },
    },
    words,
  );
}

const leads = new Map();

/** What stands above the first message. */
function beginning(channel) {
  const words = channel.is_im
    ? `This is the beginning of your messages with ${store.channelLabel(channel)}.`
    : `This is the beginning of #${channel.name}.${channel.purpose ? ` ${channel.purpose}.` : ''}`;
  if (!leads.has(channel.id)) leads.set(channel.id, h('li', { class: 'beginning', data: { key: 'lead' } }));
  const sign = channel.is_im
    ? avatar(store.user(channel.user), 'large')
    : h('span', { class: 'beginning-sign' }, icon(signOf(channel)));
  return fill(leads.get(channel.id), sign, h('p', {}, words.replace(/\.\.$/, '.')));
}
