import { html, nothing } from '../element.js';
import { t } from '../i18n.js';
import { regions } from '../session.js';
import { confirm } from './confirm.js';
import { json, LiveElement } from './live.js';
import { age, queryOf, time } from './text.js';

const STATUSES = ['PENDING', 'PROCESSING', 'FAILED', 'COMPLETED', 'CANCELLED'];
const OPEN = ['PENDING', 'PROCESSING'];
const FILTERS = ['status', 'type', 'region', 'userId', 'label', 'olderThan'];

/** The jobs of all users, those that wait longest first. The filters are in the address. */
class Jobs extends LiveElement {
  static properties = { query: { attribute: false }, more: { state: true } };

  constructor() {
    super();
    this.more = [];
  }

  willUpdate(changed) {
    if (changed.has('query') && this.hasUpdated) {
      this.more = [];
      this.data = null;
      this.refresh();
    }
  }

  filters() {
    return Object.fromEntries(FILTERS.map((name) => [name, this.query?.get(name) ?? '']));
  }

  read() {
    return json(`/admin/jobs${queryOf({ ...this.filters(), limit: 50 })}`);
  }

  async readMore() {
    const next = this.more.at(-1)?.next ?? this.data.next;
    try {
      this.more = [...this.more, await json(`/admin/jobs${queryOf({ ...this.filters(), limit: 50, cursor: next })}`)];
    } catch (e) {
      this.refused = e;
    }
  }

  render() {
    const pages = this.data ? [this.data, ...this.more] : [];
    const jobs = [...new Map(pages.flatMap((page) => page.items).map((job) => [job.jobId, job])).values()];
    return html`
      ${this.form()} ${this.problems()}
      ${this.data && jobs.length === 0 ? html`<p class="hint">${t('operator.jobs.none')}</p>` : nothing}
      ${!this.data && !this.problem ? html`<p class="hint">${t('operator.loading')}</p>` : nothing}
      ${jobs.length > 0 ? this.table(jobs) : nothing}
      ${pages.at(-1)?.next
        ? html`<div class="actions"><button @click=${this.readMore}>${t('operator.more')}</button></div>` : nothing}`;
  }

  form() {
    const given = this.filters();
    return html`
      <form class="panel op-filters" @submit=${this.apply} role="search" aria-label=${t('operator.jobs.filter')}>
        <label class="field">${t('operator.status')}
          <select name="status"><option value="">${t('operator.jobs.open')}</option>
            ${STATUSES.map((status) => html`<option value=${status} ?selected=${given.status === status}>${t(`operator.status.${status}`)}</option>`)}
          </select></label>
        <label class="field">${t('operator.region')}
          <select name="region"><option value="">${t('operator.all')}</option>
            ${regions().map((region) => html`<option ?selected=${given.region === region}>${region}</option>`)}
          </select></label>
        <label class="field">${t('operator.type')}<input name="type" maxlength="64" .value=${given.type} autocomplete="off"></label>
        <label class="field">${t('operator.user')}<input name="userId" maxlength="128" .value=${given.userId} autocomplete="off"></label>
        <label class="field">${t('operator.label')}<input name="label" maxlength="97" .value=${given.label} autocomplete="off"
          placeholder=${t('operator.label.hint')}></label>
        <label class="field">${t('operator.olderThan')}
          <select name="olderThan">${['', 'PT1M', 'PT10M', 'PT1H', 'P1D'].map((value) =>
            html`<option value=${value} ?selected=${given.olderThan === value}>${t(`operator.olderThan.${value || 'any'}`)}</option>`)}
          </select></label>
        <div class="actions"><button class="primary" type="submit">${t('operator.apply')}</button></div>
      </form>`;
  }

  apply(event) {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()]));
    location.hash = `#/operator/jobs${queryOf(given)}`;
    this.refresh();
  }

  table(jobs) {
    return html`
      <div class="op-scroll panel" tabindex="0" role="region" aria-label=${t('operator.jobs')}>
        <table>
          <thead><tr><th scope="col">${t('operator.job')}</th><th scope="col">${t('operator.status')}</th>
            <th scope="col">${t('operator.user')}</th><th scope="col">${t('operator.type')}</th>
            <th scope="col">${t('operator.where')}</th><th scope="col">${t('operator.age')}</th>
            <th scope="col"><span class="unseen">${t('operator.actions')}</span></th></tr></thead>
          <tbody>${jobs.map((job) => this.row(job))}</tbody>
        </table>
      </div>`;
  }

  row(job) {
    const name = job.name ?? job.jobId.slice(0, 8);
    return html`
      <tr>
        <th scope="row"><a href=${`#/jobs/${job.jobId}`} title=${job.jobId}>${name}</a></th>
        <td><span class="badge ${job.status}">${t(`operator.status.${job.status}`)}</span>
          ${job.status === 'PROCESSING' ? html` ${job.progress ?? 0} %` : nothing}</td>
        <td>${job.userId}</td>
        <td>${job.type}</td>
        <td>${job.region ?? '–'}${job.worker ? html`<br><span class="hint mono">${job.worker}</span>` : nothing}
          ${job.waiting ? html`<br><span class="hint">${job.waiting.detail}</span>` : nothing}</td>
        <td title=${time(job.createdAt)}>${age(job.createdAt)}</td>
        <td>${OPEN.includes(job.status)
          ? html`<button class="small danger" ?disabled=${this.acting} @click=${() => this.cancel(job, name)}
              aria-label=${t('operator.job.cancel.of', { name })}>${t('operator.job.cancel')}</button>`
          : nothing}</td>
      </tr>`;
  }

  async cancel(job, name) {
    if (await confirm({
      title: t('operator.job.cancel.of', { name }),
      text: t('operator.job.cancel.text', { user: job.userId }),
      action: t('operator.job.cancel'),
    })) {
      await this.act('POST', `/jobs/${job.jobId}/cancel`, null, () => t('operator.job.cancel.done', { name }));
    }
  }
}

customElements.define('rf-op-jobs', Jobs);
