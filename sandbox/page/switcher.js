/** Ctrl+K: go to a channel, a person, the Home tab, or act as somebody else. */

import { api, sentence } from './api.js';
import { avatar } from './avatar.js';
import { signOf } from './channel.js';
import { openDialog } from './dialog.js';
import { h, icon } from './dom.js';
import { Listbox } from './listbox.js';
import { store } from './store.js';

const MOST = 12;

/** @param {string} [typed] what stands in the field at first; "@" shows people only */
export function openSwitcher(typed = '') {
  if (document.querySelector('.switcher')) return;
  const close = () => node.close();
  const list = new Listbox({
    label: 'Places',
    onPick: (choice) => {
      close();
      choice.run();
    },
  });
  const field = h('input', {
    class: 'field',
    type: 'text',
    value: typed,
    placeholder: 'Go to a channel or a person',
    'aria-label': 'Go to a channel or a person',
    role: 'combobox',
    'aria-expanded': 'true',
    autocomplete: 'off',
  });
  list.attach(field);
  const refresh = () => list.show(find(field.value));
  field.addEventListener('input', refresh);
  field.addEventListener('keydown', (event) => list.key(event));
  const node = openDialog(
    { class: 'dialog switcher', label: 'Go to', onEscape: close },
    h('div', { class: 'switcher-field' }, icon('search'), field),
    list.node,
  );
  node.addEventListener('pointerdown', (event) => event.target === node && close());
  refresh();
  field.focus();
}

function find(typed) {
  const onlyPeople = typed.startsWith('@');
  const words = typed.replace(/^[@#]/, '').trim().toLowerCase();
  const all = [...(onlyPeople ? [] : [...places(), home()]), ...people(), ...(onlyPeople || !words ? [] : actors())];
  const found = all.filter((choice) => choice.words.toLowerCase().includes(words));
  const starts = (choice) => Number(choice.words.toLowerCase().startsWith(words));
  const order = ['Go to', 'Write to', 'Act as'];
  found.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group) || starts(b) - starts(a));
  return found.slice(0, MOST);
}

function places() {
  const rooms = [...store.channels.values()].filter((channel) => !channel.is_im);
  rooms.sort(
    (a, b) =>
      Number(b.is_member) - Number(a.is_member) ||
      Number(b.unread > 0) - Number(a.unread > 0) ||
      a.name.localeCompare(b.name),
  );
  return rooms.map((channel) => ({
    key: channel.id,
    words: channel.name,
    label: channel.name,
    detail: channel.topic ? null : channel.purpose || null,
    icon: icon(signOf(channel)),
    aside: channel.unread > 0 && h('span', { class: 'badge' }, channel.unread),
    group: 'Go to',
    run: () => store.emit('go', { place: channel.id }),
  }));
}

const home = () => ({
  key: 'home',
  words: `${store.app.name} home`,
  label: `${store.app.name}, Home tab`,
  icon: icon('home'),
  group: 'Go to',
  run: () => store.emit('go', { place: 'home' }),
});

const humans = () => [...store.users.values()].filter((user) => !user.deleted && user.id !== 'USLACKBOT');

function people() {
  return humans().map((user) => ({
    key: `dm:${user.id}`,
    words: `${user.real_name} ${user.name}`,
    label: user.real_name,
    detail: user.title,
    icon: avatar(user, 'small'),
    group: 'Write to',
    run: () => writeTo(user.id),
  }));
}

const actors = () =>
  humans()
    .filter((user) => !user.is_bot && user.id !== store.me.id)
    .map((user) => ({
      key: `as:${user.id}`,
      words: `act as ${user.real_name}`,
      label: `Act as ${user.real_name}`,
      icon: avatar(user, 'small'),
      group: 'Act as',
      run: () => store.emit('act_as', user.id),
    }));

/** Open the direct message with somebody. */
export async function writeTo(user) {
  const answer = await api.act(store.me.id, 'dm', { user });
  if (!answer.ok) return store.emit('toast', { level: 'error', text: sentence(answer) });
  store.upsertChannel(answer.channel);
  return store.emit('go', { place: answer.channel.id });
}
