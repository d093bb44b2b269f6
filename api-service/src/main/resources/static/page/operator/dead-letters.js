import { html, nothing } from '../element.js';
import { t } from '../i18n.js';
import { regions } from '../session.js';
import { confirm } from './confirm.js';
import { json, LiveElement } from './live.js';
import { duration, number, queryOf } from './text.js';

const CAUSES = ['worker-crash-loop', 'routing-failed', 'obsolete', 'unreadable-job', 'unreadable', 'unknown-job'];

/** The messages that SQS gave up on. A listing hides them for a moment, so that they are read only when asked for. */
class DeadLetters extends LiveElement {
  static properties = { filter: { state: true }, outcome: { state: true } };

  period = 0;

  constructor() {
    super();
    this.filter = {};
    this.outcome = null;
  }

  read() {
    return json(`/admin/dead-letters${queryOf({ ...this.filter, limit: 200 })}`);
  }

  render() {
    const items = this.data?.items ?? [];
    return html`
      <form class="panel op-filters" @submit=${this.apply} role="search" aria-label=${t('operator.letters.filter')}>
        <label class="field">${t('operator.cause')}
          <select name="cause"><option value="">${t('operator.all')}</option>
            ${CAUSES.map((cause) => html`<option value=${cause}>${t(`operator.cause.${cause}`)}</option>`)}</select></label>
        <label class="field">${t('operator.region')}
          <select name="region"><option value="">${t('operator.all')}</option>
            ${regions().map((region) => html`<option>${region}</option>`)}</select></label>
        <label class="field">${t('operator.user')}<input name="userId" maxlength="128" autocomplete="off"></label>
        <div class="actions"><button class="primary" type="submit">${t('operator.letters.list')}</button></div>
      </form>
      ${this.problems()}
      ${this.outcome ? html`<p class="op-notice" role="status">${this.outcome}</p>` : nothing}
      ${this.data && items.length === 0 ? html`<p class="hint">${t('operator.letters.none')}</p>` : nothing}
      ${items.length > 0
        ? html`${this.bulk()}
            <div class="op-scroll panel" tabindex="0" role="region" aria-label=${t('operator.letters')}>
              <table>
                <thead><tr><th scope="col">${t('operator.job')}</th><th scope="col">${t('operator.cause')}</th>
                  <th scope="col">${t('operator.queue')}</th><th scope="col">${t('operator.user')}</th>
                  <th scope="col">${t('operator.age')}</th>
                  <th scope="col"><span class="unseen">${t('operator.actions')}</span></th></tr></thead>
                <tbody>${items.map((letter) => this.row(letter))}</tbody>
              </table>
            </div>`
        : nothing}`;
  }

  bulk() {
    return Object.keys(this.filter).length > 0
      ? html`<div class="actions"><button class="danger" ?disabled=${this.acting}
          @click=${() => this.redrive(this.filter, t('operator.redrive.matching'))}>${t('operator.redrive.matching')}</button></div>`
      : html`<p class="hint">${t('operator.redrive.filter')}</p>`;
  }

  row(letter) {
    const name = letter.jobId?.slice(0, 8) ?? letter.messageId.slice(0, 8);
    return html`
      <tr>
        <th scope="row">${letter.jobId
          ? html`<a href=${`#/jobs/${letter.jobId}`} title=${letter.jobId}>${name}</a>` : html`<code>${name}</code>`}</th>
        <td>${t(`operator.cause.${letter.cause}`)}${letter.body ? html`<br><code class="hint">${letter.body.slice(0, 80)}</code>` : nothing}</td>
        <td class="mono">${letter.queue}<br><span class="hint">${letter.region ?? t('operator.master')}</span></td>
        <td>${letter.userId ?? '–'}</td>
        <td>${duration(letter.ageSeconds)}</td>
        <td><button class="small" ?disabled=${this.acting} aria-label=${`${t('operator.redrive')}: ${name}`}
          @click=${() => this.redrive({ messageId: letter.messageId }, t('operator.redrive'))}>${t('operator.redrive')}</button></td>
      </tr>`;
  }

  apply(event) {
    event.preventDefault();
    this.outcome = null;
    this.filter = Object.fromEntries([...new FormData(event.target)]
      .map(([name, value]) => [name, value.trim()])
      .filter(([, value]) => value !== ''));
    this.refresh();
  }

  async redrive(filter, action) {
    if (!(await confirm({ title: action, text: t('operator.redrive.text'), action: t('operator.redrive') }))) {
      return;
    }
    this.outcome = null;
    const answer = await this.act('POST', '/admin/dead-letters/redrive', { ...filter, limit: 1000 }, said);
    this.outcome = answer ? said(answer) : null;
  }
}

/** What a redrive did. */
function said(answer) {
  const counts = Object.fromEntries(['redriven', 'obsolete', 'kept', 'failed'].map((name) => [name, number(answer[name])]));
  return t('operator.redrive.done', counts) + (answer.unfinished.length > 0 ? ` ${t('operator.redrive.unfinished')}` : '');
}

customElements.define('rf-op-letters', DeadLetters);
