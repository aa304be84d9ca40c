/** Draws Block Kit blocks, and redraws them so that nothing a person is doing in them is lost. */

import { drawElement, picture } from './elements.js';
import { freshId, h, icon, safeUrl } from './dom.js';
import { fileCard } from './files.js';
import { markdown } from './markdown.js';
import { inlineEmoji, textObject } from './mrkdwn.js';
import { richText } from './richtext.js';

/** @typedef {import('./elements.js').Surface} Surface */

const DRAW = {
  actions: (block, surface) => h('div', { class: 'block-actions', role: 'group' }, elements(block, surface)),
  alert: (block) =>
    h('div', { class: `block-alert alert-${block.level ?? 'default'}`, role: 'note' }, textObject(block.text)),
  context,
  context_actions: (block, surface) => h('div', { class: 'block-actions' }, elements(block, surface)),
  divider: () => h('hr', { class: 'block-divider' }),
  file: (block, surface) =>
    surface.file?.(block) ?? fileCard({ title: block.external_id ?? 'File', mimetype: '', size: 0 }),
  header: (block) => h('h3', { class: 'block-header' }, inlineEmoji(block.text?.text ?? '')),
  image,
  input,
  markdown: (block) => markdown(block.text ?? ''),
  rich_text: (block) => richText(block),
  section,
  table,
  video,
};

/**
 * Draw blocks into a node. Blocks that have not changed keep their nodes, so that a field being typed in stays as it is.
 * @param {HTMLElement} into @param {object[]} blocks @param {Surface} surface
 */
export function drawBlocks(into, blocks, surface) {
  const kept = new Map([...into.children].map((node) => [node.dataset.signature, node]));
  const focus = rememberFocus(into);
  const nodes = blocks.map((block) => {
    const signature = JSON.stringify(block);
    const old = kept.get(signature);
    kept.delete(signature);
    return old ?? drawBlock(block, surface, signature);
  });
  const same = nodes.length === into.children.length && nodes.every((node, index) => node === into.children[index]);
  if (!same) arrange(into, nodes);
  focus();
}

/** Put nodes in order without moving those that are in place, since a moved node loses its focus. */
function arrange(into, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...into.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, index) => {
    if (into.children[index] !== node) into.insertBefore(node, into.children[index] ?? null);
  });
}

function drawBlock(block, surface, signature) {
  const draw = DRAW[block.type];
  const node = h('div', { class: `block block-type-${block.type}`, data: { block: block.block_id ?? '', signature } });
  node.append(draw ? draw(block, surface) : unknown(block));
  return node;
}

function unknown(block) {
  return h(
    'details',
    { class: 'unknown-block' },
    h('summary', {}, `This page cannot draw “${block.type}” blocks`),
    h('pre', { class: 'mk-pre' }, JSON.stringify(block, null, 2)),
  );
}

/**
 * Note which control has the focus, and where its caret is; the returned function gives it back after a redraw.
 * @param {HTMLElement} root
 */
export function rememberFocus(root) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset?.focus;
  const selection = active && 'selectionStart' in active ? [active.selectionStart, active.selectionEnd] : null;
  return () => {
    if (!key || active.isConnected) return;
    const again = root.querySelector(`[data-focus="${CSS.escape(key)}"]`);
    again?.focus({ preventScroll: true });
    if (selection?.[0] !== null && selection && again?.setSelectionRange) again.setSelectionRange(...selection);
  };
}

const elements = (block, surface) =>
  (block.elements ?? []).map((element) => drawElement(element, { surface, blockId: block.block_id, dispatches: true }));

function section(block, surface) {
  const node = h('div', { class: 'block-section' });
  const words = h('div', { class: 'section-words' });
  const plain = block.text?.type === 'plain_text' && 'plain-words';
  if (block.text) words.append(h('div', { class: ['section-text', plain] }, textObject(block.text)));
  if (block.fields)
    words.append(
      h(
        'div',
        { class: 'section-fields' },
        block.fields.map((field) => h('div', {}, textObject(field))),
      ),
    );
  node.append(words);
  if (block.accessory) {
    const spot = { surface, blockId: block.block_id, dispatches: true };
    const wide = ['radio_buttons', 'checkboxes'].includes(block.accessory.type);
    node.append(
      h('div', { class: ['section-accessory', wide && 'accessory-below'] }, drawElement(block.accessory, spot)),
    );
  }
  return node;
}

