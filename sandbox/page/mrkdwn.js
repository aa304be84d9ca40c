/** Draws Slack's mrkdwn. Text becomes text nodes only; links pass through safeUrl. */

import { h, safeUrl } from './dom.js';
import { emoji } from './emoji.js';
import { store } from './store.js';
import { fullTime, slackDate } from './time.js';

const TOKEN = /<([^<>\n]+)>|`([^`\n]+)`|(https?:\/\/[^\s<>|`]+)|:([a-z0-9_+'-]+)(?:::skin-tone-\d)?:|([*_~])/gi;
const URL_TAIL = /(?:[.,;:!?)\]}'"*_~]|&gt;)+$/;
const TAGS = { '*': 'strong', _: 'em', '~': 's' };
const QUOTE = /^(?:&gt;|>) ?(.*)$/;
const BULLET = /^(\s*)(?:[•◦▪‣]|[-*](?= ))\s+(.*)$/;
const NUMBERED = /^(\s*)(\d{1,3})[.)]\s+(.*)$/;
/** Beyond this, JavaScript has no dates. */
const LAST_SECOND = 8.64e12;
const WORD = /[\p{L}\p{N}]/u;

export const unescape = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

/**
 * Draw a text with its blocks: paragraphs, quotes, lists, preformatted text.
 * @param {string} text in mrkdwn
 * @returns {DocumentFragment}
 */
export function mrkdwn(text) {
  const fragment = document.createDocumentFragment();
  text.split('```').forEach((part, index, all) => {
    const closed = index < all.length - 1;
    if (index % 2 === 1 && closed)
      fragment.append(h('pre', { class: 'mk-pre' }, unescape(part.replace(/^\n|\n$/g, ''))));
    else paragraphs(index % 2 === 1 ? `\`\`\`${part}` : trimAround(part, index > 0, closed), fragment);
  });
  return fragment;
}

/** A preformatted block stands on lines of its own, so the line breaks beside it are not shown again. */
function trimAround(part, after, before) {
  const start = after ? part.replace(/^\n/, '') : part;
  return before ? start.replace(/\n$/, '') : start;
}

function paragraphs(text, out) {
  if (!text) return;
  const runs = [];
  for (const line of text.split('\n')) {
    const read = readLine(line);
    const last = runs.at(-1);
    if (last?.kind === read.kind) last.lines.push(read);
    else runs.push({ kind: read.kind, lines: [read] });
  }
  for (const { kind, lines } of runs) out.append(drawRun(kind, lines));
}

function readLine(line) {
  const quote = QUOTE.exec(line);
  if (quote) return { kind: 'quote', text: quote[1] };
  const bullet = BULLET.exec(line);
  if (bullet) return { kind: 'bullet', indent: bullet[1].length, text: bullet[2] };
  const numbered = NUMBERED.exec(line);
  if (numbered) return { kind: 'numbered', indent: numbered[1].length, text: numbered[3], number: Number(numbered[2]) };
  return { kind: 'plain', text: line };
}

const RUN_TAGS = { quote: 'blockquote', bullet: 'ul', numbered: 'ol', plain: 'div' };

function drawRun(kind, lines) {
  const node = h(RUN_TAGS[kind], { class: `mk-${kind}` });
  if (kind === 'plain' || kind === 'quote') {
    node.append(inline(lines.map((line) => line.text).join('\n')));
    return node;
  }
  if (kind === 'numbered') node.setAttribute('start', lines[0].number);
  for (const line of lines) node.append(h('li', { class: line.indent > 1 && 'indented' }, inline(line.text)));
  return node;
}

/**
 * Draw one run of text: emphasis, code, links, mentions, dates, emoji.
 * @param {string} text @returns {DocumentFragment}
 */
export function inline(text) {
  const fragment = document.createDocumentFragment();
  const tokens = new RegExp(TOKEN);
  let from = 0;
  const literal = (to) => {
    if (to > from) fragment.append(unescape(text.slice(from, to)));
  };
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const drawn = drawToken(match, text, tokens);
    if (!drawn) {
      tokens.lastIndex = match.index + 1;
      continue;
    }
    literal(match.index);
    fragment.append(drawn);
    from = tokens.lastIndex;
  }
  literal(text.length);
  return fragment;
}

function drawToken(match, text, tokens) {
  const [, angle, code, url, shortcode, mark] = match;
  if (angle) return drawAngle(angle);
  if (code) return h('code', { class: 'mk-code' }, unescape(code));
  if (url) {
    const bare = url.replace(URL_TAIL, '');
    tokens.lastIndex = match.index + bare.length;
    return link(unescape(bare));
  }
  if (shortcode) return emojiNode(shortcode.toLowerCase());
  const end = closing(text, match.index, mark);
  if (end < 0) return null;
  tokens.lastIndex = end + 1;
  return h(TAGS[mark], {}, inline(text.slice(match.index + 1, end)));
}

/** Where the emphasis opened at `start` ends; -1 if the mark is just a character. */
function closing(text, start, mark) {
  const before = text[start - 1];
  const after = text[start + 1];
  if ((before && WORD.test(before)) || !after || /[\s]/.test(after) || after === mark) return -1;
  for (let at = start + 2; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '<') at = skipTo(text, at, '>');
    else if (text[at] === '`') at = skipTo(text, at, '`');
    else if (text[at] === mark && !/\s/.test(text[at - 1]) && !(text[at + 1] && WORD.test(text[at + 1]))) return at;
  }
  return -1;
}

