/** Draws the fields people type into. */

import { api, sentence } from './api.js';
import { add, freshId, h, icon, iconButton } from './dom.js';
import { change, focusKey } from './report.js';
import { plainToRichText, richTextToPlain } from './richtext.js';
import { store } from './store.js';
import { fromLocalInput, localInput } from './time.js';

/** Long enough that a person who types on is not interrupted at every letter. */
const DISPATCH_WAIT = 350;
const NATIVE_WAIT = 900;
const SHOW_COUNT_FROM = 0.8;

const KINDS = {
  plain_text_input: { type: 'text' },
  email_text_input: { type: 'email', inputmode: 'email' },
  url_text_input: { type: 'url', inputmode: 'url', placeholder: 'https://' },
  number_input: { type: 'text', inputmode: 'decimal' },
};

function common(element, spot) {
  return {
    id: freshId('input'),
    placeholder: element.placeholder?.text ?? KINDS[element.type]?.placeholder ?? null,
    'aria-labelledby': spot.field?.labelId,
    'aria-describedby': spot.field?.describedBy,
    'aria-required': spot.field && !spot.field.optional ? 'true' : null,
    autocomplete: 'off',
    data: { focus: focusKey(element, spot), action: element.action_id, autofocus: element.focus_on_load ? '1' : '' },
  };
}

/**
 * plain_text_input and its kin. Tells the app as `dispatch_action_config` says.
 * @param {object} element @param {import('./elements.js').Spot} spot
 */
export function textField(element, spot) {
  const preset = { type: element.type, value: element.initial_value ?? null };
  const state = spot.surface.form.preset(spot.blockId, element.action_id, preset);
  const props = {
    ...common(element, spot),
    class: 'field',
    value: state.value ?? '',
    maxlength: element.max_length ?? null,
  };
  const field = element.multiline
    ? h('textarea', { ...props, rows: '4' })
    : h('input', { ...props, type: KINDS[element.type].type, inputmode: KINDS[element.type].inputmode });
  const count = h('span', { class: 'field-count', 'aria-live': 'polite' });
  const read = () => ({ value: field.value || null });
  wireDispatch(field, element, spot, read);
  field.addEventListener('input', () => {
    showCount(count, field.value.length, element.max_length);
    if (element.multiline) grow(field);
  });
  showCount(count, field.value.length, element.max_length);
  if (element.multiline) requestAnimationFrame(() => grow(field));
  return h('div', { class: 'field-box' }, field, count);
}

/** Remember every letter; report on Enter or on each pause, as the element asks. */
function wireDispatch(field, element, spot, read) {
  const on = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const quiet = { ...spot, dispatches: false };
  let timer = 0;
  const tell = () => {
    clearTimeout(timer);
    change(element, spot, read());
  };
  field.addEventListener('input', () => {
    change(element, quiet, read());
    if (!spot.dispatches || !on.includes('on_character_entered')) return;
    clearTimeout(timer);
    timer = setTimeout(tell, DISPATCH_WAIT);
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !spot.dispatches) return;
    if (!on.includes('on_enter_pressed') || field.tagName === 'TEXTAREA') return;
    event.preventDefault();
    event.stopPropagation();
    tell();
  });
}

function showCount(node, length, most) {
  const near = most && length >= most * SHOW_COUNT_FROM;
  node.textContent = near ? `${most - length} left` : '';
}

