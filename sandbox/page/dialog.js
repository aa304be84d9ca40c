/** Modal dialogs: the browser keeps the focus inside and everything else inert. */

import { closePopup } from './popup.js';
import { freshId, h, iconButton } from './dom.js';
import { textObject } from './mrkdwn.js';

/**
 * Open a dialog.
 * @param {{label?: string, labelledby?: string, class?: string, onEscape: () => void}} options
 * @param {...Node} children
 * @returns {HTMLDialogElement}
 */
export function openDialog(options, ...children) {
  closePopup();
  const before = document.activeElement;
  const node = h(
    'dialog',
    { class: options.class, 'aria-label': options.label, 'aria-labelledby': options.labelledby },
    children,
  );
  // The key is taken before the browser's own handling, which would close at a second press without asking.
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    options.onEscape();
  });
  node.addEventListener('cancel', (event) => {
    event.preventDefault();
    if (!closePopup()) options.onEscape();
  });
  node.addEventListener('close', () => {
    const within = node.contains(document.activeElement) || document.activeElement === document.body;
    node.remove();
    if (within && before?.isConnected) before.focus();
  });
  document.body.append(node);
  node.showModal();
  document.dispatchEvent(new CustomEvent('dialog-opened'));
  return node;
}

/**
 * Ask before something happens, as a confirm object of Block Kit says.
 * @param {{title: object, text: object, confirm: object, deny: object, style?: string}} question
 * @returns {Promise<boolean>}
 */
export function ask(question) {
  return new Promise((resolve) => {
    const title = freshId('title');
    const answer = (yes) => {
      node.close();
      resolve(yes);
    };
    const style = question.style === 'danger' ? 'danger' : 'primary';
    const yes = h(
      'button',
      { type: 'button', class: ['button', style], on: { click: () => answer(true) } },
      textObject(question.confirm),
    );
    const node = openDialog(
      { class: 'dialog dialog-small', labelledby: title, onEscape: () => answer(false) },
      h(
        'header',
        { class: 'dialog-head' },
        h('h2', { id: title }, textObject(question.title)),
        iconButton('close', 'Close', () => answer(false)),
      ),
      h('div', { class: 'dialog-body' }, textObject(question.text)),
      h(
        'footer',
        { class: 'dialog-foot' },
        h('button', { type: 'button', class: 'button', on: { click: () => answer(false) } }, textObject(question.deny)),
        yes,
      ),
    );
    yes.focus();
  });
}

/** Ask for one line of text; resolves with null if the person thinks better of it. */
export function askText({ title, label, hint, submit, value = '' }) {
  return new Promise((resolve) => {
    const heading = freshId('title');
    const field = h('input', { class: 'field', id: freshId('field'), value, autocomplete: 'off' });
    const answer = (text) => {
      node.close();
      resolve(text);
    };
    const node = openDialog(
      { class: 'dialog dialog-small', labelledby: heading, onEscape: () => answer(null) },
      h(
        'form',
        {
          on: {
            submit: (event) => {
              event.preventDefault();
              answer(field.value.trim());
            },
          },
        },
        h(
          'header',
          { class: 'dialog-head' },
          h('h2', { id: heading }, title),
          iconButton('close', 'Close', () => answer(null)),
        ),
        h(
          'div',
          { class: 'dialog-body' },
          h('label', { class: 'field-label', for: field.id }, label),
          field,
          hint && h('p', { class: 'field-hint' }, hint),
        ),
        h(
          'footer',
          { class: 'dialog-foot' },
          h('button', { type: 'button', class: 'button', on: { click: () => answer(null) } }, 'Cancel'),
          h('button', { type: 'submit', class: 'button primary' }, submit),
        ),
      ),
    );
    field.focus();
  });
}