function context(block) {
  return h(
    'div',
    { class: 'block-context' },
    (block.elements ?? []).map((element) =>
      element.type === 'image'
        ? picture(element, 'context-image')
        : h('span', { class: 'context-text' }, textObject(element)),
    ),
  );
}

function image(block) {
  return h(
    'figure',
    { class: 'block-image' },
    block.title && h('figcaption', {}, textObject(block.title)),
    picture(block, 'image-full'),
  );
}

const GROUPED = new Set(['radio_buttons', 'checkboxes', 'file_input']);

function input(block, surface) {
  const labelId = freshId('label');
  const hintId = block.hint ? freshId('hint') : null;
  const errorId = freshId('error');
  const field = {
    labelId,
    label: block.label?.text ?? '',
    optional: Boolean(block.optional),
    describedBy: [hintId, errorId].filter(Boolean).join(' '),
  };
  const spot = { surface, blockId: block.block_id, dispatches: Boolean(block.dispatch_action), field };
  const control = drawElement(block.element, spot);
  const target = GROUPED.has(block.element.type)
    ? null
    : (control.querySelector('input, textarea, button.select')?.id ?? control.id);
  return h(
    'div',
    { class: 'block-input' },
    h(
      target ? 'label' : 'div',
      { class: 'field-label', id: labelId, for: target || null },
      textObject(block.label),
      block.optional && h('span', { class: 'optional' }, 'optional'),
    ),
    control,
    block.hint && h('p', { class: 'field-hint', id: hintId }, textObject(block.hint)),
    h('p', { class: 'field-error', id: errorId, hidden: true }),
  );
}

/**
 * Show what is wrong with the fields, or that nothing is.
 * @param {HTMLElement} root where the blocks were drawn @param {Record<string, string>} errors by block id
 * @returns {HTMLElement|null} the first field that is wrong
 */
export function showErrors(root, errors) {
  let first = null;
  for (const block of root.querySelectorAll('.block-type-input')) {
    const text = errors[block.dataset.block];
    const line = block.querySelector('.field-error');
    line.replaceChildren(...(text ? [icon('warning'), text] : []));
    line.hidden = !text;
    block.classList.toggle('has-error', Boolean(text));
    const control = block.querySelector('input, textarea, button');
    if (text) control?.setAttribute('aria-invalid', 'true');
    else control?.removeAttribute('aria-invalid');
    if (text && !first) first = control;
  }
  return first;
}

function table(block) {
  const aligned = (index) => `align-${block.column_settings?.[index]?.align ?? 'left'}`;
  const wrapped = (index) => (block.column_settings?.[index]?.is_wrapped ? 'wrapped' : '');
  const row = (cells, tag) =>
    h(
      'tr',
      {},
      cells.map((cell, index) => h(tag, { class: `${aligned(index)} ${wrapped(index)}` }, cellContent(cell))),
    );
  const [head, ...rows] = block.rows ?? [];
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': 'Table' },
    h(
      'table',
      { class: 'block-table' },
      head && h('thead', {}, row(head, 'th')),
      h(
        'tbody',
        {},
        rows.map((cells) => row(cells, 'td')),
      ),
    ),
  );
}

function cellContent(cell) {
  if (cell.type === 'rich_text') return richText(cell);
  if (cell.type === 'raw_number') return cell.text ?? String(cell.value);
  return cell.text ?? '';
}

/** Films are not played here; their picture links to where they are. */
function video(block) {
  const target = safeUrl(block.title_url ?? block.video_url);
  const title = textObject(block.title);
  return h(
    'figure',
    { class: 'block-video' },
    h('figcaption', {}, target ? h('a', { href: target, target: '_blank', rel: 'noopener noreferrer' }, title) : title),
    block.description && h('p', {}, textObject(block.description)),
    picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, 'image-full'),
    h('small', {}, [block.author_name, block.provider_name].filter(Boolean).join(' · ') || 'Video'),
  );
}
