import { html, nothing, PageElement } from '../element.js';
import { t } from '../i18n.js';
import { isOver, titleOf } from './status.js';

/** The picture of a job: its previews while it runs, which sharpen, and at the end the result. */
class Picture extends PageElement {
  static properties = { job: { attribute: false }, shown: { state: true }, broken: { state: true } };

  constructor() {
    super();
    this.job = null;
    this.shown = null;
    this.broken = false;
  }

  willUpdate(changed) {
    if (!changed.has('job') || !this.job) {
      return;
    }
    const url = this.job.resultUrl ?? this.job.previewUrl ?? null;
    const file = fileOf(url);
    // Each link to a file has another signature, and the picture would flicker if it was loaded again.
    if (file !== this.shown?.file) {
      this.broken = false;
      // The last preview stays until there is something better.
      this.shown = url || !isOver(this.job) ? (url ? { file, url, preview: !this.job.resultUrl } : this.shown) : null;
    }
  }

  render() {
    const { width, height } = this.job.output ?? { width: 16, height: 9 };
    return html`
      <figure class="picture" .style=${`--aspect: ${width / height}`}>
        ${this.shown && !this.broken
          ? html`<img src=${this.shown.url} class=${this.shown.preview ? 'preview' : ''} @error=${() => (this.broken = true)}
              alt=${t(this.shown.preview ? 'picture.preview' : 'picture.result', { name: titleOf(this.job) })}>`
          : html`<p class="stage-note">${t(this.#note())}</p>`}
        ${this.shown?.preview && !this.broken ? html`<figcaption>${t('picture.previewing')}</figcaption>` : nothing}
      </figure>`;
  }

  #note() {
    if (this.broken) {
      return 'picture.broken';
    }
    return isOver(this.job) ? 'picture.none' : this.job.status === 'PENDING' ? 'picture.waiting' : 'picture.soon';
  }
}

function fileOf(url) {
  return url?.split('?')[0] ?? null;
}

customElements.define('rf-picture', Picture);
