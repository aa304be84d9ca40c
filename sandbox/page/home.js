/** The app's Home tab. */

import { api, sentence } from './api.js';
import { avatar } from './avatar.js';
import { drawBlocks } from './blocks.js';
import { appTabs } from './channel.js';
import { fill, h, iconButton, soon } from './dom.js';
import { formOf } from './form.js';
import { store } from './store.js';
import { surface } from './surface.js';

export class HomeView {
  #surface = null;
  #viewId = '';

  /** @param {() => void} openMenu */
  constructor(openMenu) {
    this.openMenu = openMenu;
    this.header = h('header', { class: 'channel-header' });
    this.blocks = h('div', { class: 'blocks home-blocks' });
    this.empty = h('div', { class: 'empty', hidden: true });
    this.node = h(
      'div',
      { class: 'channel home' },
      this.header,
      h(
        'div',
        { class: 'home-scroll', tabindex: '0', role: 'region', 'aria-label': 'Home tab' },
        this.blocks,
        this.empty,
      ),
    );
    this.redraw = () => this.draw();
    store.on('home', () => soon(this.redraw));
    store.on('channels', () => soon(this.redraw));
  }

  /** Show the tab and tell the app that it was opened. */
  async show() {
    this.draw();
    const answer = await api.act(store.me.id, 'home');
    if (!answer.ok) store.emit('toast', { level: 'error', text: sentence(answer) });
    else if (answer.view && !store.home) store.setHome(answer.view);
    this.draw();
  }

  draw() {
    if (store.route.place !== 'home') return;
    fill(
      this.header,
      iconButton('menu', 'Channels', this.openMenu, { class: 'menu-toggle', 'aria-controls': 'sidebar' }),
      h(
        'h1',
        { class: 'channel-name' },
        avatar(store.user(store.app.bot_user_id), 'small'),
        h('span', {}, store.app.name),
      ),
      appTabs('home'),
      h('span', { class: 'spacer' }),
    );
    const view = store.home;
    this.empty.hidden = Boolean(view);
    this.blocks.hidden = !view;
    if (!view) {
      const why = store.appConnected
        ? 'It appears here as soon as the app publishes it.'
        : 'Its socket is not connected just now.';
      fill(
        this.empty,
        h('p', {}, `${store.app.name} has not published a Home tab for ${store.me.real_name} yet. ${why}`),
      );
      return;
    }
    this.#drawView(view);
  }

  #drawView(view) {
    if (this.#viewId !== view.id) {
      this.#viewId = view.id;
      fill(this.blocks);
      this.#surface = surface({
        container: { type: 'view', view_id: view.id },
        form: formOf(view.id),
        blocks: () => store.home?.blocks ?? [],
      });
    }
    drawBlocks(this.blocks, view.blocks, this.#surface);
  }
}
