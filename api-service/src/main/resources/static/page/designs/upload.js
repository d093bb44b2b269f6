import { announce, html, nothing, PageElement } from '../element.js';
import { designDetails, uploadDesign } from '../api.js';
import { bytes, percent } from '../format.js';
import { t } from '../i18n.js';
import { designIdOf } from '../render/request.js';
import '../problem.js';

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Uploads designs that are dropped or chosen, one after the other, and shows for each its progress or why it was refused.
 * Fires `rf-uploaded` after each design that was stored.
 */
class Upload extends PageElement {
  static properties = { uploads: { state: true }, over: { state: true } };

  #running = false;

  constructor() {
    super();
    this.uploads = [];
    this.over = false;
  }

  connectedCallback() {
    super.connectedCallback();
    // Files can be dropped anywhere on the view; elsewhere the browser would open them.
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    window.addEventListener('dragover', (e) => this.#dragged(e), { signal });
    window.addEventListener('dragleave', (e) => e.relatedTarget ?? (this.over = false), { signal });
    window.addEventListener('drop', (e) => this.#dropped(e), { signal });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.listeners.abort();
  }

  #dragged(event) {
    if (event.dataTransfer?.types.includes('Files')) {
      event.preventDefault();
      this.over = true;
    }
  }

  #dropped(event) {
    this.over = false;
    if (event.dataTransfer?.files.length) {
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    }
  }

  /** Uploads files. */
  add(files) {
    const added = files.map((file) => ({
      file,
      id: designIdOf(file.name),
      state: 'waiting',
      share: 0,
      problem: this.#refusal(file),
    }));
    for (const upload of added) {
      upload.state = upload.problem ? 'refused' : 'waiting';
    }
    this.uploads = [...added, ...this.uploads];
    this.#run();
  }

  #refusal(file) {
    if (!/\.(glb|gltf)$/i.test(file.name)) {
      return { title: t('upload.kind'), detail: t('upload.kind.detail') };
    }
    return file.size > MAX_BYTES
      ? { title: t('upload.large'), detail: t('upload.large.detail', { size: bytes(file.size), most: bytes(MAX_BYTES) }) }
      : null;
  }

  async #run() {
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      for (let next; (next = this.uploads.findLast((upload) => upload.state === 'waiting')); ) {
        await this.#send(next);
      }
    } finally {
      this.#running = false;
    }
  }

  async #send(upload) {
    const change = (values) => {
      Object.assign(upload, values);
      this.requestUpdate();
    };
    try {
      if (!upload.replace && (await this.#exists(upload.id))) {
        change({ state: 'exists' });
        return;
      }
      change({ state: 'sending', share: 0 });
      await uploadDesign(upload.id, upload.file, (share) => change({ share }));
      change({ state: 'stored' });
      announce(t('upload.stored', { id: upload.id }));
      this.dispatchEvent(new CustomEvent('rf-uploaded', { detail: { designId: upload.id } }));
    } catch (e) {
      change({ state: 'refused', problem: e });
    }
  }

  async #exists(id) {
    try {
      return !(await designDetails(id)).shared;
    } catch (e) {
      if (e.status === 404) {
        return false;
      }
      throw e;
    }
  }

  #again(upload) {
    Object.assign(upload, { state: 'waiting', replace: true, problem: null });
    this.requestUpdate();
    this.#run();
  }

  #remove(upload) {
    this.uploads = this.uploads.filter((other) => other !== upload);
  }

  render() {
    return html`
      <div class="drop ${this.over ? 'over' : ''}">
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 16V4m0 0L7 9m5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3"/></svg>
        <p>${t('upload.drop')}</p>
        <label class="button small file">${t('upload.choose')}
          <input type="file" accept=".glb,.gltf" multiple @change=${this.#chosen}></label>
        <p class="hint">${t('upload.limits', { most: bytes(MAX_BYTES) })}</p>
      </div>
      ${this.uploads.length
        ? html`<ul class="uploads" aria-label=${t('upload.list')}>${this.uploads.map((upload) => this.row(upload))}</ul>`
        : nothing}`;
  }

  #chosen(event) {
    this.add([...event.target.files]);
    event.target.value = '';
  }

  row(upload) {
    const { id, file, state, share, problem } = upload;
    return html`
      <li class="panel">
        <div class="upload-line">
          <strong class="grow">${file.name}</strong> <span class="hint">${bytes(file.size)}</span>
          ${state === 'stored'
            ? html`<span class="badge COMPLETED">${t('upload.state.stored')}</span>
                <a class="button primary small" href="#/render/${encodeURIComponent(id)}">${t('upload.open')}</a>`
            : nothing}
          ${state === 'waiting' ? html`<span class="badge">${t('upload.state.waiting')}</span>` : nothing}
          ${state === 'refused' || state === 'stored'
            ? html`<button class="plain small" @click=${() => this.#remove(upload)}>${t('close')}</button>`
            : nothing}
        </div>
        ${state === 'sending'
          ? html`<progress max="1" .value=${share} aria-label=${t('upload.progress', { name: file.name })}></progress>
              <p class="hint">${share < 1 ? percent(share * 100) : t('upload.checking')}</p>`
          : nothing}
        ${state === 'exists'
          ? html`<p role="alert">${t('upload.exists', { id })}</p>
              <div class="actions"><button class="primary small" @click=${() => this.#again(upload)}>${t('upload.replace')}</button>
              <button class="small" @click=${() => this.#remove(upload)}>${t('cancel')}</button></div>`
          : nothing}
        ${problem ? html`<rf-problem .problem=${problem}></rf-problem>` : nothing}
      </li>`;
  }
}

customElements.define('rf-upload', Upload);
