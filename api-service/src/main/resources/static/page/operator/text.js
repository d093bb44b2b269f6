// Numbers, times and names as texts. Pure functions, apart from the language.
import { language } from '../i18n.js';

/** @param {number | null | undefined} value */
export function number(value) {
  return value == null ? '–' : new Intl.NumberFormat(language()).format(value);
}

/** The date and time of an instant of the API. */
export function time(instant) {
  return instant
    ? new Intl.DateTimeFormat(language(), { dateStyle: 'short', timeStyle: 'medium' }).format(new Date(instant))
    : '–';
}

const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/**
 * A duration in its largest unit, such as "5 min".
 * @param {number} seconds
 * @param {string} [locale]
 */
export function duration(seconds, locale = language()) {
  const whole = Math.max(0, Math.round(seconds));
  const [unit, size] = UNITS.find(([, length]) => whole >= length) ?? UNITS.at(-1);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(Math.floor(whole / size));
}

/** The time since an instant of the API. */
export function age(instant) {
  return duration((Date.now() - new Date(instant).getTime()) / 1000);
}

/**
 * The sums of the depths of queues.
 * @param {({visible: number, inFlight: number, delayed: number} | null | undefined)[]} depths
 * @returns {{waiting: number, inFlight: number} | null} null if one is not known
 */
export function total(depths) {
  if (depths.some((depth) => !depth)) {
    return null;
  }
  return depths.reduce(
    (sum, depth) => ({
      waiting: sum.waiting + depth.visible + depth.delayed,
      inFlight: sum.inFlight + depth.inFlight,
    }),
    { waiting: 0, inFlight: 0 },
  );
}

/**
 * The query of a URL, without the empty values.
 * @param {Record<string, string | number | undefined>} parameters
 */
export function queryOf(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query ? `?${query}` : '';
}
