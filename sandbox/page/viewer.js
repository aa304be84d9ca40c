/** Shows a file beside the channel. Web pages run in a frame that cannot reach this one. */

import { fill, h, icon, iconButton } from './dom.js';
import { fileAddress, sizeText } from './files.js';
import { markdown } from './markdown.js';

/** More than this would make the page slow; the file still opens in its own tab. */
const MOST_TEXT = 1_000_000;

export class FileView {
  /** @param {() => void} close */
  constructor(close) {
    this.close = close;
    this.node = h('div', { class: 'pane-body' });
  }

  /** @param {object} file */
  async show(file) {
    const address = fileAddress(file);
    const body = h('div', { class: 'viewer' });
    const tools = [
      h(
        'a',
        {
          class: 'icon-button',
          href: address,
          target: '_blank',
          rel: 'noopener',
          title: 'Open in a new tab',
          'aria-label': 'Open in a new tab',
        },
        icon('open'),
      ),
      h(
        'a',
        { class: 'icon-button', href: address, download: file.name, title: 'Download', 'aria-label': 'Download' },
        icon('download'),
      ),
      iconButton('close', 'Close the file', this.close),
    ];
    const about = [file.name, file.size ? sizeText(file.size) : ''].filter(Boolean).join(' · ');
    fill(
      this.node,
      h('header', { class: 'pane-head' }, h('h2', {}, file.title || file.name, h('small', {}, about)), tools),
      body,
    );
    this.node.querySelector('.pane-head .icon-button:last-child').focus();
    await this.#draw(body, file, address);
  }

  async #draw(body, file, address) {
    const name = (file.name ?? '').toLowerCase();
    if (/\.(png|jpe?g|gif|webp|svg)$/.test(name) || file.mimetype?.startsWith('image/')) {
      body.append(h('img', { class: 'viewer-picture', src: address, alt: file.alt_txt || file.title || file.name }));
    } else if (/\.html?$/.test(name) || file.mimetype === 'text/html') {
      // Without allow-same-origin the document has an origin of its own.
      body.append(
        h('iframe', {
          class: 'viewer-frame',
          src: address,
          sandbox: 'allow-scripts allow-popups',
          title: file.title || file.name,
        }),
      );
    } else if (/\.(md|txt|csv|json|log|ya?ml|py|js|css)$/.test(name) || file.mimetype?.startsWith('text/')) {
      await drawText(body, address, name.endsWith('.md') || file.mimetype === 'text/markdown');
    } else {
      body.append(
        h('p', { class: 'empty' }, 'This kind of file is not shown here. Open it in a new tab, or download it.'),
      );
    }
  }
}

async function drawText(body, address, isMarkdown) {
  let text;
  try {
    const response = await fetch(address);
    text = response.ok ? await response.text() : null;
  } catch {
    text = null;
  }
  if (text === null) body.append(h('p', { class: 'empty' }, 'This file is gone.'));
  else if (isMarkdown && text.length < MOST_TEXT)
    body.append(h('article', { class: 'viewer-document' }, markdown(text)));
  else body.append(h('pre', { class: 'viewer-text' }, text.slice(0, MOST_TEXT)));
}
