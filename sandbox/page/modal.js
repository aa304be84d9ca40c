/** Modals of the app: a stack of at most three, of which the last is seen. */

import { api, sentence } from './api.js';
import { avatar } from './avatar.js';
import { drawBlocks, showErrors } from './blocks.js';
import { openDialog } from './dialog.js';
import { fill, freshId, h, icon, iconButton, soon } from './dom.js';
import { Form } from './form.js';
import { badValue } from './inputs.js';
import { textObject } from './mrkdwn.js';
import { store } from './store.js';
import { surface } from './surface.js';

export class Modals {
  #dialog = null;
  /** view id -> sheet; a view under another keeps its nodes, and so its caret and scroll. */
  #sheets = new Map();

  constructor() {
    this.redraw = () => this.draw();
    store.on('stack', () => soon(this.redraw));
  }

  draw() {
    const open = new Set(store.stack.map((view) => view.id));
    for (const [id, sheet] of this.#sheets) {
      if (open.has(id)) continue;
      sheet.form.forget();
      sheet.node.remove();
      this.#sheets.delete(id);
    }
    if (!store.stack.length) {
      this.#dialog?.close();
      this.#dialog = null;
      return;
    }
    if (!this.#dialog?.open) this.#open();
    for (const view of store.stack) this.#sheetOf(view).draw(view, store.stack);
    for (const sheet of this.#sheets.values()) sheet.node.hidden = sheet !== this.#top;
    const top = this.#top;
    this.#dialog.setAttribute('aria-label', top.view.title?.text ?? 'Form');
    if (top !== this.shown) {
      this.shown = top;
      top.focusFirst();
    }
  }

  #open() {
    this.#dialog = openDialog({ class: 'dialog dialog-view', label: 'Form', onEscape: () => this.#top.escape() });
    for (const sheet of this.#sheets.values()) this.#dialog.append(sheet.node);
    this.shown = null;
    this.#dialog.addEventListener('close', () => store.stack.length && soon(this.redraw));
  }

  get #top() {
    return this.#sheets.get(store.stack.at(-1).id);
  }

  #sheetOf(view) {
    if (!this.#sheets.has(view.id)) {
      const sheet = new Sheet(view);
      this.#sheets.set(view.id, sheet);
      this.#dialog.append(sheet.node);
    }
    return this.#sheets.get(view.id);
  }
}

/** One view: its blocks, its errors and its buttons. */
class Sheet {
  #busy = false;
  #warned = false;

