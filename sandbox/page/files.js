/** Files in messages: pictures shown in place, everything else as a card that opens beside the channel. */

import { h, icon, ownPath, safeUrl } from './dom.js';
import { store } from './store.js';

const WIDEST = 560;
const HIGHEST = 380;
const UNITS = ['bytes', 'kB', 'MB', 'GB'];

/** "12 kB" */
export function sizeText(bytes) {
  let amount = Number(bytes) || 0;
  let unit = 0;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${amount < 10 && unit ? amount.toFixed(1) : Math.round(amount)} ${UNITS[unit]}`;
}

const NAMES = { html: 'Web page', md: 'Markdown', csv: 'Table', json: 'JSON', txt: 'Text', svg: 'Picture', pdf: 'PDF' };

/** The address of a file on this very page's origin. */
export const fileAddress = (file) => ownPath(file.url_private ?? '') ?? safeUrl(file.url_private ?? '') ?? '';

/** @param {object[]} files of one message */
export function drawFiles(files) {
  return h(
    'div',
    { class: 'files' },
    files.map((file) => (isPicture(file) ? pictureFile(file) : fileCard(file))),
  );
}

const isPicture = (file) => file.mimetype?.startsWith('image/');

function pictureFile(file) {
  const { original_w: wide, original_h: high } = file;
  // Its place is kept free while it loads, so that nothing jumps.
  const width = wide && high ? Math.round(Math.min(WIDEST, wide, (HIGHEST * wide) / high)) : null;
  const style = width ? { width: `${width}px`, 'aspect-ratio': `${wide} / ${high}` } : { 'max-height': `${HIGHEST}px` };
  const image = h('img', {
    src: fileAddress(file),
    alt: file.alt_txt || file.title || file.name,
    style,
    decoding: 'async',
  });
  const node = h(
    'button',
    {
      type: 'button',
      class: 'file-picture',
      'aria-label': `Open ${file.title || file.name}`,
      on: { click: () => show(file) },
    },
    image,
  );
  return h('figure', { class: 'file-figure' }, h('figcaption', {}, file.title || file.name), node);
}

/** @param {object} file */
export function fileCard(file) {
  const extension = (file.name ?? '').split('.').at(-1)?.toLowerCase();
  const kind = NAMES[extension] ?? file.pretty_type ?? 'File';
  const words = h(
    'span',
    { class: 'file-words' },
    h('strong', {}, file.title || file.name),
    h('small', {}, [kind, file.size ? sizeText(file.size) : null].filter(Boolean).join(' · ')),
  );
  const address = fileAddress(file);
  if (!address) return h('div', { class: 'file-card' }, h('span', { class: 'file-kind' }, icon('file')), words);
  return h(
    'div',
    { class: 'file-card' },
    h(
      'button',
      { type: 'button', class: 'file-open', on: { click: () => show(file) } },
      h('span', { class: `file-kind kind-${extension}` }, icon('file')),
      words,
    ),
    h(
      'a',
      {
        class: 'icon-button',
        href: address,
        target: '_blank',
        rel: 'noopener',
        title: 'Open in a new tab',
        'aria-label': `Open ${file.title || file.name} in a new tab`,
      },
      icon('open'),
    ),
    h(
      'a',
      {
        class: 'icon-button',
        href: address,
        download: file.name,
        title: 'Download',
        'aria-label': `Download ${file.title || file.name}`,
      },
      icon('download'),
    ),
  );
}

const show = (file) => store.emit('open_file', file);

/** Find a file this page has seen by the path of its address. */
export function knownFile(path) {
  const wanted = path.split('?')[0];
  const lists = [...[...store.messages.values()].map((entry) => entry.list), ...store.threads.values()];
  for (const message of lists.flat()) {
    const found = message.files?.find((file) => fileAddress(file).split('?')[0] === wanted);
    if (found) return found;
  }
  return null;
}
