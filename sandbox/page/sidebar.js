/** The sidebar: who one acts as, the app, channels, direct messages. */

import { api, sentence } from './api.js';
import { avatar } from './avatar.js';
import { isAppMessages, signOf } from './channel.js';
import { askText } from './dialog.js';
import { fill, h, icon, iconButton, soon } from './dom.js';
import { menu } from './popup.js';
import { store } from './store.js';
import { clockTime } from './time.js';

export class Sidebar {
  /** @param {HTMLElement} node @param {{search: () => void, close: () => void}} hooks */
  constructor(node, hooks) {
    this.node = node;
    this.hooks = hooks;
    this.head = h('div', { class: 'side-head' });
    this.body = h('div', { class: 'side-body' });
    fill(node, this.head, this.body);
    this.redraw = () => this.draw();
    for (const topic of ['me', 'channels', 'users', 'route', 'socket']) store.on(topic, () => soon(this.redraw));
  }

  draw() {
    if (!store.me) return;
    const focus = document.activeElement?.dataset?.side;
    this.#drawHead();
    this.#drawBody();
    if (focus) this.node.querySelector(`[data-side="${CSS.escape(focus)}"]`)?.focus();
  }

  #drawHead() {
    const me = store.me;
    const actAs = h(
      'button',
      {
        type: 'button',
        class: 'act-as',
        'aria-haspopup': 'menu',
        'aria-expanded': 'false',
        'aria-label': `Acting as ${me.real_name}. Act as somebody else`,
        data: { side: 'act-as' },
        on: { click: () => this.#actAsMenu(actAs) },
      },
      avatar(me, 'normal'),
      h(
        'span',
        { class: 'act-as-words' },
        h('small', {}, 'Acting as'),
        h('strong', {}, me.real_name),
        h('span', {}, me.title),
      ),
      icon('down'),
    );
    const team = h(
      'div',
      { class: 'team' },
      h('strong', {}, store.team.name),
      iconButton('search', 'Go to… (Ctrl+K)', () => this.hooks.search()),
      iconButton('close', 'Close the list', () => this.hooks.close(), { class: 'side-close' }),
    );
    fill(this.head, team, actAs);
  }

  #actAsMenu(anchor) {
    const people = [...store.users.values()].filter((user) => !user.is_bot);
    const now = store.now();
    const items = people.map((user) => ({
      label: user.real_name,
      detail: [user.title, user.guest && 'guest', user.deleted && 'deactivated'].filter(Boolean).join(' · '),
      icon: avatar(user, 'small'),
      aside: h('span', { title: user.tz }, clockTime(now, user.tz)),
      checked: user.id === store.me.id,
      run: () => user.id !== store.me.id && store.emit('act_as', user.id),
    }));
    menu(anchor, [{ heading: 'Act as' }, ...items], { label: 'Act as' });
  }

  #drawBody() {
    const all = [...store.channels.values()];
    const rooms = all.filter((c) => !c.is_im);
    const byName = (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true });
    const mine = rooms.filter((c) => c.is_member && !c.is_archived).sort(byName);
    const others = rooms.filter((c) => !c.is_member || c.is_archived).sort(byName);
    const direct = all
      .filter((c) => c.is_im && (c.last_ts || c.id === store.route.place))
      .sort((a, b) => Number(b.last_ts || 0) - Number(a.last_ts || 0));
    const add = iconButton('plus', 'Create a channel', () => createChannel(), { data: { side: 'create' } });
    const write = iconButton('plus', 'Write to somebody', () => this.hooks.search('@'), { data: { side: 'write' } });
    fill(
      this.body,
      section('Apps', null, [this.#appEntry()]),
      section(
        'Channels',
        add,
        mine.map((channel) => this.#entry(channel)),
      ),
      section(
        'Direct messages',
        write,
        direct.length ? direct.map((channel) => this.#entry(channel)) : [h('p', { class: 'side-none' }, 'None yet')],
      ),
      others.length > 0 && this.#others(others),
    );
  }

  #others(channels) {
    const open = this.othersOpen ?? channels.some((channel) => channel.id === store.route.place);
    const node = h(
      'details',
      { class: 'side-section', open, on: { toggle: () => (this.othersOpen = node.open) } },
      h(
        'summary',
        { class: 'side-title', data: { side: 'others' } },
        icon('down'),
        `More channels (${channels.length})`,
      ),
      h(
        'ul',
        {},
        channels.map((channel) => h('li', {}, this.#entry(channel))),
      ),
    );
    return node;
  }

  #appEntry() {
    const state = store.appConnected ? 'socket connected' : 'no socket';
    return this.#button({
      key: 'home',
      current: store.route.place === 'home',
      sign: avatar(store.user(store.app.bot_user_id), 'tiny'),
      words: store.app.name,
      aside: h('span', { class: ['dot', store.appConnected && 'on'], title: state, role: 'img', 'aria-label': state }),
    });
  }

  #entry(channel) {
    const peer = channel.is_im ? store.user(channel.user) : null;
    const badge = channel.mentions || 0;
    const label = channel.is_im ? (peer?.real_name ?? channel.name) : channel.name;
    return this.#button({
      key: channel.id,
      current: store.route.place === channel.id,
      unread: channel.unread > 0,
      faint: channel.is_archived || peer?.deleted,
      sign: peer ? avatar(peer, 'tiny') : icon(signOf(channel)),
      words: [
        label,
        channel.is_im && channel.user === store.me.id && h('small', {}, ' you'),
        isAppMessages(channel) && h('span', { class: 'app-badge' }, 'App'),
      ],
      aside: badge > 0 && h('span', { class: 'badge', 'aria-label': `${badge} unread` }, badge),
      label: channel.unread > 0 ? `${label}, ${channel.unread} unread` : null,
    });
  }

  #button({ key, current, unread, faint, sign, words, aside, label }) {
    return h(
      'button',
      {
        type: 'button',
        class: ['side-entry', unread && 'unread', faint && 'faint'],
        'aria-current': current ? 'page' : null,
        'aria-label': label,
        data: { side: key },
        on: { click: () => store.emit('go', { place: key }) },
      },
      h('span', { class: 'side-sign' }, sign),
      h('span', { class: 'side-words' }, words),
      aside,
    );
  }
}

function section(title, button, entries) {
  return h(
    'section',
    { class: 'side-section' },
    h('div', { class: 'side-title' }, h('h2', {}, title), button),
    h(
      'ul',
      {},
      entries.map((entry) => h('li', {}, entry)),
    ),
  );
}

async function createChannel() {
  const name = await askText({
    title: 'Create a channel',
    label: 'Name',
    hint: 'Lower-case letters, digits, hyphens and underscores.',
    submit: 'Create',
  });
  if (!name) return;
  const answer = await api.act(store.me.id, 'channels', { name });
  if (!answer.ok) return store.emit('toast', { level: 'error', text: sentence(answer) });
  store.upsertChannel(answer.channel);
  return store.emit('go', { place: answer.channel.id });
}
