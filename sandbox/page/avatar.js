/** The small pictures beside names: initials on a person's colour, the mark for the app. */

import { h } from './dom.js';
import { store } from './store.js';

const FALLBACK = '5b6770';

const initials = (name) =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase();

/**
 * @param {object|null|undefined} user
 * @param {'tiny'|'small'|'normal'|'large'} [size]
 * @param {string} [name] of a bot that posts under another name
 */
export function avatar(user, size = 'normal', name = '') {
  const own = user && user.id === store.app?.bot_user_id && !name;
  if (own) return h('img', { class: `avatar avatar-${size}`, src: '/static/mark.svg', alt: '' });
  const color = /^[0-9a-f]{6}$/i.test(user?.color ?? '') && !name ? user.color : FALLBACK;
  const label = name ? initials(name) : user?.avatar || initials(user?.real_name || '?');
  return h(
    'span',
    {
      class: [`avatar avatar-${size}`, name && 'avatar-app'],
      'aria-hidden': 'true',
      style: { '--person': `#${color}` },
    },
    label,
  );
}
