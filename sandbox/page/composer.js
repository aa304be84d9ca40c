/** Where people type: messages, commands, files. What is typed is kept per person and place until it is sent. */

import { api, sentence } from './api.js';
import { Completion } from './completion.js';
import { fill, h, icon, iconButton } from './dom.js';
import { grow } from './inputs.js';
import { sizeText } from './files.js';
import { menu } from './popup.js';
import { pickEmoji } from './reactions.js';
import { store } from './store.js';

const draftKey = (place) => `firebell.draft.${place.user}.${place.channel}${place.thread ? `.${place.thread}` : ''}`;

/** What was typed in a place and not sent. */
export const draftOf = (place) => localStorage.getItem(draftKey(place)) ?? '';

export function keepDraft(place, text) {
  if (text) localStorage.setItem(draftKey(place), text);
  else localStorage.removeItem(draftKey(place));
}

export class Composer {
  #place = null;
  #files = [];
  #sending = false;

  /** @param {{inThread?: boolean, editLast: () => boolean, id?: string}} options */
  constructor({ inThread = false, editLast, id = null }) {
    this.inThread = inThread;
    this.field = h('textarea', {
      class: 'composer-field',
      id,
      rows: '1',
      role: 'combobox',
      'aria-expanded': 'false',
      'aria-haspopup': 'listbox',
      spellcheck: 'true',
    });
    this.send = iconButton('send', 'Send', () => this.submit(), { class: 'send' });
    this.error = h('div', { class: 'composer-error', role: 'alert', hidden: true });
    this.staged = h('ul', { class: 'staged', hidden: true });
    this.broadcast = h('input', { type: 'checkbox' });
    this.broadcastWords = h('span');
    this.completion = new Completion(this.field, {
      inThread,
      onInsert: () => this.#typed(),
      onShortcut: (shortcut) => this.#runShortcut(shortcut),
    });
    this.node = this.#build();
    this.#listen(editLast);
  }

