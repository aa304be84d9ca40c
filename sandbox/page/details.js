/** The pane about a channel: what it is for, who is in it, what is pinned. */

import { api, sentence } from './api.js';
import { avatar } from './avatar.js';
import { fill, h, icon, iconButton, soon } from './dom.js';
import { author } from './message.js';
import { inline, mrkdwn } from './mrkdwn.js';
import { menu } from './popup.js';
import { store } from './store.js';
import { clockTime, dayName } from './time.js';
import { writeTo } from './switcher.js';

const TABS = { about: 'About', members: 'Members', pins: 'Pinned' };

export class DetailsView {
  #tab = 'about';
  #pins = [];

  /** @param {() => void} close */
  constructor(close) {
    this.close = close;
    this.node = h('div', { class: 'pane-body' });
    this.redraw = () => this.node.isConnected && this.draw();
    for (const topic of ['users']) store.on(topic, () => soon(this.redraw));
    store.on('channels', () => this.node.isConnected && this.#load());
  }

  async show(tab) {
    this.#tab = tab;
    this.draw();
    await this.#load();
  }

  async #load() {
    const channel = store.channel;
    if (!channel) return;
    if (this.#tab === 'pins') {
      const answer = await api.channel(store.me.id, channel.id);
      this.#pins = answer.ok ? answer.pins : [];
    }
    this.draw();
  }

  draw() {
    const channel = store.channel;
    if (!channel) return;
    const tab = (key) =>
      h(
        'button',
        {
          type: 'button',
          class: 'tab',
          'aria-current': this.#tab === key ? 'page' : null,
          on: { click: () => this.show(key) },
        },
        TABS[key],
      );
    const body = {
      about: () => this.#about(channel),
      members: () => this.#members(channel),
      pins: () => this.#pinned(),
    }[this.#tab]();
    fill(
      this.node,
      h(
        'header',
        { class: 'pane-head' },
        h('h2', {}, store.channelLabel(channel)),
        iconButton('close', 'Close', this.close),
      ),
      h('nav', { class: 'tabs pane-tabs', 'aria-label': 'About this channel' }, Object.keys(TABS).map(tab)),
      h('div', { class: 'pane-scroll' }, body),
    );
  }

  #about(channel) {
    const row = (name, content) => h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, content));
    const act = async (path, body) => {
      const answer = await api.act(store.me.id, path, { channel: channel.id, ...body });
      if (!answer.ok) store.emit('toast', { level: 'error', text: sentence(answer) });
    };
    const creator = store.user(channel.creator)?.real_name;
    return [
      h(
        'dl',
        { class: 'facts' },
        row('Topic', channel.topic ? inline(channel.topic) : h('span', { class: 'quiet' }, 'None')),
        row('What it is for', channel.purpose ? inline(channel.purpose) : h('span', { class: 'quiet' }, 'Not said')),
        row('Created', `${dayName(channel.created, store.me.tz, store.now())}${creator ? ` by ${creator}` : ''}`),
        row('Channel id', h('code', { class: 'mk-code' }, channel.id)),
      ),
      !channel.is_im &&
        h(
          'div',
          { class: 'pane-buttons' },
          channel.is_member &&
            h('button', { type: 'button', class: 'button', on: { click: () => act('leave') } }, 'Leave'),
          h(
            'button',
            {
              type: 'button',
              class: 'button danger',
              on: { click: () => act('archive', { archived: !channel.is_archived }) },
            },
            channel.is_archived ? 'Bring it back' : 'Archive',
          ),
        ),
    ];
  }

  #members(channel) {
    const members = channel.members.map((id) => store.user(id)).filter(Boolean);
    const invite = h(
      'button',
      {
        type: 'button',
        class: 'button',
        'aria-haspopup': 'menu',
        'aria-expanded': 'false',
        on: { click: () => this.#inviteMenu(invite, channel) },
      },
      icon('plus'),
      'Invite',
    );
    return [
      channel.is_member && !channel.is_archived && h('div', { class: 'pane-buttons' }, invite),
      h(
        'ul',
        { class: 'people-list' },
        members.map((user) => h('li', {}, personRow(user))),
      ),
    ];
  }

  #inviteMenu(anchor, channel) {
    const outside = [...store.users.values()].filter(
      (user) => !user.deleted && !channel.members.includes(user.id) && user.id !== 'USLACKBOT',
    );
    const run = async (user) => {
      const answer = await api.act(store.me.id, 'invite', { channel: channel.id, users: [user.id] });
      if (!answer.ok) store.emit('toast', { level: 'error', text: sentence(answer) });
    };
    const items = outside.map((user) => ({
      label: user.real_name,
      detail: user.title,
      icon: avatar(user, 'small'),
      run: () => run(user),
    }));
    menu(anchor, items.length ? items : [{ heading: 'Everyone is here' }], { label: 'Invite' });
  }

  #pinned() {
    if (!this.#pins.length) return h('p', { class: 'empty' }, 'Nothing is pinned here.');
    const card = (message) => {
      const who = author(message);
      const words = message.text || 'A message without words';
      return h(
        'li',
        {},
        h(
          'button',
          {
            type: 'button',
            class: 'pin-card',
            on: { click: () => store.emit('go', { place: message.channel, focus: message.ts }) },
          },
          who.picture('small'),
          h(
            'span',
            {},
            h('strong', {}, who.name),
            ' ',
            h('small', {}, `${dayName(message.ts, store.me.tz, store.now())} ${clockTime(message.ts, store.me.tz)}`),
            h('span', { class: 'pin-words' }, mrkdwn(words)),
          ),
        ),
      );
    };
    return h('ul', { class: 'pin-list' }, this.#pins.map(card));
  }
}

function personRow(user) {
  const tags = [
    user.id === store.me.id && 'you',
    user.guest && 'guest',
    user.is_bot && 'app',
    user.deleted && 'deactivated',
  ].filter(Boolean);
  return h(
    'button',
    { type: 'button', class: 'person-row', on: { click: () => writeTo(user.id) } },
    avatar(user, 'small'),
    h(
      'span',
      { class: 'menu-words' },
      h(
        'span',
        {},
        user.real_name,
        tags.map((tag) => h('span', { class: 'tag' }, tag)),
      ),
      h('small', {}, user.title),
    ),
    !user.is_bot && h('span', { class: 'menu-aside', title: user.tz }, clockTime(store.now(), user.tz)),
  );
}

/** Who somebody is, shown at a mention of them. */
export function personMenu(anchor, user) {
  const items = [
    {
      heading: h(
        'span',
        { class: 'person-card' },
        avatar(user, 'large'),
        h(
          'span',
          {},
          h('strong', {}, user.real_name),
          h('span', {}, `@${user.name}`),
          user.title && h('span', {}, user.title),
          !user.is_bot && h('span', {}, `${clockTime(store.now(), user.tz)} in ${user.tz}`),
        ),
      ),
    },
    'divider',
    { label: 'Write to them', icon: icon('send'), run: () => writeTo(user.id) },
    !user.is_bot &&
      user.id !== store.me.id && {
        label: `Act as ${user.real_name}`,
        icon: icon('people'),
        run: () => store.emit('act_as', user.id),
      },
  ];
  menu(anchor, items, { label: user.real_name });
}
