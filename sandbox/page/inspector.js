/** The drawer that shows every exchange between the local Slack and the app. */

import { api } from './api.js';
import { fill, h, icon, iconButton, soon } from './dom.js';
import { json } from './json.js';
import { store } from './store.js';
import { clockSeconds } from './time.js';

const KEPT = 2000;
const DRAWN = 250;
const KINDS = [
  ['web_api', 'Web API'],
  ['event', 'Events'],
  ['command', 'Commands'],
  ['action', 'Actions'],
  ['view', 'Views'],
  ['shortcut', 'Shortcuts'],
  ['response_url', 'Response URL'],
  ['socket', 'Socket'],
];
const NAMES = { ...Object.fromEntries(KINDS), suggestion: 'Suggestions', ack: 'Ack' };

export class Inspector {
  #entries = [];
  #hiddenKinds = new Set();
  #selected = null;
  #held = false;

  /** @param {HTMLElement} node @param {() => void} close */
  constructor(node, close) {
    this.node = node;
    this.search = h('input', {
      class: 'field',
      type: 'search',
      placeholder: 'Filter by name or content',
      'aria-label': 'Filter',
      on: { input: () => this.draw() },
    });
    this.rows = h('ol', { class: 'traffic-rows', 'aria-label': 'Exchanges, newest first' });
    this.detail = h('div', {
      class: 'traffic-detail',
      tabindex: '0',
      role: 'region',
      'aria-label': 'The chosen exchange',
    });
    this.count = h('span', { class: 'quiet' });
    this.hold = h(
      'button',
      { type: 'button', class: 'button small', 'aria-pressed': 'false', on: { click: () => this.#toggleHold() } },
      'Hold',
    );
    const clear = h('button', { type: 'button', class: 'button small', on: { click: () => this.#clear() } }, 'Clear');
    const kinds = h(
      'div',
      { class: 'kinds', role: 'group', 'aria-label': 'Kinds' },
      KINDS.map(([kind, name]) => this.#kindButton(kind, name)),
    );
    fill(
      node,
      h(
        'header',
        { class: 'inspector-head' },
        h('h2', {}, icon('traffic'), 'Traffic'),
        this.count,
        this.search,
        kinds,
        h('span', { class: 'spacer' }),
        this.hold,
        clear,
        iconButton('close', 'Close the traffic', close),
      ),
      h('div', { class: 'inspector-body' }, this.rows, this.detail),
    );
    this.redraw = () => !this.#held && this.draw();
    this.rows.addEventListener('keydown', (event) => this.#key(event));
    node.addEventListener('keydown', (event) => event.key === 'Escape' && close());
    store.on('traffic', (entry) => this.#take([entry]));
    this.#explain();
  }

  /** Fetch what passed before the drawer was first opened. */
  async open() {
    // At once rather than after the answer: by then the person may be typing elsewhere.
    this.search.focus();
    this.draw();
    const answer = await api.traffic(this.#entries.at(-1)?.seq ?? 0);
    if (answer.ok) this.#take(answer.entries);
  }

  #take(entries) {
    const last = this.#entries.at(-1)?.seq ?? 0;
    this.#entries.push(...entries.filter((entry) => entry.seq > last));
    if (this.#entries.length > KEPT) this.#entries.splice(0, this.#entries.length - KEPT);
    if (!this.node.hidden) soon(this.redraw);
  }

  #clear() {
    const last = this.#entries.at(-1);
    this.#entries = last ? [{ ...last, cleared: true }] : [];
    this.#selected = null;
    this.#explain();
    this.draw();
  }

  #toggleHold() {
    this.#held = !this.#held;
    this.hold.setAttribute('aria-pressed', String(this.#held));
    this.draw();
  }

  #kindButton(kind, name) {
    const node = h(
      'button',
      { type: 'button', class: 'kind-toggle', 'aria-pressed': 'true', on: { click: () => toggle() } },
      name,
    );
    const toggle = () => {
      const hide = !this.#hiddenKinds.has(kind);
      if (hide) this.#hiddenKinds.add(kind);
      else this.#hiddenKinds.delete(kind);
      node.setAttribute('aria-pressed', String(!hide));
      this.draw();
    };
    return node;
  }

  #matching() {
    const words = this.search.value.trim().toLowerCase();
    return this.#entries.filter((entry) => {
      if (entry.cleared || this.#hiddenKinds.has(entry.kind)) return false;
      if (!words || entry.name.toLowerCase().includes(words)) return true;
      return JSON.stringify([entry.request, entry.response, entry.error]).toLowerCase().includes(words);
    });
  }

  draw() {
    const found = this.#matching();
    this.count.textContent = `${found.length} ${found.length === 1 ? 'exchange' : 'exchanges'}`;
    const focused = this.rows.contains(document.activeElement);
    const shown = found.slice(-DRAWN).reverse();
    fill(
      this.rows,
      shown.length
        ? shown.map((entry) => this.#row(entry))
        : h('li', { class: 'list-empty' }, 'Nothing has passed yet.'),
    );
    if (focused) this.rows.querySelector('[aria-current="true"]')?.focus();
  }

  #row(entry) {
    const toApp = entry.direction === 'out';
    const chosen = entry.seq === this.#selected;
    return h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: ['traffic-row', !entry.ok && 'failed'],
          'aria-current': chosen ? 'true' : null,
          data: { seq: entry.seq },
          on: { click: () => this.#choose(entry) },
        },
        h('span', { class: 'traffic-time' }, clockSeconds(entry.at, store.me.tz)),
        h(
          'span',
          { class: ['traffic-way', toApp ? 'out' : 'in'], title: toApp ? 'Slack to the app' : 'the app to Slack' },
          toApp ? '→ app' : '← app',
        ),
        h('span', { class: 'traffic-kind' }, NAMES[entry.kind] ?? entry.kind),
        h('span', { class: 'traffic-name' }, entry.name),
        h('span', { class: 'traffic-status' }, entry.error ?? entry.status),
        h('span', { class: 'traffic-ms' }, `${Math.round(entry.ms)} ms`),
      ),
    );
  }

  #choose(entry) {
    this.#selected = entry.seq;
    for (const row of this.rows.querySelectorAll('.traffic-row')) {
      if (row.dataset.seq === String(entry.seq)) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    }
    const part = (title, value) => [
      h('h4', {}, title),
      value === null || value === undefined ? h('p', { class: 'quiet' }, 'Nothing') : json(value),
    ];
    const [asked, answered] =
      entry.direction === 'out' ? ['Slack sent', 'The app answered'] : ['The app sent', 'Slack answered'];
    fill(
      this.detail,
      h('h3', {}, entry.name, h('span', { class: ['tag', !entry.ok && 'bad'] }, entry.error ?? String(entry.status))),
      h(
        'p',
        { class: 'quiet' },
        `${NAMES[entry.kind] ?? entry.kind}, ${clockSeconds(entry.at, store.me.tz)}, ${entry.ms} ms, number ${entry.seq}`,
      ),
      part(asked, entry.request),
      part(answered, entry.response),
    );
    this.detail.scrollTop = 0;
  }

  #explain() {
    fill(this.detail, h('p', { class: 'quiet' }, 'Choose an exchange to see what was sent and what was answered.'));
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = [...this.rows.querySelectorAll('.traffic-row')];
    const next = rows[rows.indexOf(document.activeElement) + step];
    next?.focus();
    next?.click();
  }
}
