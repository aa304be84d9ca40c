/** Reactions: adding, taking back, and the picker to choose from. */

import { api, sentence } from './api.js';
import { add, fill, h } from './dom.js';
import { GROUPS, emoji, findEmoji } from './emoji.js';
import { closePopup, isOpenAt, popup } from './popup.js';
import { store } from './store.js';

const COLUMNS = 9;

/** React to a message, or take one's reaction back. */
export async function toggleReaction(message, name) {
  const mine = message.reactions?.find((reaction) => reaction.name === name)?.users.includes(store.me.id);
  const answer = await api.act(store.me.id, 'reactions', {
    channel: message.channel,
    ts: message.ts,
    name,
    add: !mine,
  });
  if (!answer.ok) store.emit('toast', { level: 'error', text: sentence(answer) });
}

/**
 * Choose an emoji.
 * @param {Element} anchor @param {(name: string) => void} onPick
 */
export function pickEmoji(anchor, onPick) {
  if (isOpenAt(anchor)) return void closePopup();
  const grid = h('div', { class: 'emoji-grid', role: 'listbox', 'aria-label': 'Emoji' });
  const search = h('input', {
    class: 'field',
    type: 'text',
    placeholder: 'Search emoji',
    'aria-label': 'Search emoji',
    autocomplete: 'off',
  });
  const pick = (name) => {
    closePopup();
    onPick(name);
  };
  const draw = () => drawGrid(grid, search.value.trim(), pick);
  search.addEventListener('input', draw);
  search.addEventListener('keydown', (event) => {
    const first = grid.querySelector('button');
    if (event.key === 'Enter' && search.value.trim()) first?.click();
    else if (event.key === 'ArrowDown') first?.focus();
    else return;
    event.preventDefault();
  });
  grid.addEventListener('keydown', (event) => moveInGrid(event, grid, search));
  draw();
  popup(anchor, h('div', { class: 'emoji-picker', role: 'dialog', 'aria-label': 'Choose an emoji' }, search, grid), {
    above: true,
    end: true,
  });
  search.focus();
}

function drawGrid(grid, words, pick) {
  const cell = ([name, glyph]) =>
    h(
      'button',
      {
        type: 'button',
        role: 'option',
        class: 'emoji-cell',
        tabindex: '-1',
        title: `:${name}:`,
        'aria-label': name.replaceAll('_', ' '),
        on: { click: () => pick(name) },
      },
      glyph,
    );
  if (words) {
    const found = findEmoji(words.replaceAll(' ', '_'), 45);
    fill(
      grid,
      found.length
        ? h('div', { class: 'emoji-rows' }, found.map(cell))
        : h('p', { class: 'list-empty' }, 'Nothing found'),
    );
    return;
  }
  fill(grid);
  for (const [name, entries] of GROUPS)
    add(grid, [h('div', { class: 'list-heading' }, name), h('div', { class: 'emoji-rows' }, entries.map(cell))]);
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };

function moveInGrid(event, grid, search) {
  if (!(event.key in STEPS)) return;
  event.preventDefault();
  const cells = [...grid.querySelectorAll('button')];
  const next = cells.indexOf(document.activeElement) + STEPS[event.key];
  if (next < 0) search.focus();
  else cells[Math.min(next, cells.length - 1)]?.focus();
}

/** The character of a shortcode, for buttons. */
export const glyph = (name) => emoji(name) ?? `:${name}:`;
