import { announce, html, nothing, PageElement } from '../element.js';
import { cancelJob, jobDetails, jobEvents, retryJob } from '../api.js';
import { t } from '../i18n.js';
import { fetchApi } from '../session.js';
import { follow } from '../stream.js';
import '../problem.js';
import { facts, history } from './facts.js';
import { badge, bar, isOver, titleOf } from './status.js';
import './picture.js';

/** The least time in milliseconds between two looks for a preview. */
const PREVIEWS = 1500;

/** A job: its status as it changes, its picture, and what can be done with it. */
class Job extends PageElement {
  static properties = {
    jobId: { attribute: false },
    job: { state: true },
    live: { state: true },
    problem: { state: true },
    busy: { state: true },
  };

  #followed = null;
  #readAt = 0;

  constructor() {
    super();
    this.#reset();
  }

  #reset() {
    this.job = null;
    this.live = false;
    this.problem = null;
    this.busy = false;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#followed?.abort();
  }

  willUpdate(changed) {
    if (changed.has('jobId')) {
      this.#reset();
      this.#begin();
    }
  }

  async #begin() {
    this.#followed?.abort();
    const followed = new AbortController();
    this.#followed = followed;
    try {
      await this.#read();
    } catch (e) {
      this.problem = e;
      return;
    }
    if (!isOver(this.job) && !followed.signal.aborted) {
      this.#follow(followed.signal);
    }
  }

  async #follow(signal) {
    await follow(jobEvents(this.jobId), {
      fetchApi,
      signal,
      onLive: (live) => (this.live = live),
      onEvent: (event) => this.#event(event),
      poll: () => this.#read(),
    });
    if (!signal.aborted) {
      await this.#read().catch((e) => (this.problem = e));
    }
  }

  /** Reads the job; true when it is over. */
  async #read() {
    this.#readAt = Date.now();
    const { jobId } = this;
    const job = await jobDetails(jobId);
    if (jobId !== this.jobId) {
      return true;
    }
    if (this.job && this.job.status !== job.status) {
      announce(`${titleOf(job)}: ${t(`status.${job.status}`)}`);
    }
    this.job = job;
    return isOver(job);
  }

  #event({ event, data }) {
    if (event === 'progress') {
      this.job = { ...this.job, ...JSON.parse(data) };
    }
    // The rest of the job, such as a new preview, comes with the job itself.
    if (event !== 'progress' || Date.now() - this.#readAt > PREVIEWS) {
      this.#read().catch(() => {});
    }
    return ['completed', 'failed', 'cancelled'].includes(event);
  }

  async #do(action) {
    this.busy = true;
    this.problem = null;
    try {
      await action(this.jobId);
      await this.#begin();
    } catch (e) {
      this.problem = e;
    } finally {
      this.busy = false;
    }
  }

  render() {
    const { job } = this;
    return html`
      <div class="page">
        <div class="page-head">
          <div>
            <a class="crumb" href="#/jobs">← ${t('nav.jobs')}</a>
            <h1>${job ? titleOf(job) : t('job.title')}</h1>
          </div>
          ${job ? this.actions() : nothing}
        </div>
        ${this.problem ? html`<rf-problem .problem=${this.problem}></rf-problem>` : nothing}
        ${job ? this.content() : this.problem ? nothing : html`<p role="status">${t('loading')}</p>`}
      </div>`;
  }

  actions() {
    const { job, busy } = this;
    const renders = job.type === 'render';
    return html`
      <div class="actions">
        ${job.resultUrl ? html`<a class="button primary" href=${job.resultUrl} download>${t('job.download')}</a>` : nothing}
        ${isOver(job) ? nothing : html`<button class="danger" ?disabled=${busy || job.cancelRequested} @click=${() => this.#do(cancelJob)}>${t('job.cancel')}</button>`}
        ${['FAILED', 'CANCELLED'].includes(job.status) ? html`<button class="primary" ?disabled=${busy} @click=${() => this.#do(retryJob)}>${t('job.retry')}</button>` : nothing}
        ${renders ? html`<a class="button" href="#/render/${encodeURIComponent(job.designId)}?from=${job.jobId}">${t('job.duplicate')}</a>` : nothing}
      </div>`;
  }

  content() {
    const { job } = this;
    return html`
      <div class="job">
        ${job.type === 'render' ? html`<rf-picture .job=${job}></rf-picture>` : nothing}
        <div class="job-side">
          <section class="panel" aria-label=${t('job.status')}>
            <div class="job-status">${badge(job)}
              ${isOver(job) ? nothing : html`<span class="hint">${t(this.live ? 'job.live' : 'job.polled')}</span>`}</div>
            ${bar(job)}
            ${job.waiting ? html`<p>${t(`waiting.${job.waiting.reason}`)}</p><p class="hint" lang="en">${job.waiting.detail}</p>` : nothing}
            ${job.error ? html`<div class="problem"><p class="problem-title">${t('job.failed')}</p>
              <p lang="en">${job.error.message}</p><p class="hint"><code>${job.error.code}</code></p></div>` : nothing}
          </section>
          ${facts(job)} ${history(job)}
        </div>
      </div>`;
  }
}

customElements.define('rf-job', Job);
