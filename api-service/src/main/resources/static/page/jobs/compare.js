import { html, nothing, PageElement } from '../element.js';
import { jobDetails } from '../api.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import '../problem.js';
import { titleOf } from './status.js';

/** Two pictures on top of each other; a slider moves the line between them. */
class Compare extends PageElement {
  static properties = {
    first: { attribute: false },
    second: { attribute: false },
    jobs: { state: true },
    at: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    this.jobs = null;
    this.at = 50;
    this.problem = null;
  }

  willUpdate(changed) {
    if (changed.has('first') || changed.has('second')) {
      this.#read();
    }
  }

  async #read() {
    this.jobs = null;
    this.problem = null;
    try {
      const jobs = await Promise.all([this.first, this.second].map(jobDetails));
      const missing = jobs.find((job) => !job.resultUrl);
      if (missing) {
        this.problem = { title: t('compare.missing', { name: titleOf(missing) }) };
      } else {
        this.jobs = jobs;
      }
    } catch (e) {
      this.problem = e;
    }
  }

  render() {
    return html`
      <div class="page">
        <div class="page-head"><div>
          <a class="crumb" href="#/jobs">← ${t('nav.jobs')}</a>
          <h1>${t('compare.heading')}</h1>
        </div></div>
        ${this.problem ? html`<rf-problem .problem=${this.problem}></rf-problem>` : nothing}
        ${this.jobs ? this.pictures() : this.problem ? nothing : html`<p role="status">${t('loading')}</p>`}
      </div>`;
  }

  pictures() {
    const [left, right] = this.jobs;
    return html`
      <div class="compare" .style=${`--aspect: ${left.output.width / left.output.height}; --at: ${this.at}%`}>
        <img src=${left.resultUrl} alt=${t('picture.result', { name: titleOf(left) })}>
        <img class="upper" src=${right.resultUrl} alt=${t('picture.result', { name: titleOf(right) })}>
        <span class="line" aria-hidden="true"></span>
        <input type="range" min="0" max="100" step="0.5" .value=${String(this.at)} aria-label=${t('compare.slider')}
          @input=${(e) => (this.at = e.target.valueAsNumber)}>
      </div>
      <div class="compare-names">${this.name(left)} ${this.name(right)}</div>`;
  }

  name(job) {
    const { width, height, samplesPerPixel } = job.output;
    return html`<p><a href="#/jobs/${job.jobId}">${titleOf(job)}</a><br>
      <span class="hint">${t('compare.facts', { width, height, samples: number(samplesPerPixel) })}</span></p>`;
  }
}

customElements.define('rf-compare', Compare);
