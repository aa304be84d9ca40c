/** The list of messages of a channel or a thread: days, groups, what is new, and a steady scroll. */

import { api, sentence } from './api.js';
import { fill, h, icon } from './dom.js';
import { drawMessage, isNote, author } from './message.js';
import { MessageTools } from './message_tools.js';
import { toTyped } from './mrkdwn.js';
import { grow } from './inputs.js';
import { store } from './store.js';
import { dayKey, dayName } from './time.js';

/** Seconds between two messages of one author that still stand under one name. */
const GROUP_SECONDS = 300;
/** Nearer to the end than this, the list follows new messages. */
const END_PIXELS = 90;

export class MessageList {
  #rows = new Map();
  #editing = null;
  #atEnd = true;
  #messages = [];
  #options = {};

  /** @param {{label: string, inThread?: boolean, onTop?: () => void}} options `onTop` is called near the first message */
  constructor({ label, inThread = false, onTop }) {
    this.inThread = inThread;
    this.list = h('ol', { class: 'message-list', 'aria-label': label });
    this.more = h(
      'button',
      { type: 'button', class: 'to-latest', hidden: true, on: { click: () => this.toEnd() } },
      icon('down'),
      'Newer messages',
    );
    this.scroller = h(
      'div',
      { class: 'message-scroll', tabindex: '0', role: 'log', 'aria-label': label, 'aria-live': 'off' },
      this.list,
    );
    this.node = h('div', { class: 'message-area' }, this.scroller, this.more);
    this.tools = new MessageTools((row, message) => this.edit(row, message));
    this.#listen(onTop);
  }

