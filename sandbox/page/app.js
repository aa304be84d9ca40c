/** Starts the page and leads from place to place. The address keeps person, place and thread: #person/place/thread. */

import { api, sentence } from './api.js';
import { CanvasView } from './canvas.js';
import { ChannelView } from './channel.js';
import { keepDraft, draftOf } from './composer.js';
import { DetailsView, personMenu } from './details.js';
import { fill, h } from './dom.js';
import { HomeView } from './home.js';
import { Inspector } from './inspector.js';
import { Live } from './live.js';
import { Modals } from './modal.js';
import { Sidebar } from './sidebar.js';
import { store } from './store.js';
import { openOwn } from './surface.js';
import { openSwitcher } from './switcher.js';
import { ThreadView } from './thread.js';
import { ago } from './time.js';
import { Toasts } from './toasts.js';
import { Topbar } from './topbar.js';
import { FileView } from './viewer.js';

const CHART_EVERY = 15_000;
const AGO_EVERY = 30_000;

class App {
  constructor() {
    this.node = (id) => document.getElementById(id);
    this.toasts = new Toasts(this.node('toasts'));
    this.topbar = new Topbar(this.node('topbar'), { toggleInspector: () => this.toggleInspector() });
    this.sidebar = new Sidebar(this.node('sidebar'), { search: openSwitcher, close: () => this.drawer(false) });
    this.channel = new ChannelView({
      openMenu: () => this.drawer(true),
      openDetails: (tab) => this.openPane(this.details, tab),
      openCanvas: () => this.openPane(this.canvas),
      search: openSwitcher,
    });
    this.home = new HomeView(() => this.drawer(true));
    const closePane = () => this.closePane();
    this.thread = new ThreadView(closePane);
    this.details = new DetailsView(closePane);
    this.viewer = new FileView(closePane);
    this.canvas = new CanvasView(closePane);
    this.inspector = new Inspector(this.node('inspector'), () => this.toggleInspector(false));
    this.modals = new Modals();
    this.live = new Live(() => this.refresh());
    this.#listen();
  }

  #listen() {
    store.on('go', (route) => this.go(route));
    store.on('act_as', (user) => this.actAs(user));
    store.on('open_file', (file) => this.openPane(this.viewer, file));
    store.on('channel_gone', (id) => id === store.route.place && this.go({ place: store.firstChannel }));
    addEventListener('hashchange', () => this.#fromAddress());
    document.addEventListener('keydown', (event) => this.#key(event));
    document.addEventListener('click', (event) => this.#click(event));
    setInterval(refreshCharts, CHART_EVERY);
    setInterval(refreshAgo, AGO_EVERY);
  }

  async start() {
    const [user, place, thread] = parseHash();
    await this.load(user, { place, thread });
  }

  /** Become a person: everything is loaded as they see it. */
  async load(user, route = {}) {
    let boot = await api.bootstrap(user);
    // Whoever it was is not in this workspace; it says itself who begins.
    if (boot.error === 'http_404') boot = await api.bootstrap('');
    if (!boot.ok) return this.#broken(sentence(boot));
    // The line is up before the facts are read, so that nothing can happen unseen in between.
    await this.live.listen(boot.me.id);
    boot = await api.bootstrap(boot.me.id);
    if (!boot.ok) return this.#broken(sentence(boot));
    store.load(boot);
    this.live.release();
    this.#prefill();
    const fallback = store.channels.has(store.firstChannel) ? store.firstChannel : [...store.channels.keys()][0];
    const known = route.place === 'home' || store.channels.has(route.place);
    this.go({ ...(known ? route : { place: fallback }) }, { replace: true });
    const views = await api.views(boot.me.id);
    if (views.ok) store.setStack(views.stack);
    this.node('frame').classList.add('ready');
    return null;
  }

  /** The first visit finds the composer filled, so that the story begins with one key. */
  #prefill() {
    const { composer, team, me } = store;
    const channel = store.channels.get(composer?.channel);
    // A workspace made anew bears the same names; when its channel was made tells it from the one before.
    const key = `firebell.prefilled.${team.id}.${channel?.created}`;
    if (!channel?.is_member || localStorage.getItem(key)) return;
    localStorage.setItem(key, '1');
    const place = { user: me.id, channel: composer.channel };
    if (!draftOf(place)) keepDraft(place, composer.text);
  }

  #broken(text) {
    const again = h(
      'button',
      { type: 'button', class: 'button primary', on: { click: () => location.reload() } },
      'Try again',
    );
    fill(this.node('main'), h('div', { class: 'empty broken' }, h('p', {}, text), again));
  }

  /** The line was down: what happened meanwhile is fetched. */
  async refresh() {
    const boot = await api.bootstrap(store.me.id);
    if (!boot.ok) return;
    store.load(boot);
    this.live.release();
    const views = await api.views(store.me.id);
    if (views.ok) store.setStack(views.stack);
    if (store.route.place === 'home') await this.home.show();
    else await this.channel.reload();
    await this.thread.reload();
  }

  async actAs(user) {
    const { place } = store.route;
    this.closePane();
    await this.load(user, { place });
    store.emit('toast', { level: 'info', text: `You act as ${store.me.real_name} now.` });
  }

