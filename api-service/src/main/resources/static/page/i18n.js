import { store, stored } from './stored.js';
import en from './messages/en.js';
import zh from './messages/zh.js';

const MESSAGES = { en, zh };
const LANGUAGE_CHANGED = 'rf-language';

/** The languages of the page: their codes, and their names in themselves. */
export const LANGUAGES = [
  { code: 'en', name: 'English' },
  { code: 'zh', name: '中文' },
];

let current = choose();
apply();

function choose() {
  const wanted = [stored('language'), ...navigator.languages];
  for (const tag of wanted) {
    const code = (tag ?? '').toLowerCase().split('-')[0];
    if (code in MESSAGES) {
      return code;
    }
  }
  return 'en';
}

function apply() {
  document.documentElement.lang = current === 'zh' ? 'zh-Hans' : current;
}

/** The language of the page, `en` or `zh`. */
export function language() {
  return current;
}

/**
 * Changes the language of the page and remembers it.
 * @param {string} code one of those of {@link LANGUAGES}; others are ignored
 */
export function setLanguage(code) {
  if (code in MESSAGES && code !== current) {
    current = code;
    store('language', code);
    apply();
    window.dispatchEvent(new Event(LANGUAGE_CHANGED));
  }
}

/**
 * Calls a function after each change of the language.
 * @param {() => void} listener
 * @returns {() => void} ends it
 */
export function onLanguage(listener) {
  window.addEventListener(LANGUAGE_CHANGED, listener);
  return () => window.removeEventListener(LANGUAGE_CHANGED, listener);
}

/**
 * The text of a key in the language of the page. `{name}` in a text is replaced by the value of `name`. A key without a
 * text in this language is in English, and one without any text is returned as it is.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const text = MESSAGES[current][key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * Adds texts, as views that are loaded later have.
 * @param {Record<string, Record<string, string>>} messages for each language, texts by key
 */
export function addMessages(messages) {
  for (const [code, texts] of Object.entries(messages)) {
    Object.assign(MESSAGES[code] ?? {}, texts);
  }
}
