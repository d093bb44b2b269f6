import { html, nothing } from '../element.js';
import { t } from '../i18n.js';
import { confirm } from './confirm.js';
import { json, LiveElement } from './live.js';
import { number, time } from './text.js';

const STATES = { ACTIVE: 'COMPLETED', COOLING: 'PENDING', PROBING: 'PENDING', DRAINING: 'PENDING' };

/** The pools of API keys of models, whose keys can be enabled, disabled, drained and verified. */
class Keys extends LiveElement {
  period = 3000;

  async read() {
    return (await json('/admin/keys')).pools;
  }

  render() {
    return html`
      ${this.problems()}
      ${!this.data && !this.problem ? html`<p class="hint">${t('operator.loading')}</p>` : nothing}
      ${this.data?.length === 0 ? html`<p class="hint">${t('operator.keys.none')}</p>` : nothing}
      ${(this.data ?? []).map((pool) => this.pool(pool))}`;
  }

  pool(pool) {
    return html`
      <section class="panel" aria-labelledby=${`pool-${pool.pool}`}>
        <div class="op-row">
          <h2 id=${`pool-${pool.pool}`}>${pool.pool}</h2>
          <span class="hint">${t('operator.keys.workers', { count: number(pool.workers) })}
            ${pool.regions.length > 0 ? `· ${pool.regions.join(', ')}` : ''}</span>
          <button class="small" ?disabled=${this.acting} aria-label=${`${t('operator.verify.all')}: ${pool.pool}`}
            @click=${() => this.verify(pool.pool)}>${t('operator.verify.all')}</button>
        </div>
        <ul class="op-domains">${pool.domains.map((domain) => html`<li><strong>${domain.domain}</strong>
          ${t('operator.permits', { held: number(domain.held), concurrency: number(domain.concurrency) })}
          ${['rps', 'rpm', 'tpm'].filter((limit) => domain[limit] != null)
            .map((limit) => html` · ${t(`operator.limit.${limit}`, { limit: number(domain[limit]) })}`)}</li>`)}</ul>
        <div class="op-scroll" tabindex="0" role="region" aria-label=${t('operator.keys.of', { pool: pool.pool })}>
          <table>
            <thead><tr><th scope="col">${t('operator.key')}</th><th scope="col">${t('operator.state')}</th>
              <th scope="col">${t('operator.domain')}</th><th scope="col" class="number">${t('operator.inUse')}</th>
              <th scope="col" class="number">${t('operator.calls')}</th><th scope="col" class="number">${t('operator.success')}</th>
              <th scope="col" class="number">${t('operator.latency')}</th>
              <th scope="col"><span class="unseen">${t('operator.actions')}</span></th></tr></thead>
            <tbody>${pool.keys.map((key) => this.key(pool.pool, key))}</tbody>
          </table>
        </div>
      </section>`;
  }

  key(pool, key) {
    const percent = key.successRate == null ? '–' : `${Math.round(key.successRate * 100)} %`;
    return html`
      <tr>
        <th scope="row">${key.id}${key.last4 ? html`<br><span class="hint mono">…${key.last4}</span>` : nothing}</th>
        <td><span class="badge ${STATES[key.state] ?? 'FAILED'}">${t(`operator.state.${key.state}`)}</span>
          ${key.until ? html`<br><span class="hint">${t('operator.until', { time: time(key.until) })}</span>` : nothing}
          ${key.why ? html`<br><span class="hint">${key.why}</span>` : nothing}
          ${this.verification(key.verification)}</td>
        <td>${key.domain}</td>
        <td class="number">${number(key.inUse)}</td><td class="number">${number(key.calls)}</td>
        <td class="number">${percent}</td>
        <td class="number">${key.latencyMs == null ? '–' : `${number(key.latencyMs)} ms`}</td>
        <td><div class="actions">
          ${key.state === 'ACTIVE'
            ? html`${this.button(pool, key, 'drain')} ${this.button(pool, key, 'disable', 'danger')}`
            : this.button(pool, key, 'enable')}
          ${this.button(pool, key, 'verify')}
        </div></td>
      </tr>`;
  }

  verification(verification) {
    if (!verification) {
      return nothing;
    }
    const outcome = verification.at == null ? 'pending' : verification.ok ? 'ok' : 'failed';
    return html`<br><span class="hint">${t(`operator.verification.${outcome}`)}${verification.why ? `: ${verification.why}` : ''}</span>`;
  }

  button(pool, key, action, kind = '') {
    return html`<button class="small ${kind}" ?disabled=${this.acting} aria-label=${`${t(`operator.${action}.key`)}: ${key.id}`}
      @click=${() => this.change(pool, key.id, action)}>${t(`operator.${action}.key`)}</button>`;
  }

  async change(pool, id, action) {
    const stops = action === 'disable' || action === 'drain';
    if (!stops || (await confirm({
      title: `${t(`operator.${action}.key`)}: ${id}`,
      text: t(`operator.${action}.key.text`),
      action: t(`operator.${action}.key`),
    }))) {
      await this.act('POST', `/admin/keys/${encodeURIComponent(pool)}/${encodeURIComponent(id)}/${action}`, null, () =>
        t('operator.key.done', { action: t(`operator.${action}.key`), id }));
    }
  }

  async verify(pool) {
    await this.act('POST', `/admin/keys/${encodeURIComponent(pool)}/verify`, null, () =>
      t('operator.key.done', { action: t('operator.verify.all'), id: pool }));
  }
}

customElements.define('rf-op-keys', Keys);
