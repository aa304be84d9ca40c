/**
 * Builds DOM nodes. Everything people or apps wrote becomes a text node here; nothing in this page parses HTML.
 */

const PROPERTIES = new Set(['checked', 'disabled', 'hidden', 'multiple', 'open', 'readOnly', 'selected', 'value']);
const SVG = 'http://www.w3.org/2000/svg';

/**
 * Make an element.
 * @param {string} tag
 * @param {object} [props] attributes; `on` holds listeners, `data` data attributes, `style` CSS properties,
 *   `class` a string or a list in which falsy names are left out. Null, undefined and false are left out.
 * @param {...(Node|string|number|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === 'on') listen(node, value);
    else if (key === 'data') Object.assign(node.dataset, value);
    else if (key === 'style') for (const [name, text] of Object.entries(value)) node.style.setProperty(name, text);
    else if (key === 'class') node.className = Array.isArray(value) ? value.filter(Boolean).join(' ') : value;
    else if (PROPERTIES.has(key)) node[key] = value;
    else node.setAttribute(key, value === true ? '' : String(value));
  }
  add(node, children);
  return node;
}

/** Append children, skipping what is empty and flattening lists. */
export function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === '') continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** Replace everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

function listen(node, listeners) {
  for (const [name, listener] of Object.entries(listeners)) {
    if (listener) node.addEventListener(name, listener);
  }
}

/**
 * Draw one of our icons.
 * @param {keyof typeof PATHS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon alone; its label is read out and shown as a tip. */
export function iconButton(name, label, onClick, props = {}) {
  return h(
    'button',
    {
      type: 'button',
      ...props,
      class: ['icon-button', props.class],
      'aria-label': label,
      title: label,
      on: { click: onClick },
    },
    icon(name),
  );
}

/**
 * Return an address that is safe to follow, or null. Scripts and odd schemes are refused.
 * @param {string} address
 */
export function safeUrl(address) {
  try {
    const url = new URL(address, location.href);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * Return the path of an address of this very workspace, whichever loopback name it was written with; else null.
 * @param {string} address
 */
export function ownPath(address) {
  try {
    const url = new URL(address, location.href);
    const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
    return loopback && url.port === location.port ? url.pathname + url.search : null;
  } catch {
    return null;
  }
}

let counter = 0;

/** An id that no other node on the page has. */
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

const waiting = new Set();

/** Run a redraw once, after everything that is happening now. */
export function soon(redraw) {
  if (waiting.has(redraw)) return;
  waiting.add(redraw);
  queueMicrotask(() => {
    waiting.delete(redraw);
    redraw();
  });
}

const PATHS = {
  hash: 'M7.5 3.5 6 16.5M14 3.5 12.5 16.5M3.5 7.5h13.5M3 12.5h13.5',
  lock: 'M6 9V6.5a4 4 0 0 1 8 0V9M5 9h10v7.5H5z',
  archive: 'M3.5 4h13v3.5h-13zM4.5 7.5v9h11v-9M8 10.5h4',
  plus: 'M10 4.5v11M4.5 10h11',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  back: 'M12 4.5 6.5 10l5.5 5.5',
  down: 'M5.5 8l4.5 4.5L14.5 8',
  smile: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM7.5 8v.6M12.5 8v.6M6.8 11.8c1.6 2.4 4.8 2.4 6.4 0',
  reply: 'M3.5 4h13v9.5H9l-3.5 3v-3h-2zM7 8.7h6',
  bolt: 'M11 2.5 5 11h4.5L9 17.5 15 9h-4.5z',
  pin: 'M7.5 3h5l-.6 5 2.6 2.5v1.5h-9V10.5L8.1 8zM10 12v5.5',
  more: 'M4.3 9.5h.6v1h-.6zM9.7 9.5h.6v1h-.6zM15.1 9.5h.6v1h-.6z',
  send: 'M3.5 10 16.5 3.5 12.5 16.5 9.8 10.8zM9.8 10.8l6.7-7.3',
  attach: 'M14.8 9.3 9.6 14.6a3.3 3.3 0 0 1-4.7-4.7l6.3-6.3a2.3 2.3 0 0 1 3.2 3.2l-6 6a1.1 1.1 0 0 1-1.6-1.6l5.2-5.2',
  at: 'M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.3c0 2.4 3.8 2 3.8-1.5A6.8 6.8 0 1 0 13.5 16',
  people:
    'M7.5 9.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM2.5 16c.3-3 2.3-4.5 5-4.5s4.7 1.5 5 4.5M13 4.5a2.5 2.5 0 0 1 0 4.9M14.5 11.8c1.8.5 2.8 2 3 4.2',
  link: 'M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-.8.8M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l.8-.8',
  edit: 'M4 16l.8-3.5L13.5 3.8l2.7 2.7-8.7 8.7zM12 5.3 14.7 8',
  trash: 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5',
  copy: 'M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5z',
  search: 'M8.8 3.5a5.3 5.3 0 1 0 0 10.6 5.3 5.3 0 0 0 0-10.6zM12.7 12.7l3.8 3.8',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.8M10 16.2V18M2 10h1.8M16.2 10H18M4.3 4.3l1.3 1.3M14.4 14.4l1.3 1.3M15.7 4.3l-1.3 1.3M5.6 14.4l-1.3 1.3',
  moon: 'M15.8 12.3A6.6 6.6 0 0 1 7.7 4.2a6.6 6.6 0 1 0 8.1 8.1z',
  traffic: 'M3.5 7h11.5l-3-3M16.5 13H5l3 3',
  file: 'M5 2.8h6.5L15.5 7v10.2H5zM11.5 2.8V7h4',
  open: 'M8.5 4.5h-4v11h11v-4M11.5 4h4.5v4.5M16 4l-7 7',
  download: 'M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13',
  warning: 'M10 3 17.5 16.5h-15zM10 8v4M10 14.3v.01',
  eye: 'M2.5 10c2-3.5 4.5-5 7.5-5s5.5 1.5 7.5 5c-2 3.5-4.5 5-7.5 5s-5.5-1.5-7.5-5zM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z',
  check: 'M4 10.5 8 14.5 16 5.5',
  home: 'M3 9.5 10 3.5l7 6M5 8.5v8h10v-8M8.5 16.5v-4.5h3v4.5',
  bookmark: 'M6 3.5h8v13l-4-3.3-4 3.3z',
};
