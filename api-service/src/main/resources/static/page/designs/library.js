import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, PageElement } from '../element.js';
import { designs } from '../api.js';
import { age, moment } from '../format.js';
import { t } from '../i18n.js';
import '../problem.js';
import './thumbnail.js';

/** The designs of one library as cards, page by page. Fires `rf-delete` with the design that is to be deleted. */
class Library extends PageElement {
  static properties = {
    shared: { attribute: false },
    q: { attribute: false },
    deletable: { attribute: false },
    items: { state: true },
    next: { state: true },
    busy: { state: true },
    problem: { state: true },
  };

  #request;

  constructor() {
    super();
    this.items = null;
    this.next = null;
    this.busy = false;
    this.problem = null;
  }

  connectedCallback() {
    super.connectedCallback();
    // Moved to another place on the page, which ended its request.
    if (this.hasUpdated && !this.items) {
      this.refresh();
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#request?.abort();
  }

  willUpdate(changed) {
    if (changed.has('q') || changed.has('shared')) {
      this.refresh();
    }
  }

  /** Reads the first page again. */
  refresh() {
    return this.#read(null);
  }

  async #read(cursor) {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    this.busy = true;
    try {
      const page = await designs({ shared: this.shared, q: this.q, cursor, signal: request.signal });
      this.items = cursor ? [...this.items, ...page.items] : page.items;
      this.next = page.next ?? null;
      this.problem = null;
      this.dispatchEvent(new CustomEvent('rf-read', { detail: { count: this.items.length } }));
    } catch (e) {
      if (!request.signal.aborted) {
        this.problem = e;
      }
    } finally {
      if (this.#request === request) {
        this.busy = false;
      }
    }
  }

  render() {
    return html`
      ${this.problem
        ? html`<rf-problem .problem=${this.problem}></rf-problem>
            <button @click=${() => this.refresh()}>${t('again')}</button>`
        : nothing}
      ${this.items ? this.cards() : this.problem ? nothing : this.placeholders()}
      ${this.next
        ? html`<p class="more"><button ?disabled=${this.busy} @click=${() => this.#read(this.next)}>${t('more')}</button></p>`
        : nothing}`;
  }

  cards() {
    if (!this.items.length) {
      return html`<p class="hint">${this.q ? t('designs.none.found', { q: this.q }) : t(this.shared ? 'designs.none.shared' : 'designs.none.own')}</p>`;
    }
    return html`<ul class="gallery">${repeat(this.items, (item) => item.designId, (item) => this.card(item))}</ul>`;
  }

  card({ designId, storedAt }) {
    return html`
      <li class="card">
        <a href="#/render/${encodeURIComponent(designId)}">
          <rf-thumbnail .designId=${designId} .shared=${this.shared}></rf-thumbnail>
          <span class="card-name">${designId}</span>
        </a>
        <div class="card-foot">
          <time class="hint" datetime=${storedAt} title=${moment(storedAt)}>${age(storedAt)}</time>
          ${this.deletable
            ? html`<button class="plain small" aria-label=${t('designs.delete.one', { id: designId })}
                @click=${() => this.dispatchEvent(new CustomEvent('rf-delete', { detail: { designId, shared: this.shared } }))}>
                ${t('delete')}</button>`
            : nothing}
        </div>
      </li>`;
  }

  placeholders() {
    return html`<div class="gallery" aria-busy="true"><span class="unseen">${t('loading')}</span>
      ${[1, 2, 3].map(() => html`<div class="card waiting"><rf-thumbnail></rf-thumbnail><span class="card-name">&nbsp;</span></div>`)}</div>`;
  }
}

customElements.define('rf-library', Library);
