/** Draws the Markdown that apps send in markdown blocks and files: a plain subset, and never as HTML. */

import { h } from './dom.js';
import { emojiNode, inline as mention, link } from './mrkdwn.js';

const FENCE = /^\s*(?:```|~~~)\s*(\S*)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*(?:[-*_]\s*){3,}$/;
const ITEM = /^(\s*)([-*+]|\d{1,3}[.)])\s+(.*)$/;
const TASK = /^\[([ xX])\]\s+(.*)$/;
const TABLE_LINE = /^\s*\|?[\s:|-]*-[\s:|-]*\|[\s:|-]*$/;
const INLINE =
  /\\([\\`*_{}[\]()#+.!~|<>-])|`([^`]+)`|!?\[([^\]]*)\]\(([^()\s]*(?:\([^()\s]*\))?)(?:\s+"[^"]*")?\)|<(https?:[^>\s]+)>|(https?:\/\/[^\s<>)]+)|:([a-z0-9_+-]+):|(\*\*|__|~~|\*|_)/g;
const TAGS = { '**': 'strong', __: 'strong', '~~': 's', '*': 'em', _: 'em' };

/**
 * Draw a document.
 * @param {string} source @returns {HTMLElement}
 */
export function markdown(source) {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const out = h('div', { class: 'markdown' });
  let at = 0;
  while (at < lines.length) at = drawNext(lines, at, out);
  return out;
}

/** Draw the block that begins on a line; returns the line after it. */
function drawNext(lines, at, out) {
  const text = lines[at];
  const heading = HEADING.exec(text);
  if (!text.trim()) return at + 1;
  if (FENCE.test(text)) return fence(lines, at, out);
  if (heading) return put(out, h(`h${heading[1].length}`, {}, inline(heading[2])), at + 1);
  if (RULE.test(text)) return put(out, h('hr'), at + 1);
  if (text.startsWith('>')) return quote(lines, at, out);
  if (ITEM.test(text)) return list(lines, at, out);
  if (text.includes('|') && TABLE_LINE.test(lines[at + 1] ?? '')) return table(lines, at, out);
  return paragraph(lines, at, out);
}

function put(out, node, next) {
  out.append(node);
  return next;
}

function fence(lines, at, out) {
  let end = at + 1;
  while (end < lines.length && !FENCE.test(lines[end])) end += 1;
  return put(out, h('pre', { class: 'mk-pre' }, lines.slice(at + 1, end).join('\n')), end + 1);
}

function quote(lines, at, out) {
  let end = at;
  while (end < lines.length && lines[end].startsWith('>')) end += 1;
  const inner = markdown(
    lines
      .slice(at, end)
      .map((line) => line.replace(/^> ?/, ''))
      .join('\n'),
  );
  return put(out, h('blockquote', { class: 'mk-quote' }, inner), end);
}

function paragraph(lines, at, out) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !startsBlock(lines, end)) end += 1;
  const node = h('p');
  lines.slice(at, end).forEach((line, index) => {
    if (index) node.append(/ {2,}$|\\$/.test(lines[at + index - 1]) ? h('br') : ' ');
    node.append(inline(line.trim().replace(/\\$/, '')));
  });
  return put(out, node, end);
}

function startsBlock(lines, at) {
  const text = lines[at];
  return [FENCE, HEADING, RULE, ITEM].some((kind) => kind.test(text)) || text.startsWith('>');
}

/** A list with its nested lists: deeper items belong to the last item before them. */
function list(lines, at, out) {
  const first = ITEM.exec(lines[at]);
  const depth = first[1].length;
  const ordered = /\d/.test(first[2]);
  const node = h(ordered ? 'ol' : 'ul', {
    class: ordered ? 'mk-numbered' : 'mk-bullet',
    start: ordered ? Number.parseInt(first[2], 10) : null,
  });
  let next = at;
  while (next < lines.length) {
    const item = ITEM.exec(lines[next]);
    const indent = /^\s*/.exec(lines[next])[0].length;
    if (item && indent > depth + 1 && node.lastChild) next = list(lines, next, node.lastChild);
    else if (item && indent >= depth && /\d/.test(item[2]) === ordered) next = put(node, listItem(item[3]), next + 1);
    else if (!item && lines[next].trim() && indent > depth && node.lastChild)
      next = put(node.lastChild, h('div', {}, inline(lines[next].trim())), next + 1);
    else if (!lines[next].trim() && ITEM.test(lines[next + 1] ?? '')) next += 1;
    else break;
  }
  return put(out, node, next);
}

