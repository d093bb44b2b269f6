import { repeat } from 'lit/directives/repeat.js';
import { announce, html, nothing, PageElement } from '../element.js';
import { allJobEvents, jobDetails, jobs } from '../api.js';
import { age, moment } from '../format.js';
import { t } from '../i18n.js';
import { fetchApi } from '../session.js';
import { follow } from '../stream.js';
import '../problem.js';
import { badge, bar, isOver, reason, titleOf } from './status.js';
import { mergedJobs } from './merge.js';

const STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED'];
const TYPING = 350;
const TICK = 15_000;

/** The jobs of the user, newest first, as they change. Two finished pictures can be chosen and compared. */
class Jobs extends PageElement {
  static properties = {
    query: { attribute: false },
    items: { state: true },
    next: { state: true },
    chosen: { state: true },
    problem: { state: true },
    busy: { state: true },
  };

  #followed;
  #request;
  #typing;
  #ticks;

  constructor() {
    super();
    this.query = new URLSearchParams();
    this.items = null;
    this.next = null;
    this.chosen = [];
    this.problem = null;
    this.busy = false;
  }

  get filters() {
    return Object.fromEntries(['status', 'designId', 'label'].map((name) => [name, this.query.get(name) ?? '']));
  }

  connectedCallback() {
    super.connectedCallback();
    this.#followed = new AbortController();
    this.#ticks = setInterval(() => this.requestUpdate(), TICK);
    follow(allJobEvents(), {
      fetchApi,
      signal: this.#followed.signal,
      onEvent: ({ data }) => this.#changed(JSON.parse(data)),
      poll: () => this.#read(null),
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#followed.abort();
    this.#request?.abort();
    clearInterval(this.#ticks);
    clearTimeout(this.#typing);
  }

  willUpdate(changed) {
    if (changed.has('query')) {
      this.items = null;
      this.chosen = [];
      this.#read(null);
    }
  }

  async #read(cursor) {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    this.busy = true;
    try {
      const page = await jobs({ ...this.filters, cursor, signal: request.signal });
      this.items = cursor ? mergedJobs(this.items, page.items) : page.items;
      this.next = page.next ?? null;
      this.problem = null;
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

  /** A job has changed. A job that the list does not have may be new, or not meet the filters, which the service knows. */
  async #changed(state) {
    const known = this.items?.find(({ jobId }) => jobId === state.jobId);
    if (!known) {
      if (this.items && !isOver(state)) {
        await this.#read(null);
      }
      return;
    }
    if (isOver(state) && !isOver(known)) {
      announce(`${titleOf(known)}: ${t(`status.${state.status}`)}`);
    }
    this.#replace({ ...known, ...state, waiting: state.status === 'PENDING' ? known.waiting : undefined });
    if (known.status !== state.status || known.region !== state.region) {
      try {
        this.#replace(await jobDetails(state.jobId));
      } catch {
        // The next event, or the next page, has it.
      }
    }
  }

  #replace(job) {
    this.items = this.items.map((item) => (item.jobId === job.jobId ? job : item));
  }

  #filter(name, value) {
    const query = new URLSearchParams(Object.entries({ ...this.filters, [name]: value }).filter(([, text]) => text));
    // The address has the filters, so that it can be shared; this is no step of its own in the history.
    history.replaceState(null, '', query.size ? `#/jobs?${query}` : '#/jobs');
    this.query = query;
  }

  #typed(name) {
    return (event) => {
      clearTimeout(this.#typing);
      const text = event.target.value.trim();
      this.#typing = setTimeout(() => this.#filter(name, text), TYPING);
    };
  }

  #choose(jobId, chosen) {
    // The third replaces the first.
    this.chosen = chosen ? [...this.chosen, jobId].slice(-2) : this.chosen.filter((id) => id !== jobId);
  }

  render() {
    const filtered = this.query.size > 0;
    return html`
      <div class="page">
        <div class="page-head">
          <h1>${t('nav.jobs')}</h1>
          <div class="actions">
            ${this.chosen.length === 2
              ? html`<a class="button primary" href="#/compare/${this.chosen[0]}/${this.chosen[1]}">${t('jobs.compare')}</a>`
              : html`<span class="hint">${t(this.chosen.length ? 'jobs.compare.one' : 'jobs.compare.hint')}</span>`}
          </div>
        </div>
        ${this.filterFields()}
        ${this.problem ? html`<rf-problem .problem=${this.problem}></rf-problem>` : nothing}
        ${this.items === null ? html`<p role="status">${this.problem ? nothing : t('loading')}</p>`
          : this.items.length ? this.table()
          : filtered ? html`<p class="panel">${t('jobs.none.found')}</p>`
          : html`<div class="panel empty"><p>${t('jobs.none')}</p><a class="button primary" href="#/designs">${t('jobs.first')}</a></div>`}
        ${this.next ? html`<p class="more"><button ?disabled=${this.busy} @click=${() => this.#read(this.next)}>${t('more')}</button></p>` : nothing}
      </div>`;
  }

  filterFields() {
    const { status, designId, label } = this.filters;
    return html`
      <form class="filters" role="search" aria-label=${t('jobs.filters')} @submit=${(e) => e.preventDefault()}>
        <label class="field">${t('job.status')}
          <select @change=${(e) => this.#filter('status', e.target.value)}>
            <option value="" .selected=${!status}>${t('jobs.all')}</option>
            ${STATUSES.map((one) => html`<option value=${one} .selected=${status === one}>${t(`status.${one}`)}</option>`)}
          </select></label>
        <label class="field">${t('job.design')}
          <input type="search" maxlength="128" .value=${designId} @input=${this.#typed('designId')}></label>
        <label class="field">${t('jobs.label')}
          <input type="search" maxlength="97" .value=${label} placeholder="project:kitchen" @input=${this.#typed('label')}></label>
      </form>`;
  }

  table() {
    return html`
      <div class="table-frame">
        <table class="jobs" aria-label=${t('nav.jobs')}>
          <thead><tr>
            <th scope="col"><span class="unseen">${t('jobs.select')}</span></th>
            <th scope="col">${t('job.title')}</th><th scope="col">${t('job.status')}</th>
            <th scope="col">${t('job.region')}</th><th scope="col">${t('jobs.age')}</th>
          </tr></thead>
          <tbody>${repeat(this.items, (job) => job.jobId, (job) => this.row(job))}</tbody>
        </table>
      </div>`;
  }

  row(job) {
    const title = titleOf(job);
    return html`
      <tr>
        <td class="pick">${job.status === 'COMPLETED' && job.type === 'render'
          ? html`<input type="checkbox" aria-label=${t('jobs.pick', { name: title })} .checked=${this.chosen.includes(job.jobId)}
              @change=${(e) => this.#choose(job.jobId, e.target.checked)}>` : nothing}</td>
        <td class="what"><a href="#/jobs/${job.jobId}">${title}</a>
          ${job.name && job.designId ? html`<span class="hint">${job.designId}</span>` : nothing}
          ${Object.entries(job.labels ?? {}).map(([key, value]) => html`<span class="badge plain">${key}: ${value}</span>`)}</td>
        <td class="state">${badge(job)} ${job.status === 'PROCESSING' ? bar(job) : nothing} ${reason(job)}
          ${job.error ? html`<span class="hint" lang="en">${job.error.message}</span>` : nothing}</td>
        <td>${job.region ?? '–'}</td>
        <td><time datetime=${job.createdAt} title=${moment(job.createdAt)}>${age(job.createdAt)}</time></td>
      </tr>`;
  }
}

customElements.define('rf-jobs', Jobs);
