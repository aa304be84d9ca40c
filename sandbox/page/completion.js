/** What the composer offers while one types: commands, people, channels, emoji. */

import { avatar } from './avatar.js';
import { h, icon } from './dom.js';
import { findEmoji } from './emoji.js';
import { Listbox } from './listbox.js';
import { closePopup, popup } from './popup.js';
import { store } from './store.js';

const MOST = 8;
const WORD = /(^|[\s(])([@#:])([\w.+-]*)$/;

/**
 * @typedef {object} Offer
 * @property {number} from where the part to be replaced begins @property {import('./listbox.js').Choice[]} choices
 * @property {boolean} eager whether Enter takes the first choice rather than sending
 */

/** Everything that completes the text before the caret; null if there is nothing to offer. */
export function offers(text, caret, inThread) {
  const before = text.slice(0, caret);
  if (text.startsWith('/') && !inThread) return commandOffer(before);
  const match = WORD.exec(before);
  if (!match) return null;
  const [, , sign, typed] = match;
  const from = caret - typed.length - 1;
  if (sign === ':' && typed.length < 2) return null;
  const choices = { '@': people, '#': places, ':': emojis }[sign](typed.toLowerCase());
  // A name typed in full needs no completing: then Enter sends.
  const complete = choices.some((choice) => choice.insert.trim() === sign + typed);
  return choices.length ? { from, choices: choices.slice(0, MOST), eager: !complete } : null;
}

/** The first words of a usage hint such as "declare sev1 ... | status | help". */
export function hintWords(hint = '') {
  return hint
    .split('|')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => ({ word: part.split(/\s+/)[0], example: part }));
}

function commandOffer(before) {
  const word = before.split(' ')[0];
  if (!before.includes(' ')) return commandNames(before);
  const command = store.commands.find((one) => one.command === word);
  if (!command) return null;
  const typed = before.slice(word.length + 1);
  if (typed.includes(' ')) return null;
  const found = hintWords(command.usage_hint).filter((hint) => hint.word.startsWith(typed.toLowerCase()));
  if (!found.length || (found.length === 1 && found[0].word === typed)) return null;
  const choices = found.map(({ word: verb, example }) => ({
    key: verb,
    insert: `${verb} `,
    label: h('code', {}, `${word} ${verb}`),
    detail: example === verb ? null : `for example: ${example}`,
  }));
  return {
    from: word.length + 1,
    choices: choices.slice(0, MOST),
    eager: typed !== '' && !found.some((hint) => hint.word === typed),
  };
}

function commandNames(before) {
  const typed = before.toLowerCase();
  const commands = store.commands
    .filter((one) => one.command.startsWith(typed))
    .map((one) => ({
      key: one.command,
      insert: `${one.command} `,
      label: h('span', {}, h('strong', {}, one.command), ' ', h('span', { class: 'usage' }, one.usage_hint ?? '')),
      detail: one.description,
      icon: avatar(store.user(store.app.bot_user_id), 'small'),
      group: 'Commands',
    }));
  const shortcuts = store.shortcuts
    .filter((one) => one.type === 'global' && one.name.toLowerCase().includes(typed.slice(1)))
    .map((one) => ({
      key: one.callback_id,
      shortcut: one,
      label: one.name,
      detail: one.description,
      icon: icon('bolt'),
      group: 'Shortcuts',
    }));
  const exact = store.commands.some((one) => one.command === typed);
  const choices = [...commands, ...shortcuts];
  return choices.length ? { from: 0, choices, eager: !exact && typed.length > 1 && commands.length > 0 } : null;
}

function people(typed) {
  const fits = (...names) =>
    names.some(
      (name) =>
        name
          ?.toLowerCase()
          .split(/\s+/)
          .some((part) => part.startsWith(typed)) || name?.toLowerCase().startsWith(typed),
    );
  const users = [...store.users.values()].filter((user) => !user.deleted && fits(user.name, user.real_name));
  const groups = [...store.usergroups.values()].filter((group) => fits(group.handle, group.name));
  const everyone = [
    ['here', 'Everyone who is active'],
    ['channel', 'Everyone in this channel'],
  ].filter(([name]) => fits(name));
  return [
    ...users.map((user) => ({
      key: user.id,
      insert: `@${user.name} `,
      label: user.real_name,
      detail: user.title,
      aside: `@${user.name}`,
      icon: avatar(user, 'small'),
    })),
    ...groups.map((group) => ({
      key: group.id,
      insert: `@${group.handle} `,
      label: `@${group.handle}`,
      detail: group.name,
      icon: icon('people'),
    })),
    ...everyone.map(([name, detail]) => ({
      key: name,
      insert: `@${name} `,
      label: `@${name}`,
      detail,
      icon: icon('at'),
    })),
  ];
}

function places(typed) {
  return [...store.channels.values()]
    .filter((channel) => !channel.is_im && !channel.is_archived && channel.name.includes(typed))
    .map((channel) => ({
      key: channel.id,
      insert: `#${channel.name} `,
      label: channel.name,
      icon: icon(channel.is_private ? 'lock' : 'hash'),
    }));
}

const emojis = (typed) =>
  findEmoji(typed, MOST).map(([name, glyph]) => ({
    key: name,
    insert: `:${name}: `,
    label: `:${name}:`,
    icon: h('span', {}, glyph),
  }));

/** Shows the offers over a field and takes the keys that belong to them. */
export class Completion {
  #open = null;
  #offer = null;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {{inThread: boolean, onInsert: () => void, onShortcut: (shortcut: object) => void}} options
   */
  constructor(field, { inThread, onInsert, onShortcut }) {
    Object.assign(this, { field, inThread, onInsert, onShortcut });
    this.list = new Listbox({ label: 'Suggestions', onPick: (choice) => this.#pick(choice) });
    this.list.attach(field);
  }

  refresh() {
    const caret = this.field.selectionStart;
    this.#offer = caret === this.field.selectionEnd ? offers(this.field.value, caret, this.inThread) : null;
    if (!this.#offer) return this.close();
    this.list.show(this.#offer.choices, { active: this.#offer.eager ? 0 : -1 });
    if (this.#open) this.#open.place();
    else {
      const node = h(
        'div',
        { class: 'completion' },
        this.list.node,
        h('div', { class: 'completion-help' }, h('kbd', {}, 'Tab'), ' takes it, ', h('kbd', {}, 'Esc'), ' closes'),
      );
      this.#open = popup(this.field.closest('.composer') ?? this.field, node, {
        above: true,
        matchWidth: true,
        keepFocus: true,
        onClose: () => (this.#open = null),
      });
      this.field.setAttribute('aria-expanded', 'true');
    }
  }

  close() {
    if (this.#open) closePopup();
    this.#open = null;
    this.field.removeAttribute('aria-activedescendant');
    this.field.setAttribute('aria-expanded', 'false');
  }

  /** @returns {boolean} whether the key was taken */
  key(event) {
    if (!this.#open) return false;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.close();
      return true;
    }
    if (event.key === 'Tab' && !event.shiftKey) {
      event.preventDefault();
      this.#pick(this.list.active ?? this.#offer.choices[0]);
      return true;
    }
    return this.list.key(event);
  }

  #pick(choice) {
    const { from } = this.#offer;
    const rest = this.field.value.slice(this.field.selectionStart);
    this.close();
    if (choice.shortcut) {
      this.field.value = '';
      this.onInsert();
      this.onShortcut(choice.shortcut);
      return;
    }
    this.field.setRangeText(choice.insert, from, this.field.value.length - rest.length, 'end');
    this.field.focus();
    this.onInsert();
    if (choice.insert.startsWith('/')) this.refresh();
  }
}