function listItem(text) {
  const task = TASK.exec(text);
  if (!task) return h('li', {}, inline(text));
  const done = task[1] !== ' ';
  return h(
    'li',
    { class: 'task' },
    h('span', { class: 'task-box', 'aria-label': done ? 'done' : 'open', role: 'img' }, done ? '☑' : '☐'),
    ' ',
    inline(task[2]),
  );
}

const cells = (line) =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

function table(lines, at, out) {
  const aligns = cells(lines[at + 1]).map((cell) =>
    cell.endsWith(':') ? (cell.startsWith(':') ? 'center' : 'right') : 'left',
  );
  const row = (line, tag) =>
    h(
      'tr',
      {},
      cells(line).map((cell, index) => h(tag, { class: `align-${aligns[index] ?? 'left'}` }, inline(cell))),
    );
  let end = at + 2;
  while (end < lines.length && lines[end].includes('|')) end += 1;
  const body = lines.slice(at + 2, end).map((line) => row(line, 'td'));
  const node = h('table', { class: 'block-table' }, h('thead', {}, row(lines[at], 'th')), h('tbody', {}, body));
  return put(out, h('div', { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': 'Table' }, node), end);
}

/** @param {string} text one line or paragraph */
function inline(text) {
  const fragment = document.createDocumentFragment();
  const tokens = new RegExp(INLINE);
  let from = 0;
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const drawn = token(match, text, tokens);
    if (drawn === null) {
      tokens.lastIndex = match.index + 1;
      continue;
    }
    fragment.append(text.slice(from, match.index), drawn);
    from = tokens.lastIndex;
  }
  fragment.append(text.slice(from));
  return fragment;
}

function token(match, text, tokens) {
  const [whole, escaped, code, label, target, angle, url, shortcode, mark] = match;
  if (escaped) return escaped;
  if (code) return h('code', { class: 'mk-code' }, code);
  if (target !== undefined) return drawLink(whole, label, target);
  if (angle) return link(angle);
  if (url) {
    const bare = url.replace(/[.,;:!?'"*_~]+$/, '');
    tokens.lastIndex = match.index + bare.length;
    return link(bare);
  }
  if (shortcode) return emojiNode(shortcode);
  return emphasis(match.index, mark, text, tokens);
}

/** A picture is shown if it is part of the document or of this workspace; others become links. A canvas names people like pictures. */
function drawLink(whole, label, target) {
  if (!whole.startsWith('!')) return link(target, label || target);
  if (/^[@#][CUW]\w+$/.test(target)) return mention(`<${target}>`);
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/.test(target) || target.startsWith('/sandbox/')) {
    return h('img', { src: target, alt: label, loading: 'lazy' });
  }
  return link(target, label || target);
}

function emphasis(start, mark, text, tokens) {
  const open = start + mark.length;
  const inWord = /[\p{L}\p{N}]/u;
  if (!text[open] || /\s/.test(text[open]) || (mark.startsWith('_') && start && inWord.test(text[start - 1])))
    return null;
  let end = text.indexOf(mark, open + 1);
  while (end > 0 && (/\s/.test(text[end - 1]) || (mark.length === 1 && text[end + 1] === mark))) {
    end = text.indexOf(mark, end + (text[end + 1] === mark ? 2 : 1));
  }
  if (end < 0) return null;
  tokens.lastIndex = end + mark.length;
  return h(TAGS[mark], {}, inline(text.slice(open, end)));
}
