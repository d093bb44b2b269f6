import { keyed } from 'lit/directives/keyed.js';
import { html, nothing, PageElement } from '../element.js';
import { config, jobDetails, submit } from '../api.js';
import { bytes, number } from '../format.js';
import { t } from '../i18n.js';
import '../problem.js';
import { DEFAULTS, requestOf, valuesOf } from './request.js';
import './camera-fields.js';
import './commands-panel.js';
import './form.js';
import './viewer.js';

/** Places the camera of a design and submits its render; with `from`, it begins with the values of an earlier job. */
class Render extends PageElement {
  static properties = {
    designId: { attribute: false },
    from: { attribute: false },
    design: { state: true },
    camera: { state: true },
    values: { state: true },
    regions: { state: true },
    problem: { state: true },
    busy: { state: true },
    ready: { state: true },
  };

  constructor() {
    super();
    this.design = null;
    this.camera = null;
    this.values = DEFAULTS;
    this.regions = [];
    this.problem = null;
    this.busy = false;
    this.ready = false;
  }

  willUpdate(changed) {
    if (changed.has('designId') || changed.has('from')) {
      this.#begin();
    }
  }

  async #begin() {
    this.ready = false;
    this.design = null;
    this.camera = null;
    this.problem = null;
    this.values = DEFAULTS;
    this.#readRegions();
    if (this.from) {
      try {
        const job = await jobDetails(this.from);
        this.values = valuesOf(job);
        this.camera = { up: { x: 0, y: 1, z: 0 }, fov: 45, ...job.camera };
      } catch (e) {
        this.problem = e;
      }
    }
    this.ready = true;
  }

  async #readRegions() {
    try {
      this.regions = (await config()).regions ?? [];
    } catch {
      // Without them the job may run in all regions.
    }
  }

  async #submit(event) {
    event.preventDefault();
    this.busy = true;
    this.problem = null;
    try {
      const job = await submit(requestOf(this.designId, this.values, this.camera));
      location.hash = `#/jobs/${job.jobId}`;
    } catch (e) {
      this.problem = e;
    } finally {
      this.busy = false;
    }
  }

  render() {
    const { values } = this;
    return html`
      <div class="page">
        <div class="page-head">
          <div>
            <a class="crumb" href="#/designs">← ${t('nav.designs')}</a>
            <h1>${this.designId}</h1>
          </div>
          ${this.facts()}
        </div>
        ${this.ready ? html`
          <div class="render">
            <div class="render-main">
              ${keyed(`${this.designId} ${this.from}`, html`<rf-viewer .designId=${this.designId} .camera=${this.camera} .aspect=${values.width / values.height}
                .environment=${values.environment}
                @rf-camera=${(e) => (this.camera = e.detail)} @rf-loaded=${(e) => (this.design = e.detail)}></rf-viewer>`)}
              ${this.camera ? html`<rf-commands .request=${requestOf(this.designId, values, this.camera)}></rf-commands>` : nothing}
            </div>
            <form class="panel render-form" @submit=${this.#submit} aria-label=${t('form.title')}>
              <rf-camera-fields .camera=${this.camera} @rf-camera=${(e) => (this.camera = e.detail)}></rf-camera-fields>
              <rf-render-form .values=${values} .regions=${this.regions} .errors=${this.problem?.errors ?? []}
                @rf-values=${(e) => (this.values = e.detail)}></rf-render-form>
              ${this.problem ? html`<rf-problem .problem=${this.problem}></rf-problem>` : nothing}
              <button type="submit" class="primary" ?disabled=${this.busy || !this.camera}>${t('form.submit')}</button>
            </form>
          </div>` : nothing}
      </div>`;
  }

  facts() {
    const { design } = this;
    if (!design) {
      return nothing;
    }
    const size = [0, 1, 2].map((i) => number(design.bounds.max[i] - design.bounds.min[i], { maximumSignificantDigits: 3 }));
    return html`
      <ul class="facts">
        ${design.shared ? html`<li><span class="badge plain">${t('designs.is.shared')}</span></li>` : nothing}
        <li>${t('design.triangles', { n: number(design.triangles) })}</li>
        <li>${t('design.materials', { n: number(design.materials) })}</li>
        <li>${t('design.extent', { x: size[0], y: size[1], z: size[2] })}</li>
        <li>${bytes(design.bytes)}</li>
      </ul>`;
  }
}

customElements.define('rf-render', Render);