  /** Go somewhere: a channel, the Home tab, a thread, a message. */
  go({ place, thread = null, focus = null }, { replace = false } = {}) {
    if (place !== 'home' && !store.channels.has(place)) {
      store.emit('toast', { level: 'error', text: `${store.me.real_name} cannot see that channel.` });
      return;
    }
    this.drawer(false);
    const moved = place !== store.route.place;
    store.setRoute({ place, thread, focus });
    const hash = `#${[store.me.id, place, thread].filter(Boolean).join('/')}`;
    if (location.hash !== hash || location.pathname !== '/')
      history[replace ? 'replaceState' : 'pushState'](null, '', `/${hash}`);
    this.#show(moved);
  }

  #show(moved) {
    const { place, thread } = store.route;
    const view = place === 'home' ? this.home : this.channel;
    if (!view.node.isConnected) fill(this.node('main'), view.node);
    if (view === this.home) this.channel.forget();
    if (thread) this.openPane(this.thread);
    else if (this.pane === this.thread || (moved && (this.pane === this.details || this.pane === this.canvas))) this.closePane();
    view.show();
    const channel = store.channel;
    document.title = `${channel ? store.channelLabel(channel) : store.app.name} · Local Slack`;
    if (
      moved &&
      channel?.is_member &&
      matchMedia('(hover: hover)').matches &&
      !thread &&
      !document.querySelector('dialog')
    )
      this.channel.composer.focus();
  }

  #fromAddress() {
    const [user, place, thread] = parseHash();
    if (user && user !== store.me?.id) this.load(user, { place, thread });
    else if (place) this.go({ place, thread });
  }

  /** Show something beside the channel. */
  openPane(view, argument) {
    if (this.pane === this.thread && view !== this.thread) this.#leaveThread();
    this.pane = view;
    const pane = this.node('pane');
    pane.hidden = false;
    pane.classList.toggle('pane-wide', view === this.viewer);
    const names = new Map([
      [this.thread, 'Thread'],
      [this.viewer, 'File'],
      [this.canvas, 'Canvas'],
    ]);
    pane.setAttribute('aria-label', names.get(view) ?? 'Channel details');
    if (!view.node.isConnected) fill(pane, view.node);
    view.show(argument);
  }

  #leaveThread() {
    this.thread.forget();
    store.setRoute({ place: store.route.place });
    history.replaceState(null, '', `/#${store.me.id}/${store.route.place}`);
  }

  closePane() {
    if (!this.pane) return;
    if (this.pane === this.thread && store.route.thread) this.#leaveThread();
    this.thread.forget();
    this.pane = null;
    const pane = this.node('pane');
    const hadFocus = pane.contains(document.activeElement);
    pane.hidden = true;
    fill(pane);
    if (hadFocus) this.channel.composer.focus();
  }

  /** On a phone the sidebar is a drawer. */
  drawer(open) {
    document.body.classList.toggle('drawer-open', open);
    if (open) this.node('sidebar').querySelector('button')?.focus();
  }

  toggleInspector(open = this.node('inspector').hidden) {
    this.node('inspector').hidden = !open;
    document.body.classList.toggle('inspecting', open);
    this.topbar.inspect.setAttribute('aria-expanded', String(open));
    if (open) this.inspector.open();
    else this.topbar.inspect.focus();
  }

  #key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      if (!document.querySelector('dialog')) openSwitcher();
    } else if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog')) {
      if (document.body.classList.contains('drawer-open')) this.drawer(false);
      else if (this.node('pane').contains(document.activeElement)) this.closePane();
    }
  }

  /** Mentions, channel links and links into this workspace work wherever they are drawn. */
  #click(event) {
    const target = event.target.closest?.('[data-user], [data-channel], a[href]');
    if (document.body.classList.contains('drawer-open') && !event.target.closest('#sidebar, .menu-toggle, .popup'))
      this.drawer(false);
    if (!target || event.defaultPrevented) return;
    if (target.dataset.user && store.user(target.dataset.user)) personMenu(target, store.user(target.dataset.user));
    else if (target.dataset.channel) this.go({ place: target.dataset.channel });
    else if (
      target.href &&
      !target.hasAttribute('download') &&
      !event.metaKey &&
      !event.ctrlKey &&
      !target.classList.contains('icon-button')
    ) {
      if (openOwn(target.href, target.textContent)) event.preventDefault();
    }
  }
}

/** [person, place, thread] of the address; a permalink names place and thread in its path. */
function parseHash() {
  const parts = location.hash.slice(1).split('/');
  const archive = /^\/archives\/(\w+)/.exec(location.pathname);
  return archive ? [parts[0], archive[1], new URLSearchParams(location.search).get('thread_ts')] : parts;
}

/** Charts show the last hour, so they are drawn anew while they are in view; the old one stays until the new one is there. */
function refreshCharts() {
  if (document.hidden) return;
  for (const image of document.querySelectorAll('img.live-chart')) {
    const { bottom, top } = image.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) continue;
    const next = new Image();
    next.src = `${image.getAttribute('src').split('?')[0]}?at=${Math.round(store.now())}`;
    next.decode().then(
      () => (image.src = next.src),
      () => null,
    );
  }
}

function refreshAgo() {
  for (const node of document.querySelectorAll('time[data-shape*="{ago}"]')) {
    if (node.dataset.shape === '{ago}') node.textContent = ago(node.dataset.at, store.now());
  }
}

const app = new App();
app.start();
