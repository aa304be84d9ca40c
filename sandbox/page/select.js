/** Draws select menus, single and multiple, over fixed options, people, channels, and what the app suggests. */

import { avatar } from './avatar.js';
import { fill, freshId, h, icon } from './dom.js';
import { change, focusKey } from './report.js';
import { Listbox } from './listbox.js';
import { textObject } from './mrkdwn.js';
import { closePopup, isOpenAt, popup } from './popup.js';
import { store } from './store.js';

const SUGGEST_WAIT = 250;
/** Below this many options, a search field would be in the way. */
const SEARCH_FROM = 8;

/**
 * @typedef {object} Source where the options of a kind of select come from, and how a choice is written
 * @property {string} one key of a single choice in the payload @property {string} many
 * @property {string} initial @property {string} initialMany
 * @property {(element: object) => import('./listbox.js').Choice[]} choices
 */

const option = (raw, group) => ({
  key: raw.value,
  raw,
  words: raw.text?.text ?? '',
  label: textObject(raw.text),
  detail: raw.description && textObject(raw.description),
  group,
});

const optionsOf = (holder) => [
  ...(holder.options ?? []).map((raw) => option(raw)),
  ...(holder.option_groups ?? []).flatMap((group) => group.options.map((raw) => option(raw, group.label.text))),
];

const person = (user) => ({
  key: user.id,
  raw: user.id,
  words: `${user.real_name}\n${user.name} ${user.title ?? ''}`,
  label: user.real_name,
  detail: user.title,
  icon: avatar(user, 'small'),
});

const place = (channel) => ({
  key: channel.id,
  raw: channel.id,
  words: store.channelLabel(channel),
  label: store.channelLabel(channel),
  icon: channel.is_im ? avatar(store.user(channel.user), 'small') : icon(channel.is_private ? 'lock' : 'hash'),
});

const people = () => [...store.users.values()].filter((user) => !user.deleted && !user.is_bot).map(person);

function conversations(element) {
  const wanted = element.filter?.include;
  const kind = (channel) => (channel.is_im ? 'im' : channel.is_private ? 'private' : 'public');
  return [...store.channels.values()].filter((c) => !c.is_archived && (!wanted || wanted.includes(kind(c)))).map(place);
}

/** @type {Record<string, Source>} */
const SOURCES = {
  static: {
    one: 'selected_option',
    many: 'selected_options',
    initial: 'initial_option',
    initialMany: 'initial_options',
    choices: optionsOf,
  },
  external: {
    one: 'selected_option',
    many: 'selected_options',
    initial: 'initial_option',
    initialMany: 'initial_options',
    choices: () => [],
  },
  users: {
    one: 'selected_user',
    many: 'selected_users',
    initial: 'initial_user',
    initialMany: 'initial_users',
    choices: people,
  },
  conversations: {
    one: 'selected_conversation',
    many: 'selected_conversations',
    initial: 'initial_conversation',
    initialMany: 'initial_conversations',
    choices: conversations,
  },
  channels: {
    one: 'selected_channel',
    many: 'selected_channels',
    initial: 'initial_channel',
    initialMany: 'initial_channels',
    choices: (element) => conversations({ ...element, filter: { include: ['public', 'private'] } }),
  },
};

/**
 * Draw a select.
 * @param {object} element @param {import('./elements.js').Spot} spot
 */
export function select(element, spot) {
  const many = element.type.startsWith('multi_');
  const kind = element.type.replace('multi_', '').replace('_select', '');
  if (!(kind in SOURCES)) return h('span', { class: 'unknown-block' }, `This page cannot draw “${element.type}”.`);
  return new Select(element, spot, SOURCES[kind], { many, external: kind === 'external' }).node;
}

class Select {
  constructor(element, spot, source, { many, external }) {
    Object.assign(this, { element, spot, source, many, external });
    const key = many ? source.many : source.one;
    const preset = many ? (element[source.initialMany] ?? []) : (element[source.initial] ?? null);
    spot.surface.form.preset(spot.blockId, element.action_id, { type: element.type, [key]: preset });
    this.button = h('button', {
      type: 'button',
      class: 'select',
      role: 'combobox',
      id: freshId('select'),
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      'aria-describedby': spot.field?.describedBy,
      data: { focus: focusKey(element, spot), action: element.action_id },
      on: { click: () => this.toggle(), keydown: (event) => this.openByKey(event) },
    });
    this.node = h('div', { class: ['select-box', many && 'select-many'] }, this.button);
    this.draw();
  }

  /** What is chosen, as a list of raw values. */
  get chosen() {
    const state = this.spot.surface.form.get(this.spot.blockId, this.element.action_id) ?? {};
    if (this.many) return state[this.source.many] ?? [];
    const one = state[this.source.one];
    return one === null || one === undefined ? [] : [one];
  }

