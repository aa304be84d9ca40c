/** Draws rich_text blocks, and reads them back as plain text. */

import { h, safeUrl } from './dom.js';
import { emojiNode, broadcastMention, channelLink, dateNode, groupMention, link, userMention } from './mrkdwn.js';

const INLINE = {
  text: (part) => part.text,
  link: (part) => link(safeUrl(part.url) ? part.url : '', part.text || part.url),
  emoji: (part) => emojiNode(part.name) ?? `:${part.name}:`,
  user: (part) => userMention(part.user_id),
  usergroup: (part) => groupMention(part.usergroup_id),
  channel: (part) => channelLink(part.channel_id),
  team: (part) => part.team_id,
  date: (part) => dateNode(Number(part.timestamp), part.format, part.url, part.fallback),
  broadcast: (part) => broadcastMention(part.range),
  color: (part) => h('span', { class: 'mk-color' }, h('i', { style: { background: part.value } }), part.value),
};

const STYLES = [
  ['bold', 'strong'],
  ['italic', 'em'],
  ['strike', 's'],
  ['underline', 'u'],
  ['highlight', 'mark'],
  ['code', 'code'],
];

function inlinePart(part) {
  const draw = INLINE[part.type];
  if (!draw) return h('span', { class: 'unknown-inline' }, `(${part.type})`);
  let node = draw(part);
  for (const [style, tag] of STYLES) {
    if (part.style?.[style]) node = h(tag, { class: tag === 'code' && 'mk-code' }, node);
  }
  return node;
}

const line = (part) => (part.elements ?? []).map(inlinePart);

const PARTS = {
  rich_text_section: (part) => h('div', { class: 'mk-plain' }, line(part)),
  rich_text_preformatted: (part) => h('pre', { class: 'mk-pre' }, line(part)),
  rich_text_quote: (part) => h('blockquote', { class: 'mk-quote' }, line(part)),
  rich_text_list(part) {
    const ordered = part.style === 'ordered';
    return h(
      ordered ? 'ol' : 'ul',
      {
        class: ordered ? 'mk-numbered' : 'mk-bullet',
        start: ordered && part.offset ? part.offset + 1 : null,
        data: { indent: part.indent ?? 0 },
      },
      (part.elements ?? []).map((item) => h('li', {}, line(item))),
    );
  },
};

/** @param {{elements: object[]}} block */
export function richText(block) {
  return h(
    'div',
    { class: 'rich-text' },
    (block.elements ?? []).map(
      (part) => PARTS[part.type]?.(part) ?? h('p', { class: 'unknown-inline' }, `(${part.type})`),
    ),
  );
}

/** The words of a rich text, for an input that edits them as plain text. */
export function richTextToPlain(value) {
  const words = (part) => part.text ?? part.url ?? (part.name ? `:${part.name}:` : '') ?? '';
  const lines = (part) => (part.elements ?? []).map((inner) => (inner.elements ? lines(inner) : words(inner)));
  return (value?.elements ?? []).map((part) => lines(part).join(part.type === 'rich_text_list' ? '\n' : '')).join('\n');
}

/** Plain text as the rich text Slack would make of it: one section; null for nothing. */
export function plainToRichText(text) {
  if (!text.trim()) return null;
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] };
}
