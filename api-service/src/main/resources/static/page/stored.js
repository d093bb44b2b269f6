// Choices that the browser remembers. A browser that stores nothing forgets them with the page.

const PREFIX = 'renderfleet.';

/**
 * Reads a choice.
 * @param {string} name
 * @returns {string | null} null if there is none
 */
export function stored(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/**
 * Remembers a choice.
 * @param {string} name
 * @param {string | null} value null forgets it
 */
export function store(name, value) {
  try {
    if (value === null) {
      localStorage.removeItem(PREFIX + name);
    } else {
      localStorage.setItem(PREFIX + name, value);
    }
  } catch {
    // The choice lasts as long as the page.
  }
}
