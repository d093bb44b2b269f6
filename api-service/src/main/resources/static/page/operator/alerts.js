import { html, nothing } from '../element.js';
import { t } from '../i18n.js';
import { fetchApi } from '../session.js';
import { follow } from '../stream.js';
import { confirm } from './confirm.js';
import { json, LiveElement } from './live.js';
import { time } from './text.js';

const MOST = 100;
const SEVERITIES = ['INFO', 'WARNING', 'CRITICAL'];
const BADGES = { INFO: '', WARNING: 'PENDING', CRITICAL: 'FAILED' };

/** The latest alerts, with new ones as they are raised, and the rules that raise them. */
class Alerts extends LiveElement {
  static properties = { alerts: { state: true }, live: { state: true } };

  #end;

  constructor() {
    super();
    this.alerts = null;
    this.live = false;
    this.period = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#end = new AbortController();
    this.watch(this.#end.signal);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end.abort();
  }

  async read() {
    return (await json('/alerts/rules')).rules;
  }

  async watch(signal) {
    if (!(await this.latest(signal))) {
      return;
    }
    await follow('/alerts/events', {
      fetchApi,
      onEvent: ({ event, data }) => {
        if (event === 'alert') {
          this.add(JSON.parse(data));
        }
      },
      poll: () => this.latest(signal).then(() => false),
      onLive: (live) => {
        this.live = live;
      },
      signal,
    });
  }

  async latest(signal) {
    try {
      this.alerts = (await json(`/alerts?limit=${MOST}`, { signal })).alerts;
      return true;
    } catch (e) {
      if (!signal.aborted) {
        this.problem = e;
      }
      return false;
    }
  }

  add(alert) {
    if (!this.alerts.some((known) => known.id === alert.id)) {
      this.alerts = [alert, ...this.alerts].slice(0, MOST);
    }
  }

  render() {
    return html`
      ${this.problems()}
      <section class="panel">
        <div class="op-row"><h2>${t('operator.alerts.latest')}</h2>
          <span class="badge ${this.live ? 'COMPLETED' : ''}">${t(this.live ? 'operator.live' : 'operator.connecting')}</span></div>
        ${this.alerts?.length === 0 ? html`<p class="hint">${t('operator.alerts.none')}</p>` : nothing}
        <ol class="op-feed" aria-live="polite">${(this.alerts ?? []).map((alert) => html`
          <li><span class="badge ${BADGES[alert.severity]}">${t(`operator.severity.${alert.severity}`)}</span>
            <strong>${alert.message}</strong>
            <span class="hint">${alert.rule} · ${alert.source.cameraId ?? alert.userId} · ${time(alert.at)} ·
              <a href=${`#/jobs/${alert.jobId}`}>${t('operator.job')} ${alert.jobId.slice(0, 8)}</a></span></li>`)}</ol>
      </section>
      <section class="panel">
        <h2>${t('operator.rules')}</h2>
        ${this.data?.length === 0 ? html`<p class="hint">${t('operator.rules.none')}</p>` : nothing}
        ${(this.data ?? []).map((rule) => html`
          <div class="op-rule">
            <div class="op-row"><h3>${rule.name}</h3>
              <span class="badge ${BADGES[rule.severity]}">${t(`operator.severity.${rule.severity}`)}</span>
              ${rule.fixed
                ? html`<span class="hint">${t('operator.rule.fixed')}</span>`
                : html`<button class="small danger" ?disabled=${this.acting} @click=${() => this.remove(rule.name)}
                    aria-label=${`${t('operator.delete')}: ${rule.name}`}>${t('operator.delete')}</button>`}</div>
            <p>${rule.message}</p>
            <code>${rule.when}</code>
          </div>`)}
        ${this.form()}
      </section>`;
  }

  form() {
    return html`
      <form class="op-stacked" @submit=${this.save} aria-label=${t('operator.rule.new')}>
        <h3>${t('operator.rule.new')}</h3>
        <div class="op-filters">
          <label class="field">${t('operator.rule.name')}
            <input name="name" required maxlength="32" pattern="[a-z][a-z0-9\-]*" placeholder="high-risk" autocomplete="off"></label>
          <label class="field">${t('operator.severity')}
            <select name="severity">${SEVERITIES.map((severity) => html`<option value=${severity}
              ?selected=${severity === 'WARNING'}>${t(`operator.severity.${severity}`)}</option>`)}</select></label>
        </div>
        <label class="field">${t('operator.rule.when')}
          <input name="when" required class="mono" autocomplete="off"
            placeholder="result.tasks.exists(t, t.output.risk == 'high')"></label>
        <label class="field">${t('operator.rule.message')}<input name="message" required autocomplete="off"></label>
        <div class="actions"><button class="primary" type="submit" ?disabled=${this.acting}>${t('operator.rule.save')}</button></div>
      </form>`;
  }

  async save(event) {
    event.preventDefault();
    const form = event.target;
    const { name, ...rule } = Object.fromEntries(new FormData(form));
    if (await this.act('PUT', `/alerts/rules/${encodeURIComponent(name)}`, rule, () => t('operator.rule.saved', { name }))) {
      form.reset();
    }
  }

  async remove(name) {
    if (await confirm({
      title: `${t('operator.delete')}: ${name}`,
      text: t('operator.rule.delete.text'),
      action: t('operator.delete'),
    })) {
      await this.act('DELETE', `/alerts/rules/${encodeURIComponent(name)}`, null, () => t('operator.rule.deleted', { name }));
    }
  }
}

customElements.define('rf-op-alerts', Alerts);
