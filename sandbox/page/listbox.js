/** A list to choose from with the arrow keys while the focus stays in a text field. */

import { fill, freshId, h } from './dom.js';

/**
 * @typedef {object} Choice
 * @property {string} key @property {Node|string} label @property {Node|string} [detail] @property {Node} [icon]
 * @property {Node|string} [aside] @property {boolean} [selected] @property {string} [group] heading it stands under
 */

export class Listbox {
  #choices = [];
  #active = -1;
  #onPick;

  /** @param {{label: string, onPick: (choice: Choice) => void, multiple?: boolean}} options */
  constructor({ label, onPick, multiple = false }) {
    this.#onPick = onPick;
    this.node = h('div', {
      class: 'listbox',
      role: 'listbox',
      id: freshId('list'),
      'aria-label': label,
      'aria-multiselectable': multiple ? 'true' : null,
    });
  }

  /** The field whose keys move through the list; it is told which choice is active. */
  attach(field) {
    this.field = field;
    field.setAttribute('aria-controls', this.node.id);
    field.setAttribute('aria-autocomplete', 'list');
  }

  /** @param {Choice[]} choices @param {{active?: number, empty?: string}} [options] `active` -1 leaves none marked */
  show(choices, { active = 0, empty = 'Nothing found' } = {}) {
    this.#choices = choices;
    let group;
    const rows = choices.flatMap((choice, index) => {
      const heading =
        choice.group && choice.group !== group
          ? [h('div', { class: 'list-heading', role: 'presentation' }, choice.group)]
          : [];
      group = choice.group;
      return [...heading, this.#row(choice, index)];
    });
    fill(this.node, rows.length ? rows : h('div', { class: 'list-empty', role: 'presentation' }, empty));
    this.#mark(choices.length ? Math.min(active, choices.length - 1) : -1);
  }

  #row(choice, index) {
    return h(
      'div',
      {
        class: 'list-row',
        role: 'option',
        id: `${this.node.id}-${index}`,
        'aria-selected': String(Boolean(choice.selected)),
        on: {
          pointerdown: (event) => event.preventDefault(),
          click: () => this.#onPick(choice),
          pointermove: () => this.#active !== index && this.#mark(index, false),
        },
      },
      choice.icon && h('span', { class: 'menu-icon' }, choice.icon),
      h('span', { class: 'menu-words' }, h('span', {}, choice.label), choice.detail && h('small', {}, choice.detail)),
      choice.aside && h('span', { class: 'menu-aside' }, choice.aside),
    );
  }

  #mark(index, scroll = true) {
    this.#active = index;
    for (const row of this.node.querySelectorAll('.list-row')) row.classList.remove('active');
    const row = index < 0 ? null : this.node.querySelector(`#${this.node.id}-${index}`);
    row?.classList.add('active');
    if (scroll) row?.scrollIntoView({ block: 'nearest' });
    if (row) this.field?.setAttribute('aria-activedescendant', row.id);
    else this.field?.removeAttribute('aria-activedescendant');
  }

  /** The marked choice, if any. */
  get active() {
    return this.#choices[this.#active] ?? null;
  }

  /** Handle a key of the field; says whether it was one of ours. Enter picks only a marked choice. */
  key(event) {
    const count = this.#choices.length;
    if (event.isComposing || !count) return false;
    if (event.key === 'ArrowDown') this.#mark((this.#active + 1) % count);
    else if (event.key === 'ArrowUp') this.#mark((Math.max(this.#active, 0) - 1 + count) % count);
    else if (event.key === 'Enter' && this.active) this.#onPick(this.active);
    else return false;
    event.preventDefault();
    return true;
  }
}