  constructor(view) {
    this.view = view;
    this.form = new Form(view.id, view.state?.values);
    this.surface = surface({
      container: { type: 'view', view_id: view.id },
      form: this.form,
      blocks: () => this.view.blocks,
      fail: (text) => this.say(text),
    });
    this.head = h('header', { class: 'dialog-head' });
    this.banner = h('div', { class: 'dialog-error', role: 'alert', hidden: true });
    this.blocks = h('div', { class: 'blocks' });
    this.foot = h('footer', { class: 'dialog-foot' });
    this.progress = h('div', { class: 'progress', hidden: true, role: 'progressbar', 'aria-label': 'Sending' });
    this.node = h(
      'form',
      {
        class: 'sheet',
        novalidate: true,
        on: { submit: (event) => this.submit(event), input: () => this.#quiet(), keydown: (event) => this.#key(event) },
      },
      this.head,
      this.progress,
      h('div', { class: 'dialog-body' }, this.banner, this.blocks),
      this.foot,
    );
  }

  draw(view, stack) {
    const fresh = this.view.hash !== view.hash;
    this.view = view;
    const under = stack[stack.indexOf(view) - 1];
    const id = freshId('title');
    fill(
      this.head,
      under
        ? iconButton('back', `Back to ${under.title?.text ?? 'the form before'}`, () => this.close())
        : avatar(store.user(store.app.bot_user_id), 'small'),
      h('h2', { id }, textObject(view.title)),
      iconButton('close', 'Close', () => this.close(stack.length > 1)),
    );
    drawBlocks(this.blocks, view.blocks, this.surface);
    if (fresh) this.say('');
    this.#drawFoot(stack);
  }

  #drawFoot(stack) {
    const hasInput = this.view.blocks.some((block) => block.type === 'input');
    const submit = this.view.submit ?? (hasInput ? { type: 'plain_text', text: 'Submit' } : null);
    const close = this.view.close ?? { type: 'plain_text', text: stack.length > 1 ? 'Back' : 'Close' };
    const disabled = this.#busy || Boolean(this.view.submit_disabled);
    const key = JSON.stringify([submit, close, disabled]);
    if (this.footKey === key) return;
    this.footKey = key;
    const focused = this.foot.contains(document.activeElement);
    this.sendButton =
      submit &&
      h('button', { type: 'submit', class: ['button primary', this.#busy && 'busy'], disabled }, textObject(submit));
    fill(
      this.foot,
      h('button', { type: 'button', class: 'button', on: { click: () => this.close() } }, textObject(close)),
      this.sendButton,
    );
    if (focused && !disabled) this.sendButton?.focus();
  }

  focusFirst() {
    const wanted = this.blocks.querySelector('[data-autofocus="1"]');
    const field = wanted ?? this.blocks.querySelector('.block-type-input :is(input, textarea, button.select)');
    const target = field ?? this.sendButton ?? this.head.querySelector('button');
    target?.focus({ preventScroll: !wanted });
    if (target?.setSelectionRange && ['text', 'textarea', 'url'].includes(target.type))
      target.setSelectionRange(target.value.length, target.value.length);
  }

  /** Show a sentence at the top of the form; nothing for "all is well". */
  say(text) {
    this.banner.hidden = !text;
    fill(this.banner, text && [icon('warning'), h('span', {}, text)]);
    if (text) this.banner.scrollIntoView({ block: 'nearest' });
  }

  /** Whoever types on has seen the warning about leaving. */
  #quiet() {
    if (!this.#warned) return;
    this.#warned = false;
    this.say('');
  }

  #key(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.submit(event);
  }

  /** Escape closes at once if nothing was typed, else when pressed twice. */
  escape() {
    if (!this.form.touched || this.#warned) return void this.close();
    this.#warned = true;
    this.say('What you typed would be lost. Press Escape again to close, or go on typing.');
  }

  async close(all = false) {
    const answer = await api.act(store.me.id, `views/${this.view.id}/close`, { cleared: all });
    if (answer.ok) return;
    if (answer.error === 'view_not_found') store.setStack(store.stack.filter((view) => view.id !== this.view.id));
    else store.emit('toast', { level: 'error', text: sentence(answer) });
  }

  #badValues() {
    const values = this.form.values(this.view.blocks);
    const errors = {};
    for (const block of this.view.blocks) {
      if (block.type !== 'input') continue;
      const text = badValue(block.element, values[block.block_id]?.[block.element.action_id]?.value);
      if (text) errors[block.block_id] = text;
    }
    return errors;
  }

  async submit(event) {
    event?.preventDefault();
    if (this.#busy || !this.sendButton || this.view.submit_disabled) return;
    this.say('');
    const bad = this.#badValues();
    if (Object.keys(bad).length) return void showErrors(this.blocks, bad)?.focus();
    this.#setBusy(true);
    const answer = await api.act(store.me.id, `views/${this.view.id}/submit`, {
      state: { values: this.form.values(this.view.blocks) },
    });
    this.#setBusy(false);
    showErrors(this.blocks, answer.errors ?? {})?.focus();
    if (!answer.ok && !answer.errors) this.say(sentence(answer));
    if (answer.ok) this.form.touched = false;
  }

  /** Fields stay as they are while the app answers; only sending again is held back. */
  #setBusy(busy) {
    this.#busy = busy;
    this.progress.hidden = !busy;
    this.node.setAttribute('aria-busy', String(busy));
    this.#drawFoot(store.stack);
  }
}
