import { html, nothing } from '../element.js';
import { t } from '../i18n.js';
import { confirm } from './confirm.js';
import { json, LiveElement } from './live.js';
import { number, total } from './text.js';

const LANES = ['HIGH', 'NORMAL', 'LOW'];

/** The regions with their queues, which can be drained, and the queues of jobs that have no region yet. */
class Regions extends LiveElement {
  async read() {
    const [regions, queues] = await Promise.all([json('/admin/regions'), json('/admin/queues')]);
    return { regions: regions.items, queues };
  }

  render() {
    if (!this.data) {
      return this.problem ? this.problems() : html`<p class="hint">${t('operator.loading')}</p>`;
    }
    const { regions, queues } = this.data;
    const letters = total(queues.deadLetters.map((queue) =>
      queue.letters == null ? null : { visible: queue.letters, inFlight: 0, delayed: 0 }));
    return html`
      ${this.problems()}
      ${letters?.waiting
        ? html`<p class="op-notice"><a href="#/operator/dead-letters">${t('operator.letters.count', { count: number(letters.waiting) })}</a></p>`
        : nothing}
      <section class="op-grid" aria-label=${t('operator.regions')}>${regions.map((region) => this.region(region))}</section>
      <section class="panel">
        <h2>${t('operator.master')}</h2>
        <p class="hint">${t('operator.master.hint')}</p>
        ${this.depths(byPool(queues.master), 'operator.master')}
      </section>`;
  }

  region(region) {
    const state = !region.reachable ? 'unreachable' : region.drained ? 'drained' : 'open';
    return html`
      <article class="panel" aria-labelledby=${`region-${region.id}`}>
        <div class="op-row">
          <h2 id=${`region-${region.id}`}>${region.id}</h2>
          <span class="badge ${{ open: 'COMPLETED', drained: 'PENDING', unreachable: 'FAILED' }[state]}"
            >${t(`operator.region.${state}`)}</span>
        </div>
        ${region.depth ? this.depths(region.depth, region.id) : html`<p class="hint">${t('operator.region.unreachable.hint')}</p>`}
        <div class="actions">
          ${region.drained
            ? html`<button ?disabled=${this.acting} @click=${() => this.undrain(region.id)}
                aria-label=${`${t('operator.undrain')}: ${region.id}`}>${t('operator.undrain')}</button>`
            : html`<button class="danger" ?disabled=${this.acting} @click=${() => this.drain(region.id)}
                aria-label=${`${t('operator.drain')}: ${region.id}`}>${t('operator.drain')}</button>`}
        </div>
      </article>`;
  }

  /** A row for each pool and lane. */
  depths(pools, name) {
    return html`
      <div class="op-scroll" tabindex="0" role="region" aria-label=${t('operator.depth.of', { name: t(name) })}>
        <table>
          <thead><tr><th scope="col">${t('operator.pool')}</th><th scope="col">${t('operator.lane')}</th>
            <th scope="col" class="number">${t('operator.waiting')}</th>
            <th scope="col" class="number">${t('operator.inFlight')}</th></tr></thead>
          <tbody>${Object.entries(pools).map(([pool, lanes]) => LANES.map((lane, i) => {
            const depth = total([lanes[lane]]);
            return html`<tr>${i === 0 ? html`<th scope="rowgroup" rowspan="3">${pool}</th>` : nothing}
              <td>${t(`operator.lane.${lane}`)}</td>
              <td class="number">${number(depth?.waiting)}</td><td class="number">${number(depth?.inFlight)}</td></tr>`;
          }))}</tbody>
        </table>
      </div>`;
  }

  async drain(id) {
    if (await confirm({
      title: t('operator.drain.title', { region: id }),
      text: t('operator.drain.text'),
      action: t('operator.drain'),
    })) {
      await this.act('POST', `/admin/regions/${id}/drain`, null, () => t('operator.drain.done', { region: id }));
    }
  }

  async undrain(id) {
    await this.act('POST', `/admin/regions/${id}/undrain`, null, () => t('operator.undrain.done', { region: id }));
  }
}

/** The depths of queues by pool and lane, as a region has them. */
function byPool(queues) {
  const pools = {};
  for (const { pool, lane, depth } of queues) {
    (pools[pool] ??= {})[lane] = depth;
  }
  return pools;
}

customElements.define('rf-op-regions', Regions);
