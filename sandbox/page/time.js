/** Times as people read them: always in the acting person's own zone, on a 24-hour clock. */

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }));
  return formats.get(key);
}

const at = (seconds) => new Date(Number(seconds) * 1000);

/** "14:05" @param {number|string} seconds since the epoch @param {string} zone IANA name */
export const clockTime = (seconds, zone) =>
  format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at(seconds));

export const clockSeconds = (seconds, zone) =>
  format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at(seconds));

/** "2026-11-21", for comparing days. */
export function dayKey(seconds, zone) {
  const { year, month, day } = parts(seconds, zone);
  return `${year}-${month}-${day}`;
}

function parts(seconds, zone) {
  const pieces = format(zone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at(seconds));
  return Object.fromEntries(pieces.map((piece) => [piece.type, piece.value]));
}

/** "Today", "Yesterday", "Friday, 21 November". */
export function dayName(seconds, zone, now) {
  return (
    near(seconds, zone, now) ?? format(zone, { weekday: 'long', day: 'numeric', month: 'long' }).format(at(seconds))
  );
}

function near(seconds, zone, now) {
  const day = dayKey(seconds, zone);
  const names = [
    ['Today', 0],
    ['Yesterday', -86400],
    ['Tomorrow', 86400],
  ];
  return names.find(([, shift]) => dayKey(now + shift, zone) === day)?.[0] ?? null;
}

/** "Friday, 21 November 2026 at 14:05:09, Europe/Madrid", for tips. */
export const fullTime = (seconds, zone) =>
  `${format(zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at(seconds))} at ${clockSeconds(seconds, zone)}, ${zone}`;

/** "in 12 minutes", "3 hours ago", "just now". */
export function ago(seconds, now) {
  const distance = Number(seconds) - now;
  const size = Math.abs(distance);
  if (size < 45) return 'just now';
  const [unit, length] = size < 3600 ? ['minute', 60] : size < 86400 ? ['hour', 3600] : ['day', 86400];
  return new Intl.RelativeTimeFormat('en-GB').format(Math.round(distance / length), unit);
}

/** "+15 min", "+2 h 5 min", "" for less than a second: how far the workspace's clock is ahead. */
export function ahead(seconds) {
  if (Math.abs(seconds) < 1) return '';
  const minutes = Math.round(seconds / 60);
  if (minutes === 0) return `+${Math.round(seconds)} s`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return `+${[hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(' ')}`;
}

const DATE_SHAPES = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date_slash: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { day: 'numeric', month: 'long', year: 'numeric' },
  date_short: { day: 'numeric', month: 'short', year: 'numeric' },
  date_long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  date_long_full: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  day_divider: { weekday: 'long', day: 'numeric', month: 'long' },
};

/**
 * Write a Slack date token, e.g. "{date_short_pretty} at {time}".
 * @param {number} seconds @param {string} shape @param {string} zone @param {number} now
 */
export function slackDate(seconds, shape, zone, now) {
  return shape.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === 'time') return clockTime(seconds, zone);
    if (name === 'time_secs') return clockSeconds(seconds, zone);
    if (name === 'ago') return ago(seconds, now);
    if (name === 'date_num') return dayKey(seconds, zone);
    const plain = name.replace(/_pretty$/, '');
    if (!(plain in DATE_SHAPES)) return whole;
    const pretty = plain === name ? null : near(seconds, zone, now);
    return pretty ? pretty.toLowerCase() : format(zone, DATE_SHAPES[plain]).format(at(seconds));
  });
}

/** The value of a datetime-local input for a moment, "2026-11-21T14:05". */
export function localInput(seconds, zone) {
  const { year, month, day, hour, minute } = parts(seconds, zone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/** The moment a datetime-local value means in a zone, in whole seconds; null if it is no time. */
export function fromLocalInput(value, zone) {
  const wanted = Date.parse(`${value}:00Z`) / 1000;
  if (Number.isNaN(wanted)) return null;
  let guess = wanted;
  // Twice, because the offset at the first guess may be the one before a change of the clocks.
  for (let round = 0; round < 2; round += 1) {
    const shown = Date.parse(`${localInput(guess, zone)}:00Z`) / 1000;
    guess += wanted - shown;
  }
  return guess;
}
