/** The bar above everything: what this is, the demo's buttons, the clock, the app's connection, traffic, theme. */

import { api, sentence } from './api.js';
import { fill, h, icon, iconButton, soon } from './dom.js';
import { store } from './store.js';
import { ahead, clockTime, fullTime } from './time.js';

const TICK = 5000;

export class Topbar {
  /** @param {HTMLElement} node @param {{toggleInspector: () => void}} hooks */
  constructor(node, hooks) {
    this.controls = h('div', { class: 'controls', role: 'group', 'aria-label': 'Demo' });
    this.clock = h('span', { class: 'clock' });
    this.state = h('span', { class: 'app-state', role: 'status' });
    this.inspect = iconButton('traffic', 'Traffic between Slack and the app', hooks.toggleInspector, {
      class: 'inspect-button',
      'aria-expanded': 'false',
      'aria-controls': 'inspector',
    });
    this.theme = h('button', { type: 'button', class: 'icon-button', on: { click: () => this.#toggleTheme() } });
    fill(
      node,
      h(
        'p',
        { class: 'banner' },
        h('img', { src: '/static/mark.svg', alt: '', width: '18', height: '18' }),
        h(
          'span',
          { class: 'banner-words' },
          h('strong', {}, 'Local Slack'),
          h('span', {}, ': a stand-in on your machine, not Slack'),
        ),
      ),
      this.controls,
      h('div', { class: 'topbar-end' }, this.state, this.clock, this.inspect, this.theme),
    );
    for (const topic of ['me', 'controls', 'clock', 'socket', 'live']) store.on(topic, () => soon(this.redraw));
    setInterval(() => this.#drawClock(), TICK);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#drawTheme());
  }

  redraw = () => {
    if (!store.me) return;
    this.#drawControls();
    this.#drawClock();
    this.#drawTheme();
    const [words, kind] = !store.live
      ? ['Reconnecting…', 'lost']
      : store.appConnected
        ? [`${store.app.name} connected`, 'on']
        : [`${store.app.name}: no socket`, 'off'];
    fill(this.state, h('span', { class: ['dot', kind] }), h('span', { class: 'app-state-words' }, words));
    this.state.title = words;
  };

  #drawControls() {
    const key = JSON.stringify(store.controls);
    if (this.controlsKey === key) return;
    this.controlsKey = key;
    this.controls.hidden = !store.controls.length;
    fill(
      this.controls,
      h('span', { class: 'controls-label' }, 'Demo'),
      store.controls.map((control) => this.#control(control)),
    );
  }

  #control(control) {
    const press = async () => {
      if (node.getAttribute('aria-busy') === 'true') return;
      node.setAttribute('aria-busy', 'true');
      const answer = await api.press(control.id);
      node.removeAttribute('aria-busy');
      if (!answer.ok) store.emit('toast', { level: 'error', text: sentence(answer) });
      else if (answer.text) store.emit('toast', { level: 'info', text: answer.text });
    };
    const node = h(
      'button',
      { type: 'button', class: 'control', title: control.hint, data: { control: control.id }, on: { click: press } },
      control.label,
    );
    return node;
  }

  #drawClock() {
    if (!store.me) return;
    const shift = ahead(store.offset);
    fill(
      this.clock,
      h('span', {}, clockTime(store.now(), store.me.tz)),
      shift && h('span', { class: 'clock-ahead' }, shift),
    );
    this.clock.title = `${fullTime(store.now(), store.me.tz)}${shift ? `, ${shift} ahead of this machine` : ''}`;
  }

  get #isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }

  #drawTheme() {
    const label = this.#isDark ? 'Use the light theme' : 'Use the dark theme';
    fill(this.theme, icon(this.#isDark ? 'sun' : 'moon'));
    this.theme.title = label;
    this.theme.setAttribute('aria-label', label);
  }

  #toggleTheme() {
    const next = this.#isDark ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    localStorage.setItem('firebell.theme', next);
    this.#drawTheme();
  }
}
