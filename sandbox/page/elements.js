/** Draws the interactive elements of Block Kit and reports what people do with them. */

import { change, focusKey, report } from './report.js';
import { freshId, h, icon, ownPath, safeUrl } from './dom.js';
import { menu } from './popup.js';
import { textObject } from './mrkdwn.js';
import { select } from './select.js';
import { dateField, dateTimeField, fileField, richTextField, textField, timeField } from './inputs.js';
import { store } from './store.js';

/**
 * @typedef {object} Surface what a block is drawn on
 * @property {import('./form.js').Form} form
 * @property {(blockId: string, action: object) => Promise<boolean>} act tells the app; false if that failed
 * @property {(blockId: string, actionId: string, typed: string) => Promise<object>} suggest
 * @property {(url: string, label: string) => boolean} open follows an address of this workspace; false if it is foreign
 */

/**
 * @typedef {object} Spot where an element stands
 * @property {Surface} surface @property {string} blockId
 * @property {boolean} dispatches whether a change is told to the app at once
 * @property {object} [field] for inputs: {labelId, describedBy, optional}
 */

const DRAW = {
  button,
  workflow_button: button,
  overflow,
  radio_buttons: (element, spot) => ticks(element, spot, 'radio'),
  checkboxes: (element, spot) => ticks(element, spot, 'checkbox'),
  datepicker: dateField,
  timepicker: timeField,
  datetimepicker: dateTimeField,
  plain_text_input: textField,
  email_text_input: textField,
  url_text_input: textField,
  number_input: textField,
  rich_text_input: richTextField,
  file_input: fileField,
  feedback_buttons: feedback,
  icon_button: trashButton,
  image: (element) => picture(element, 'accessory-image'),
};

/**
 * Draw one element. A kind this page does not know is named rather than left out.
 * @param {object} element @param {Spot} spot @returns {HTMLElement}
 */
export function drawElement(element, spot) {
  if (element.type?.endsWith('_select')) return select(element, spot);
  const draw = DRAW[element.type];
  return draw ? draw(element, spot) : h('span', { class: 'unknown-block' }, `This page cannot draw “${element.type}”.`);
}

/** Show that something is under way, and refuse a second press meanwhile. */
async function busily(node, work) {
  if (node.getAttribute('aria-busy') === 'true') return;
  node.setAttribute('aria-busy', 'true');
  try {
    await work();
  } finally {
    node.removeAttribute('aria-busy');
  }
}

function button(element, spot) {
  const style = ['primary', 'danger'].includes(element.style) ? element.style : '';
  const target = element.url ? safeUrl(element.url) : null;
  const hidden = element.visible_to_user_ids?.length && !element.visible_to_user_ids.includes(store.me.id);
  if (hidden) return document.createDocumentFragment();
  const press = () => report(element, spot, { value: element.value, text: element.text });
  const props = {
    class: ['button', style],
    'aria-label': element.accessibility_label ?? null,
    data: { focus: focusKey(element, spot), action: element.action_id },
  };
  if (target) {
    const away = ownPath(target) === null;
    const follow = (event) => {
      if (!event.metaKey && !event.ctrlKey && spot.surface.open(target, element.text.text)) event.preventDefault();
      press();
    };
    return h(
      'a',
      { ...props, href: target, target: '_blank', rel: 'noopener noreferrer', on: { click: follow } },
      textObject(element.text),
      away && icon('open'),
    );
  }
  const node = h(
    'button',
    { type: 'button', ...props, on: { click: () => busily(node, press) } },
    textObject(element.text),
  );
  return node;
}

function overflow(element, spot) {
  const choose = (option) => {
    const target = option.url && safeUrl(option.url);
    if (target && !spot.surface.open(target, option.text.text)) window.open(target, '_blank', 'noopener');
    busily(node, () => report(element, spot, { selected_option: option }));
  };
  const items = () =>
    element.options.map((option) => ({
      label: textObject(option.text),
      detail: option.description && textObject(option.description),
      run: () => choose(option),
    }));
  const node = h(
    'button',
    {
      type: 'button',
      class: 'button button-icon',
      'aria-label': 'More actions',
      title: 'More actions',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      data: { focus: focusKey(element, spot), action: element.action_id },
      on: { click: () => menu(node, items(), { label: 'More actions', end: true }) },
    },
    icon('more'),
  );
  return node;
}

const sameOption = (a, b) => Boolean(a && b && a.value === b.value && a.text?.text === b.text?.text);

/** Radio buttons and checkboxes. */
function ticks(element, spot, type) {
  const many = type === 'checkbox';
  const preset = many
    ? { type: element.type, selected_options: element.initial_options ?? [] }
    : { type: element.type, selected_option: element.initial_option ?? null };
  const state = spot.surface.form.preset(spot.blockId, element.action_id, preset);
  const name = freshId('ticks');
  const chosen = () => [...node.querySelectorAll('input:checked')].map((input) => element.options[Number(input.value)]);
  const changed = async () => {
    const options = chosen();
    const kept = await change(
      element,
      spot,
      many ? { selected_options: options } : { selected_option: options[0] ?? null },
    );
    if (!kept) node.replaceWith(ticks(element, spot, type));
  };
  const rows = element.options.map((option, index) => {
    const checked = many
      ? state.selected_options?.some((one) => sameOption(one, option))
      : sameOption(state.selected_option, option);
    const describe = option.description ? freshId('about') : null;
    return h(
      'label',
      { class: 'tick' },
      h('input', {
        type,
        name,
        value: String(index),
        checked: Boolean(checked),
        'aria-describedby': describe,
        data: { focus: `${focusKey(element, spot)}/${index}` },
        on: { change: changed },
      }),
      h(
        'span',
        { class: 'tick-words' },
        textObject(option.text),
        option.description && h('small', { id: describe }, textObject(option.description)),
      ),
    );
  });
  const node = h(
    'div',
    {
      class: 'ticks',
      role: many ? 'group' : 'radiogroup',
      'aria-labelledby': spot.field?.labelId,
      'aria-describedby': spot.field?.describedBy,
    },
    rows,
  );
  return node;
}

function feedback(element, spot) {
  const one = (part, sign) => {
    const node = h(
      'button',
      {
        type: 'button',
        class: 'button button-quiet',
        'aria-label': part.accessibility_label ?? null,
        data: { focus: `${focusKey(element, spot)}/${sign}` },
        on: { click: () => busily(node, () => report(element, spot, { value: part.value, text: part.text })) },
      },
      sign,
      ' ',
      textObject(part.text),
    );
    return node;
  };
  return h('span', { class: 'button-pair' }, one(element.positive_button, '👍'), one(element.negative_button, '👎'));
}

function trashButton(element, spot) {
  const press = () => busily(node, () => report(element, spot, { value: element.value }));
  const node = h(
    'button',
    {
      type: 'button',
      class: 'button button-icon',
      'aria-label': element.accessibility_label ?? element.text.text,
      title: element.text.text,
      on: { click: press },
    },
    icon('trash'),
  );
  return node;
}

/** An image by its address; one that cannot be loaded shows its description. */
export function picture(element, className) {
  const source = safeUrl(element.image_url ?? element.slack_file?.url ?? '');
  const own = source && ownPath(source);
  const node = h('img', {
    class: [className, own?.startsWith('/sandbox/charts/') && 'live-chart'],
    src: own ?? source ?? '',
    alt: element.alt_text ?? '',
    decoding: 'async',
  });
  node.addEventListener('error', () => {
    node.replaceWith(
      h('span', { class: 'broken-image' }, icon('warning'), element.alt_text || 'This image could not be loaded.'),
    );
  });
  return node;
}