/** Let a text area be as tall as its text, up to a bound in the style sheet. */
export function grow(area) {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight + 2}px`;
}

export function richTextField(element, spot) {
  const preset = { type: element.type, rich_text_value: element.initial_value ?? null };
  const state = spot.surface.form.preset(spot.blockId, element.action_id, preset);
  const field = h('textarea', {
    ...common(element, spot),
    class: 'field',
    rows: String(element.min_lines ?? 4),
    value: richTextToPlain(state.rich_text_value),
  });
  wireDispatch(field, element, spot, () => ({ rich_text_value: plainToRichText(field.value) }));
  field.addEventListener('input', () => grow(field));
  return h('div', { class: 'field-box' }, field);
}

/** A native field whose changes are choices: they are remembered and reported when complete. */
function nativeField(element, spot, { type, key, initial, write, read }) {
  const state = spot.surface.form.preset(spot.blockId, element.action_id, {
    type: element.type,
    [key]: initial ?? null,
  });
  const props = {
    ...common(element, spot),
    class: 'field field-short',
    type,
    value: state[key] === null || state[key] === undefined ? '' : write(state[key]),
  };
  if (!spot.field) props['aria-label'] = element.placeholder?.text ?? 'Choose';
  let last = props.value;
  const field = h('input', props);
  const changed = () => {
    if (field.value === last) return;
    last = field.value;
    change(element, spot, { [key]: field.value ? read(field.value) : null });
  };
  if (!spot.dispatches) {
    field.addEventListener('input', changed);
    return field;
  }
  // A native field fires at each part that is typed, so the app is told on a pause, on leaving, or on Enter.
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, NATIVE_WAIT);
  };
  field.addEventListener('change', later);
  field.addEventListener('blur', changed);
  field.addEventListener('keydown', (event) => event.key === 'Enter' && changed());
  return field;
}

const same = (value) => value;

export const dateField = (element, spot) =>
  nativeField(element, spot, {
    type: 'date',
    key: 'selected_date',
    initial: element.initial_date,
    write: same,
    read: same,
  });

export const timeField = (element, spot) =>
  nativeField(element, spot, {
    type: 'time',
    key: 'selected_time',
    initial: element.initial_time,
    write: same,
    read: same,
  });

/** Shown and typed in the acting person's zone; sent as whole seconds. */
export function dateTimeField(element, spot) {
  const zone = store.me.tz;
  const field = nativeField(element, spot, {
    type: 'datetime-local',
    key: 'selected_date_time',
    initial: element.initial_date_time,
    write: (seconds) => localInput(seconds, zone),
    read: (value) => fromLocalInput(value, zone),
  });
  return h('span', { class: 'field-zoned' }, field, h('small', {}, zone));
}

/** Files are uploaded at once and shared nowhere; the form carries what Slack says of them. */
export function fileField(element, spot) {
  const state = spot.surface.form.preset(spot.blockId, element.action_id, { type: element.type, files: [] });
  let files = state.files ?? [];
  const list = h('ul', { class: 'file-input-list' });
  const say = h('p', { class: 'field-error', role: 'alert' });
  const keep = (next) => {
    files = next;
    change(element, spot, { files });
    draw();
  };
  const draw = () => {
    const remove = (file) =>
      iconButton('close', `Remove ${file.name}`, () => keep(files.filter((one) => one !== file)));
    list.replaceChildren(...files.map((file) => h('li', {}, icon('file'), h('span', {}, file.name), remove(file))));
  };
  const most = element.max_files ?? 10;
  const types = (element.filetypes ?? []).map((type) => `.${type}`).join(',');
  const input = h('input', {
    type: 'file',
    ...common(element, spot),
    class: 'visually-hidden',
    multiple: most > 1,
    accept: types || null,
  });
  input.addEventListener('change', async () => {
    say.textContent = '';
    for (const file of [...input.files].slice(0, most - files.length)) {
      const answer = await api.upload(store.me.id, file);
      if (answer.ok) keep([...files, answer.file]);
      else say.textContent = sentence(answer);
    }
    input.value = '';
  });
  draw();
  return add(h('div', { class: 'file-input' }), [
    list,
    h('label', { class: 'button', for: input.id }, icon('attach'), 'Add a file'),
    input,
    say,
  ]);
}

/**
 * What is wrong with a typed value before it is worth sending; Slack itself checks the rest.
 * @param {object} element @param {string|null|undefined} value @returns {string|null}
 */
export function badValue(element, value) {
  if (!value) return null;
  if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(value)) return 'Please enter an e-mail address.';
  if (element.type === 'url_text_input' && !/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(value))
    return 'Please enter an address that begins with https://.';
  if (element.type !== 'number_input') return null;
  if (!/^-?\d+(\.\d+)?$/.test(value)) return 'Please enter a number.';
  if (!element.is_decimal_allowed && value.includes('.')) return 'Please enter a whole number.';
  if (element.min_value !== undefined && Number(value) < Number(element.min_value))
    return `Please enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && Number(value) > Number(element.max_value))
    return `Please enter ${element.max_value} or less.`;
  return null;
}