  draw() {
    const chosen = this.chosen.map((raw) => this.describe(raw));
    const placeholder = this.element.placeholder?.text ?? (this.many ? 'Choose some' : 'Choose one');
    const empty = h('span', { class: 'select-placeholder' }, placeholder);
    // In a row of controls there is no room for chips; there the names stand in the control itself.
    const chips = this.many && Boolean(this.spot.field);
    const names = chosen.map((choice) => choice.words.split('\n')[0]);
    const shown = chips ? `${chosen.length} chosen` : this.many ? names.join(', ') : copy(chosen[0]?.label);
    fill(this.button, chosen.length ? h('span', { class: 'select-value' }, shown) : empty, icon('down'));
    const name = this.spot.field?.label ?? placeholder;
    this.button.setAttribute('aria-label', `${name}: ${names.join(', ') || placeholder}`);
    if (!chips) return;
    this.node.querySelector('.chips')?.remove();
    if (chosen.length)
      this.node.prepend(
        h(
          'div',
          { class: 'chips' },
          chosen.map((choice) => this.chip(choice)),
        ),
      );
  }

  chip(choice) {
    const remove = () =>
      this.set(this.chosen.filter((raw) => keyOf(raw) !== choice.key)).then(() => this.button.focus());
    return h(
      'span',
      { class: 'chip' },
      copy(choice.label),
      h(
        'button',
        { type: 'button', 'aria-label': `Remove ${choice.words.split('\n')[0]}`, on: { click: remove } },
        icon('close'),
      ),
    );
  }

  describe(raw) {
    if (typeof raw === 'object') return option(raw);
    const user = store.user(raw);
    if (user) return person(user);
    const channel = store.channels.get(raw);
    return channel ? place(channel) : { key: raw, raw, words: raw, label: raw };
  }

  openByKey(event) {
    if (!['ArrowDown', 'ArrowUp'].includes(event.key) || isOpenAt(this.button)) return;
    event.preventDefault();
    this.open();
  }

  toggle() {
    if (isOpenAt(this.button)) closePopup();
    else this.open();
  }

  open() {
    const list = new Listbox({ label: 'Choices', multiple: this.many, onPick: (choice) => this.pick(choice, refresh) });
    const search = h('input', {
      class: 'field',
      type: 'text',
      placeholder: 'Search',
      'aria-label': 'Search the choices',
      role: 'combobox',
      'aria-expanded': 'true',
      autocomplete: 'off',
    });
    list.attach(search);
    const searchable = this.external || this.source.choices(this.element).length >= SEARCH_FROM;
    let latest = 0;
    const refresh = async () => {
      const mine = (latest += 1);
      const found = await this.find(search.value, list);
      if (mine === latest && found) this.showIn(list, found);
      floating.place();
    };
    let timer = 0;
    search.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, this.external ? SUGGEST_WAIT : 0);
    });
    search.addEventListener('keydown', (event) => list.key(event) || (event.key === 'Tab' && closePopup()));
    const node = h('div', { class: ['select-popup', !searchable && 'select-plain'] }, search, list.node);
    const floating = popup(this.button, node, { matchWidth: true });
    refresh();
    search.focus();
  }

  showIn(list, found) {
    const chosen = new Set(this.chosen.map(keyOf));
    const choices = found.map((choice) => ({
      ...choice,
      selected: chosen.has(choice.key),
      aside: chosen.has(choice.key) ? icon('check') : null,
    }));
    if (!this.many && this.spot.field?.optional && chosen.size)
      choices.push({ key: '', raw: null, label: 'Leave empty', words: '' });
    const active = choices.findIndex((choice) => choice.selected);
    list.show(choices, { active: Math.max(active, 0) });
  }

  /** @returns {Promise<object[]|null>} null while the app wants more letters */
  async find(typed, list) {
    if (!this.external) {
      const words = typed.trim().toLowerCase();
      return this.source.choices(this.element).filter((choice) => choice.words.toLowerCase().includes(words));
    }
    const least = this.element.min_query_length ?? 3;
    if (typed.length < least) {
      list.show([], { empty: `Type at least ${least} ${least === 1 ? 'letter' : 'letters'}` });
      return null;
    }
    const answer = await this.spot.surface.suggest(this.spot.blockId, this.element.action_id, typed);
    return optionsOf(answer);
  }

  async pick(choice, refresh) {
    if (!this.many) {
      closePopup();
      this.button.focus();
      await this.set(choice.raw === null ? [] : [choice.raw]);
      return;
    }
    const chosen = this.chosen;
    const without = chosen.filter((raw) => keyOf(raw) !== choice.key);
    const most = this.element.max_selected_items ?? Infinity;
    if (without.length === chosen.length && chosen.length >= most) return;
    await this.set(without.length < chosen.length ? without : [...chosen, choice.raw]);
    refresh();
  }

  async set(raws) {
    const fields = this.many ? { [this.source.many]: raws } : { [this.source.one]: raws[0] ?? null };
    const told = change(this.element, this.spot, fields);
    this.draw();
    await told;
    this.draw();
  }
}

/** A label may be shown in two places at once. */
const copy = (label) => label?.cloneNode?.(true) ?? label;

const keyOf = (raw) => (typeof raw === 'object' ? raw.value : raw);