  #listen(onTop) {
    this.scroller.addEventListener('scroll', () => {
      this.#atEnd = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < END_PIXELS;
      if (this.#atEnd) this.more.hidden = true;
      if (this.scroller.scrollTop < 200) onTop?.();
    });
    // Pictures arrive after their message and would push the end out of sight.
    this.resized = new ResizeObserver(() => this.#atEnd && this.toEnd());
    this.resized.observe(this.list);
    this.resized.observe(this.scroller);
    const showTools = (event) => {
      const row = event.target.closest?.('li.message');
      if (row && row.parentNode === this.list && row.dataset.key !== this.#editing)
        this.tools.showOn(row, row.message, this.inThread);
    };
    this.list.addEventListener('pointerover', (event) => event.pointerType === 'mouse' && showTools(event));
    this.list.addEventListener('focusin', showTools);
    this.list.addEventListener('pointerleave', () => this.tools.leave());
    this.list.addEventListener('click', showTools);
    this.scroller.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Arrow keys walk from message to message. */
  #key(event) {
    const row = document.activeElement.closest?.('li.message');
    if (document.activeElement !== this.scroller && document.activeElement !== row) return;
    const rows = [...this.list.querySelectorAll('li.message')];
    const at = rows.indexOf(row);
    let next = null;
    if (event.key === 'ArrowUp') next = at < 0 ? rows.at(-1) : rows[at - 1];
    else if (event.key === 'ArrowDown') next = at < 0 ? rows.at(-1) : rows[at + 1];
    else if (event.key === 'Home') next = rows[0];
    else if (event.key === 'End') next = rows.at(-1);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  /** Forget all rows: another person or another channel is shown. */
  clear() {
    this.#rows.clear();
    this.#editing = null;
    this.#atEnd = true;
    this.#messages = [];
    this.tools.hide();
    fill(this.list);
  }

  /**
   * Show messages, oldest first.
   * @param {object[]} messages
   * @param {{newFrom?: string, lead?: Node}} [options] `newFrom` is the ts of the first unread one; `lead` stands above all
   */
  show(messages, options = this.#options) {
    this.#options = options;
    const { newFrom, lead } = options;
    const grew = messages.length > this.#messages.length && messages.at(-1)?.ts !== this.#messages.at(-1)?.ts;
    const own = messages.at(-1)?.user === store.me.id;
    const anchor = this.#atEnd ? null : this.#anchor();
    this.#messages = messages;
    const rows = lead ? [lead] : [];
    let before = null;
    for (const message of messages) {
      rows.push(...this.#separators(message, before, newFrom));
      rows.push(this.#row(message, before, newFrom));
      before = message;
    }
    this.#arrange(rows);
    if (this.#atEnd || (grew && own)) this.toEnd();
    else {
      anchor?.();
      if (grew) this.more.hidden = false;
    }
  }

  /** Keep what is in view where it is, whatever is added above. */
  #anchor() {
    const top = this.scroller.getBoundingClientRect().top;
    const row = [...this.list.children].find((node) => node.getBoundingClientRect().bottom > top);
    const before = row?.getBoundingClientRect().top;
    return row && (() => row.isConnected && this.scroller.scrollBy(0, row.getBoundingClientRect().top - before));
  }

  #separators(message, before, newFrom) {
    const zone = store.me.tz;
    const found = [];
    const day = dayKey(message.ts, zone);
    if (!before || dayKey(before.ts, zone) !== day) {
      found.push(this.#fixed(`day:${day}`, 'li', 'day-line', dayName(message.ts, zone, store.now())));
    }
    if (message.ts === newFrom) found.push(this.#fixed('new', 'li', 'new-line', 'New'));
    return found;
  }

  #fixed(key, tag, className, words) {
    if (!this.#rows.has(key)) this.#rows.set(key, h(tag, { class: className, data: { key } }));
    return fill(this.#rows.get(key), h('span', {}, words));
  }

  #row(message, before, newFrom) {
    const grouped = this.#isGrouped(message, before) && message.ts !== newFrom;
    const key = `${message.is_ephemeral ? 'eph:' : ''}${message.ts}`;
    const signature = JSON.stringify([message, grouped]);
    let row = this.#rows.get(key);
    if (!row) {
      row = h('li', { tabindex: '-1', data: { key, ts: message.ts } });
      this.#rows.set(key, row);
    }
    row.message = message;
    if (row.signature !== signature && this.#editing !== key) {
      row.signature = signature;
      const hadTools = row.contains(this.tools.node);
      drawMessage(row, message, { grouped, inThread: this.inThread });
      if (hadTools) {
        this.tools.hide();
        this.tools.showOn(row, message, this.inThread);
      }
    }
    return row;
  }

  #isGrouped(message, before) {
    if (!before || isNote(message) || isNote(before) || message.is_ephemeral || before.is_ephemeral) return false;
    if (message.subtype === 'thread_broadcast' || message.subtype === 'tombstone' || message.pinned_to?.length)
      return false;
    if (before.subtype === 'tombstone' || dayKey(before.ts, store.me.tz) !== dayKey(message.ts, store.me.tz))
      return false;
    if (this.inThread && before.ts === message.thread_ts) return false;
    return author(before).key === author(message).key && Number(message.ts) - Number(before.ts) < GROUP_SECONDS;
  }

  #arrange(rows) {
    const wanted = new Set(rows);
    for (const node of [...this.list.children]) {
      if (wanted.has(node)) continue;
      node.remove();
      this.#rows.delete(node.dataset.key);
    }
    rows.forEach((node, index) => {
      if (this.list.children[index] !== node) this.list.insertBefore(node, this.list.children[index] ?? null);
    });
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#atEnd = true;
    this.more.hidden = true;
  }

  /** Bring a message into view and mark it for a moment; says whether it is there. */
  reveal(ts) {
    const row = this.#rows.get(ts);
    if (!row) return false;
    this.#atEnd = false;
    row.scrollIntoView({ block: 'center' });
    row.classList.remove('revealed');
    requestAnimationFrame(() => row.classList.add('revealed'));
    row.focus({ preventScroll: true });
    return true;
  }

  /** Edit the last thing one said here; says whether there is one. */
  editLast() {
    const last = this.#messages.findLast(
      (message) => message.user === store.me.id && !message.bot_id && !isNote(message) && !message.is_ephemeral,
    );
    const row = last && this.#rows.get(last.ts);
    if (!row) return false;
    this.edit(row, last);
    return true;
  }

  /** Turn a message's words into a field, in place. */
  edit(row, message) {
    this.#editing = row.dataset.key;
    this.tools.hide();
    const field = h('textarea', {
      class: 'field',
      rows: '1',
      value: toTyped(message.text ?? ''),
      'aria-label': 'Edit your message',
    });
    const error = h('p', { class: 'field-error', role: 'alert', hidden: true });
    const finish = () => {
      this.#editing = null;
      row.signature = null;
      this.show(this.#messages);
      row.focus();
    };
    const save = async () => {
      if (field.value.trim() === toTyped(message.text ?? '').trim()) return finish();
      const answer = await api.act(store.me.id, 'messages/edit', {
        channel: message.channel,
        ts: message.ts,
        text: field.value,
      });
      if (answer.ok) return finish();
      error.textContent = sentence(answer);
      error.hidden = false;
    };
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') finish();
      else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) save();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    field.addEventListener('input', () => grow(field));
    const buttons = h(
      'div',
      { class: 'edit-buttons' },
      h('button', { type: 'button', class: 'button small', on: { click: finish } }, 'Cancel'),
      h('button', { type: 'button', class: 'button small primary', on: { click: save } }, 'Save'),
    );
    const content = row.querySelector('.message-content') ?? row;
    fill(content, field, error, buttons);
    grow(field);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }
}
