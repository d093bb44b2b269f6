import { language } from './i18n.js';

const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 7],
  ['week', 5],
];

/**
 * How long ago something was, such as "3 minutes ago".
 * @param {string} time ISO 8601
 * @param {number} [now] milliseconds
 */
export function age(time, now = Date.now()) {
  let value = Math.min(0, (Date.parse(time) - now) / 1000);
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  for (const [unit, size] of STEPS) {
    if (Math.abs(value) < size) {
      return format.format(Math.trunc(value), unit);
    }
    value /= size;
  }
  return new Date(time).toLocaleDateString(language(), { dateStyle: 'medium' });
}

/** A time with its date. */
export function moment(time) {
  return new Date(time).toLocaleString(language(), { dateStyle: 'medium', timeStyle: 'medium' });
}

/** A number with the separators of the language. */
export function number(value, options) {
  return new Intl.NumberFormat(language(), options).format(value);
}

/** A share of 0 to 100 as percent. */
export function percent(value) {
  return number(value / 100, { style: 'percent', maximumFractionDigits: 0 });
}

/** A number of bytes in the unit that fits. */
export function bytes(value) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let at = 0;
  // Multiples of 1024, as the limits of the service are.
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  return number(value, { style: 'unit', unit: units[at], unitDisplay: at ? 'short' : 'long', maximumFractionDigits: 1 });
}

/** The time between two moments, such as "1 min 12 sec". */
export function duration(from, to) {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  const unit = (value, name, digits = 0) =>
    number(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits });
  if (seconds < 60) {
    return unit(seconds, 'second', seconds < 10 ? 1 : 0);
  }
  const whole = Math.round(seconds);
  return whole < 3600
    ? `${unit(Math.floor(whole / 60), 'minute')} ${unit(whole % 60, 'second')}`
    : `${unit(Math.floor(whole / 3600), 'hour')} ${unit(Math.floor((whole % 3600) / 60), 'minute')}`;
}