function skipTo(text, at, end) {
  const found = text.indexOf(end, at + 1);
  return found < 0 ? at : found;
}

/** An emoji by its shortcode; null if there is none, so that ":this:" stays as typed. */
export function emojiNode(name) {
  const glyph = emoji(name);
  return (
    glyph &&
    h('span', { class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' '), title: `:${name}:` }, glyph)
  );
}

function drawAngle(inside) {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? '' : unescape(inside.slice(bar + 1));
  if (target.startsWith('@')) return userMention(target.slice(1), label);
  if (target.startsWith('#')) return channelLink(target.slice(1), label);
  if (target.startsWith('!')) return special(target.slice(1), label);
  return link(unescape(target), label);
}

/** @param {string} id @param {string} [label] what to show for somebody unknown */
export function userMention(id, label = '') {
  const user = store.user(id);
  const name = user ? user.real_name : label || id;
  const own = id === store.me?.id;
  return h('button', { type: 'button', class: ['mention', own && 'mention-me'], data: { user: id } }, `@${name}`);
}

/** @param {string} id @param {string} [label] */
export function channelLink(id, label = '') {
  const channel = store.channels.get(id);
  if (!channel) return h('span', { class: 'mention mention-closed' }, label ? `#${label}` : '#private-channel');
  return h('button', { type: 'button', class: 'mention', data: { channel: id } }, store.channelLabel(channel));
}

/** @param {string} id of a user group @param {string} [label] */
export function groupMention(id, label = '') {
  const group = store.usergroups.get(id);
  const own = group?.users.includes(store.me?.id);
  const people = group?.users
    .map((user) => store.user(user)?.real_name)
    .filter(Boolean)
    .join(', ');
  const name = group ? `@${group.handle}` : label || `@${id}`;
  return h('span', { class: ['mention', own && 'mention-me'], title: people || null }, name);
}

export const broadcastMention = (range) => h('span', { class: 'mention mention-me' }, `@${range}`);

function special(command, label) {
  const [name, ...rest] = command.split('^');
  if (name === 'subteam') return groupMention(rest[0], label);
  if (name === 'date') return dateNode(Number(rest[0]), rest[1] ?? '', rest[2], label);
  if (['here', 'channel', 'everyone'].includes(name)) return broadcastMention(name);
  return document.createTextNode(label || `<!${command}>`);
}

/**
 * A moment, written in the acting person's zone.
 * @param {number} seconds @param {string} shape @param {string} [url] @param {string} [fallback]
 */
export function dateNode(seconds, shape, url, fallback = '') {
  if (!(Math.abs(seconds) < LAST_SECOND) || !store.me) return document.createTextNode(fallback);
  const text = slackDate(seconds, unescape(shape), store.me.tz, store.now());
  const node = h(
    'time',
    {
      class: 'mk-date',
      datetime: new Date(seconds * 1000).toISOString(),
      title: fullTime(seconds, store.me.tz),
      data: { at: seconds, shape },
    },
    text,
  );
  const target = url && safeUrl(unescape(url));
  return target ? anchor(target, node) : node;
}

/** A link, or the bare text if the address is not one to follow. */
export function link(address, label = '') {
  const target = safeUrl(address);
  if (!target || !/^(?:https?:|mailto:|\/(?:archives|sandbox)\/)/i.test(address)) {
    return document.createTextNode(label || `<${address}>`);
  }
  const shown = label || address.replace(/^mailto:/i, '');
  return anchor(target, shown === address ? shown : inlineEmoji(shown));
}

const anchor = (href, content) => h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, content);

/** Plain text, in which only emoji shortcodes mean anything. */
export function inlineEmoji(text) {
  const fragment = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(/:([a-z0-9_+'-]+):/g)) {
    const node = emojiNode(match[1]);
    if (!node) continue;
    if (match.index > from) fragment.append(text.slice(from, match.index));
    fragment.append(node);
    from = match.index + match[0].length;
  }
  if (from < text.length) fragment.append(text.slice(from));
  return fragment;
}

/**
 * Draw a text object of Block Kit.
 * @param {{type: string, text: string, emoji?: boolean}|string|null|undefined} object
 */
export function textObject(object) {
  if (!object) return document.createDocumentFragment();
  if (typeof object === 'string') return inlineEmoji(object);
  return object.type === 'mrkdwn' ? mrkdwn(object.text ?? '') : inlineEmoji(object.text ?? '');
}

/** What somebody typed, got back from mrkdwn so that it can be edited. */
export function toTyped(text) {
  const typed = text.replace(/<([@#!])([^<>|]+)(?:\|([^<>]*))?>/g, (whole, sign, target, label) => {
    if (sign === '@') return `@${store.user(target)?.name ?? label ?? target}`;
    if (sign === '#') return `#${store.channels.get(target)?.name ?? label ?? target}`;
    if (target.startsWith('subteam')) return `@${store.usergroups.get(target.split('^')[1])?.handle ?? label ?? ''}`;
    return target.startsWith('date') ? (label ?? '') : `@${target}`;
  });
  return unescape(typed.replace(/<((?:https?|mailto):[^<>|]+)(?:\|[^<>]*)?>/g, '$1'));
}
