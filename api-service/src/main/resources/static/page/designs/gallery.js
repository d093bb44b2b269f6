import { repeat } from 'lit/directives/repeat.js';
import { announce, html, nothing, PageElement } from '../element.js';
import { deleteDesign } from '../api.js';
import { t } from '../i18n.js';
import { isOperator } from '../session.js';
import './library.js';
import './upload.js';

const TYPING = 250;

/** The designs of the user and those that all users share. */
class Designs extends PageElement {
  static properties = {
    q: { state: true },
    own: { state: true },
    doomed: { state: true },
    problem: { state: true },
  };

  #timer;

  constructor() {
    super();
    this.q = '';
    this.own = null;
    this.doomed = null;
    this.problem = null;
  }

  #search(event) {
    clearTimeout(this.#timer);
    const text = event.target.value.trim();
    this.#timer = setTimeout(() => (this.q = text), TYPING);
  }

  #refresh() {
    this.querySelectorAll('rf-library').forEach((library) => library.refresh());
  }

  async #ask(design) {
    this.doomed = design;
    this.problem = null;
    await this.updateComplete;
    this.querySelector('dialog').showModal();
  }

  async #delete() {
    const { designId, shared } = this.doomed;
    try {
      await deleteDesign(designId, { shared, force: this.problem?.status === 409 });
      this.querySelector('dialog').close();
      announce(t('designs.deleted', { id: designId }));
      this.#refresh();
    } catch (e) {
      this.problem = e;
    }
  }

  render() {
    // Without designs of their own, people begin with those that are there.
    const first = this.own === 0 && !this.q;
    return html`
      <div class="page">
        <div class="page-head">
          <h1>${t('nav.designs')}</h1>
          <label class="search"><span class="unseen">${t('designs.search')}</span>
            <input type="search" maxlength="128" placeholder=${t('designs.search')} @input=${this.#search}></label>
          <p class="lead">${t(first ? 'designs.first' : 'designs.lead')}</p>
        </div>
        <rf-upload @rf-uploaded=${this.#refresh}></rf-upload>
        ${repeat(first ? [true, false] : [false, true], (shared) => shared, (shared) => this.library(shared))}
        ${this.confirmation()}
      </div>`;
  }

  library(shared) {
    return html`
      <section aria-label=${t(shared ? 'designs.shared' : 'designs.own')}>
        <h2>${t(shared ? 'designs.shared' : 'designs.own')}</h2>
        <rf-library .shared=${shared} .q=${this.q} .deletable=${!shared || isOperator()}
          @rf-read=${(e) => shared || (this.own = e.detail.count)}
          @rf-delete=${(e) => this.#ask(e.detail)}></rf-library>
      </section>`;
  }

  confirmation() {
    const id = this.doomed?.designId ?? '';
    const used = this.problem?.status === 409;
    return html`
      <dialog aria-labelledby="delete-title" @close=${() => (this.problem = null)}>
        <div class="stack">
          <h2 id="delete-title">${t('designs.delete.one', { id })}</h2>
          <p>${t(this.doomed?.shared ? 'designs.delete.shared' : 'designs.delete.own')}</p>
          ${this.problem ? html`<rf-problem .problem=${this.problem}></rf-problem>` : nothing}
          <div class="actions">
            <button autofocus @click=${(e) => e.target.closest('dialog').close()}>${t('cancel')}</button>
            <button class="danger" @click=${this.#delete}>${t(used ? 'designs.delete.force' : 'delete')}</button>
          </div>
        </div>
      </dialog>`;
  }
}

customElements.define('rf-designs', Designs);
