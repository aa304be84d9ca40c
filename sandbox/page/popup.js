/** Things that float above the page at a control: menus, lists, pickers. One at a time. */

import { add, freshId, h } from './dom.js';

const EDGE = 8;
let current = null;

/**
 * Show a node at an anchor until Escape, a click elsewhere, or `close()`.
 * @param {Element} anchor
 * @param {HTMLElement} node
 * @param {{above?: boolean, end?: boolean, matchWidth?: boolean, onClose?: () => void, keepFocus?: boolean}} [options]
 * @returns {{close: () => void, place: () => void, node: HTMLElement}}
 */
export function popup(anchor, node, options = {}) {
  closePopup();
  node.classList.add('popup');
  node.setAttribute('popover', 'manual');
  // Inside the same dialog, because everything outside a modal dialog cannot be reached.
  (anchor.closest('dialog') ?? document.body).append(node);
  node.showPopover();
  const place = () => position(anchor, node, options);
  const close = () => {
    if (current?.node !== node) return;
    current = null;
    document.removeEventListener('pointerdown', outside, true);
    removeEventListener('resize', place);
    removeEventListener('scroll', moved, true);
    const hadFocus = node.contains(document.activeElement);
    node.remove();
    if (anchor.hasAttribute('aria-haspopup')) anchor.setAttribute('aria-expanded', 'false');
    if (hadFocus && !options.keepFocus) anchor.focus?.();
    options.onClose?.();
  };
  const outside = (event) => {
    if (!node.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const moved = (event) => {
    if (!node.contains(event.target)) place();
  };
  document.addEventListener('pointerdown', outside, true);
  addEventListener('resize', place);
  addEventListener('scroll', moved, true);
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    event.preventDefault();
    close();
  });
  if (anchor.hasAttribute('aria-haspopup')) anchor.setAttribute('aria-expanded', 'true');
  current = { node, close, place, anchor };
  place();
  return current;
}

/** Close whatever floats; says whether anything did. */
export function closePopup() {
  const open = Boolean(current);
  current?.close();
  return open;
}

/** True while a popup belongs to this anchor: a second press on it closes rather than opens. */
export const isOpenAt = (anchor) => current?.anchor === anchor;

function position(anchor, node, { above = false, end = false, matchWidth = false }) {
  const box = anchor.getBoundingClientRect();
  if (matchWidth) node.style.minWidth = `${box.width}px`;
  node.style.maxHeight = '';
  const { width, height } = node.getBoundingClientRect();
  const below = innerHeight - box.bottom - EDGE * 2;
  const over = box.top - EDGE * 2;
  const goesUp = above ? over > height || over > below : below < Math.min(height, 240) && over > below;
  const room = goesUp ? over : below;
  node.style.maxHeight = `${Math.max(120, room)}px`;
  const shown = Math.min(height, Math.max(120, room));
  const left = end ? box.right - width : box.left;
  node.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  node.style.top = `${goesUp ? box.top - shown - 4 : box.bottom + 4}px`;
}

/**
 * @typedef {object} Item of a menu
 * @property {string} label @property {Node} [icon] @property {Node|string} [detail] second line
 * @property {Node|string} [aside] at the end of the line @property {boolean} [danger] @property {boolean} [checked]
 * @property {() => void} run
 */

/**
 * Open a menu at a control.
 * @param {Element} anchor @param {(Item|'divider'|{heading: string})[]} items @param {{end?: boolean, label: string}} options
 */
export function menu(anchor, items, options) {
  if (isOpenAt(anchor)) return void closePopup();
  const node = h('div', { class: 'menu', role: 'menu', id: freshId('menu'), 'aria-label': options.label });
  const entries = items.filter(Boolean).map((item) => menuEntry(item));
  add(node, entries);
  node.addEventListener('keydown', (event) => moveInMenu(event, node));
  popup(anchor, node, options);
  (node.querySelector('[aria-checked="true"]') ?? node.querySelector('[role^="menuitem"]'))?.focus();
}

function menuEntry(item) {
  if (item === 'divider') return h('div', { class: 'menu-divider', role: 'separator' });
  if (item.heading) return h('div', { class: 'menu-heading', role: 'presentation' }, item.heading);
  const choice = item.checked !== undefined;
  return h(
    'button',
    {
      type: 'button',
      class: ['menu-item', item.danger && 'danger'],
      role: choice ? 'menuitemradio' : 'menuitem',
      'aria-checked': choice ? String(item.checked) : null,
      tabindex: '-1',
      on: {
        click: () => {
          closePopup();
          item.run();
        },
      },
    },
    item.icon && h('span', { class: 'menu-icon' }, item.icon),
    h('span', { class: 'menu-words' }, h('span', {}, item.label), item.detail && h('small', {}, item.detail)),
    item.aside && h('span', { class: 'menu-aside' }, item.aside),
  );
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function moveInMenu(event, node) {
  const items = [...node.querySelectorAll('[role^="menuitem"]')];
  const at = items.indexOf(document.activeElement);
  let next = null;
  if (event.key in STEPS) next = items[(at + STEPS[event.key] + items.length) % items.length];
  else if (event.key === 'Home') next = items[0];
  else if (event.key === 'End') next = items.at(-1);
  else if (event.key === 'Tab') return void closePopup();
  else if (event.key.length === 1 && /\S/.test(event.key)) {
    const letter = event.key.toLowerCase();
    const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    next = order.find((item) => item.textContent.trim().toLowerCase().startsWith(letter));
  }
  if (!next) return;
  event.preventDefault();
  next.focus();
}
