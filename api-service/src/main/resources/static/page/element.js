import { LitElement } from 'lit';
import { onLanguage } from './i18n.js';

export { html, nothing } from 'lit';

/**
 * What all elements of the page extend. They render into the page itself, so that its styles, labels and landmarks apply,
 * and again after a change of the language. Inline styles are not possible under the Content-Security-Policy: use classes,
 * or set the property `.style`.
 */
export class PageElement extends LitElement {
  #endLanguage;

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#endLanguage = onLanguage(() => this.requestUpdate());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#endLanguage?.();
  }
}

/**
 * Says something to people who use a screen reader.
 * @param {string} text
 */
export function announce(text) {
  const region = document.getElementById('announcer');
  if (region) {
    region.textContent = text;
  }
}