  #build() {
    const input = h('input', {
      type: 'file',
      multiple: true,
      class: 'visually-hidden',
      tabindex: '-1',
      'aria-hidden': 'true',
      on: { change: () => this.#stage([...input.files]) },
    });
    const emoji = iconButton('smile', 'Add an emoji', () => pickEmoji(emoji, (name) => this.insert(`:${name}: `)), {
      'aria-haspopup': 'dialog',
    });
    const shortcuts = iconButton('bolt', 'Shortcuts', () => this.#shortcutMenu(shortcuts), { 'aria-haspopup': 'menu' });
    const bar = h(
      'div',
      { class: 'composer-bar' },
      iconButton('attach', 'Attach a file', () => input.click()),
      input,
      emoji,
      iconButton('at', 'Mention somebody', () => this.insert('@')),
      !this.inThread && shortcuts,
      h(
        'span',
        { class: 'composer-help' },
        h('kbd', {}, 'Enter'),
        ' sends, ',
        h('kbd', {}, 'Shift'),
        '+',
        h('kbd', {}, 'Enter'),
        ' begins a line',
      ),
      this.send,
    );
    const also = this.inThread && h('label', { class: 'broadcast' }, this.broadcast, this.broadcastWords);
    return h(
      'div',
      { class: 'composer-wrap' },
      this.error,
      h('div', { class: 'composer' }, this.field, this.staged, also, bar),
    );
  }

  #listen(editLast) {
    this.field.addEventListener('input', () => {
      this.#typed();
      this.completion.refresh();
    });
    this.field.addEventListener('click', () => this.completion.refresh());
    this.field.addEventListener('blur', () => this.completion.close());
    this.field.addEventListener('keydown', (event) => {
      if (this.completion.key(event)) return;
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit();
      } else if (event.key === 'ArrowUp' && !this.field.value && editLast()) event.preventDefault();
    });
    this.field.addEventListener(
      'paste',
      (event) => event.clipboardData?.files.length && this.#stage([...event.clipboardData.files]),
    );
    const box = this.node.querySelector('.composer');
    box.addEventListener('dragover', (event) => event.preventDefault());
    box.addEventListener('drop', (event) => {
      event.preventDefault();
      this.#stage([...event.dataTransfer.files]);
    });
  }

  /**
   * Show the composer of a place, with what was typed there before.
   * @param {{user: string, channel: string, thread?: string}} place @param {string} label
   */
  show(place, label) {
    this.field.placeholder = label;
    this.field.setAttribute('aria-label', label);
    if (this.#place && draftKey(this.#place) === draftKey(place)) return;
    this.#place = place;
    this.broadcastWords.textContent = `Also send to ${this.channelName()}`;
    this.broadcast.checked = false;
    this.#files = [];
    this.#say('');
    this.#drawStaged();
    this.field.value = draftOf(place);
    this.#typed();
  }

  channelName() {
    const channel = this.#place && store.channels.get(this.#place.channel);
    return channel ? store.channelLabel(channel) : 'the channel';
  }

  insert(text) {
    this.field.focus();
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, 'end');
    this.#typed();
    this.completion.refresh();
  }

  focus() {
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  #typed() {
    grow(this.field);
    if (this.#place) keepDraft(this.#place, this.field.value);
    const empty = !this.field.value.trim() && !this.#files.length;
    this.send.classList.toggle('ready', !empty);
    this.node.classList.toggle('is-command', this.field.value.startsWith('/') && !this.inThread);
  }

  #stage(files) {
    this.#files.push(...files);
    this.#drawStaged();
    this.#typed();
    this.field.focus();
  }

  #drawStaged() {
    const remove = (file) => {
      this.#files = this.#files.filter((one) => one !== file);
      this.#drawStaged();
      this.#typed();
    };
    this.staged.hidden = !this.#files.length;
    fill(
      this.staged,
      this.#files.map((file) =>
        h(
          'li',
          {},
          icon('file'),
          h('span', {}, file.name),
          h('small', {}, sizeText(file.size)),
          iconButton('close', `Remove ${file.name}`, () => remove(file)),
        ),
      ),
    );
  }

  /** Say what went wrong above the field; nothing for "all is well". */
  #say(text, again) {
    this.error.hidden = !text;
    fill(
      this.error,
      text && [
        icon('warning'),
        h('span', {}, text),
        again && h('button', { type: 'button', class: 'link', on: { click: again } }, 'Put my words back'),
      ],
    );
  }

  async submit() {
    const text = this.field.value.trim();
    if ((!text && !this.#files.length) || this.#sending || !this.#place) return;
    const place = this.#place;
    const files = this.#files;
    this.completion.close();
    this.#say('');
    this.#sending = true;
    this.node.classList.add('sending');
    this.#clear(place);
    const answer = await this.#deliver(place, text, files);
    this.#sending = false;
    this.node.classList.remove('sending');
    if (!answer.ok) this.#giveBack(place, text, answer);
    else if (this.broadcast.checked) this.broadcast.checked = false;
  }

  #clear(place) {
    this.#files = [];
    this.#drawStaged();
    this.field.value = '';
    this.#typed();
    keepDraft(place, '');
  }

  async #deliver(place, text, files) {
    const thread = place.thread ? { thread_ts: place.thread } : {};
    if (/^\/[a-z]/i.test(text) && !files.length)
      return api.act(place.user, 'commands', { channel: place.channel, text, ...thread });
    if (!files.length) {
      const broadcast = this.broadcast.checked;
      const answer = await api.act(place.user, 'messages', { channel: place.channel, text, broadcast, ...thread });
      if (answer.ok) store.upsertMessage(answer.message);
      return answer;
    }
    let answer = { ok: true };
    for (const [index, file] of files.entries()) {
      answer = await api.upload(place.user, file, { channel: place.channel, text: index ? '' : text, ...thread });
      if (!answer.ok) {
        this.#files = files.slice(index);
        this.#drawStaged();
        return answer;
      }
    }
    return answer;
  }

  /** What could not be sent comes back, unless something else has been typed meanwhile; then on request. */
  #giveBack(place, text, answer) {
    const back = () => {
      keepDraft(place, text);
      if (this.#place !== place) return;
      this.field.value = text;
      this.#typed();
      this.focus();
    };
    const free = this.#place === place ? !this.field.value : !draftOf(place);
    if (free) back();
    this.#say(sentence(answer), free ? null : back);
    if (this.#place !== place) store.emit('toast', { level: 'error', text: sentence(answer) });
  }

  #shortcutMenu(anchor) {
    const items = store.shortcuts
      .filter((shortcut) => shortcut.type === 'global')
      .map((shortcut) => ({
        label: shortcut.name,
        detail: shortcut.description,
        icon: icon('bolt'),
        run: () => this.#runShortcut(shortcut),
      }));
    menu(anchor, items.length ? items : [{ heading: 'The app has no shortcuts' }], { label: 'Shortcuts' });
  }

  async #runShortcut(shortcut) {
    const answer = await api.act(store.me.id, 'shortcuts', { callback_id: shortcut.callback_id });
    if (!answer.ok) this.#say(sentence(answer));
  }
}
