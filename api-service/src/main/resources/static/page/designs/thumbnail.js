import { html, PageElement } from '../element.js';
import { designThumbnail } from '../api.js';

/** The picture of a design, loaded when it comes into view; a drawing of a box if the design has none. */
class Thumbnail extends PageElement {
  static properties = {
    designId: { attribute: false },
    shared: { attribute: false },
    url: { state: true },
  };

  #observer;
  #request;

  constructor() {
    super();
    this.url = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.#load(),
      { rootMargin: '200px' },
    );
    this.#observer.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.#request?.abort();
    this.#forget();
  }

  updated(changed) {
    // A list that changes gives the element of one design to another.
    if (changed.get('designId')) {
      this.#request?.abort();
      this.#request = null;
      this.#forget();
      this.#observer.unobserve(this);
      this.#observer.observe(this);
    }
  }

  #forget() {
    if (this.url) {
      URL.revokeObjectURL(this.url);
      this.url = null;
    }
  }

  async #load() {
    if (this.#request || !this.designId) {
      return;
    }
    const request = new AbortController();
    this.#request = request;
    try {
      const blob = await designThumbnail(this.designId, this.shared, request.signal);
      if (blob && !request.signal.aborted) {
        this.url = URL.createObjectURL(blob);
      }
    } catch {
      // The drawing stays. Whatever is wrong shows when the design is opened.
    }
  }

  render() {
    return this.url
      ? html`<img src=${this.url} alt="" width="320" height="240">`
      : html`<svg viewBox="0 0 64 48" aria-hidden="true"><path d="M32 8 48 16v17L32 41 16 33V16zM16 16l16 8 16-8M32 24v17"/></svg>`;
  }
}

customElements.define('rf-thumbnail', Thumbnail);
