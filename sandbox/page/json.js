/** Draws JSON for reading: coloured by kind, long branches folded. */

import { h } from './dom.js';

/** Branches longer than this many characters begin folded, except the outermost. */
const FOLD_FROM = 1200;

/** @param {unknown} value @returns {HTMLElement} */
export function json(value) {
  return h('div', { class: 'json' }, node('', value, 0));
}

/** One value with its key before it; an object or a list opens and closes. */
function node(key, value, depth) {
  const name = key && [h('span', { class: 'json-key' }, key), ': '];
  if (value === null || typeof value !== 'object') return h('div', { class: 'json-row' }, name, leaf(value));
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const [open, close] = isList ? '[]' : '{}';
  if (!entries.length) return h('div', { class: 'json-row' }, name, open, close);
  const noun = isList ? 'item' : 'key';
  const size = h('span', { class: 'json-size' }, ` ${entries.length} ${noun}${entries.length === 1 ? '' : 's'} `);
  const folded = depth > 4 || (depth > 1 && JSON.stringify(value).length > FOLD_FROM);
  const rows = entries.map(([inner, item]) => node(isList ? '' : inner, item, depth + 1));
  return h(
    'details',
    { class: 'json-branch', open: !folded },
    h('summary', {}, name, open, size, close),
    h('div', { class: 'json-rows' }, rows),
  );
}

function leaf(value) {
  const kind = value === null ? 'null' : typeof value;
  return h('span', { class: `json-${kind}` }, typeof value === 'string' ? JSON.stringify(value) : String(value));
}
