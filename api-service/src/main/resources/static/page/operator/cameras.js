import { html, PageElement } from '../element.js';
import { t } from '../i18n.js';
import { fetchApi } from '../session.js';
import { follow } from '../stream.js';
import { queryOf, time } from './text.js';

const MOST = 200;
const LONGEST_RESULT = 400;

/** The results of the events of cameras, as they come. */
class Cameras extends PageElement {
  static properties = { events: { state: true }, cameras: { state: true }, live: { state: true } };

  #end;

  constructor() {
    super();
    this.events = [];
    this.cameras = '';
    this.live = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end.abort();
  }

  watch() {
    this.#end?.abort();
    this.#end = new AbortController();
    this.live = false;
    follow(`/events/stream${queryOf({ cameraId: this.cameras })}`, {
      fetchApi,
      onEvent: ({ event, data }) => {
        if (event === 'result') {
          this.add(JSON.parse(data));
        }
      },
      poll: async () => false,
      onLive: (live) => {
        this.live = live;
      },
      signal: this.#end.signal,
    });
  }

  add(event) {
    if (!this.events.some((known) => known.eventId === event.eventId)) {
      this.events = [event, ...this.events].slice(0, MOST);
    }
  }

  choose(event) {
    event.preventDefault();
    this.cameras = new FormData(event.target).get('cameras').split(',').map((id) => id.trim()).filter(Boolean).join(',');
    this.events = [];
    this.watch();
  }

  render() {
    return html`
      <form class="panel op-filters" @submit=${this.choose} role="search" aria-label=${t('operator.cameras.filter')}>
        <label class="field">${t('operator.cameras.ids')}
          <input name="cameras" placeholder="camera-1, camera-2" autocomplete="off"></label>
        <div class="actions"><button class="primary" type="submit">${t('operator.apply')}</button></div>
      </form>
      <section class="panel">
        <div class="op-row"><h2>${t('operator.cameras.results')}</h2>
          <span class="badge ${this.live ? 'COMPLETED' : ''}">${t(this.live ? 'operator.live' : 'operator.connecting')}</span></div>
        ${this.events.length === 0 ? html`<p class="hint">${t('operator.cameras.none')}</p>` : ''}
        <ol class="op-feed" aria-live="polite">${this.events.map((event) => html`
          <li><span class="badge ${event.status}">${t(`operator.status.${event.status}`)}</span>
            <strong>${event.source?.cameraId ?? t('operator.cameras.noCamera')}</strong>
            <span class="hint">${time(event.finishedAt)} · ${event.userId} ·
              <a href=${`#/jobs/${event.jobId}`}>${t('operator.job')} ${event.jobId.slice(0, 8)}</a></span>
            <code>${resultOf(event)}</code></li>`)}</ol>
      </section>`;
  }
}

/** The answers of the tasks of an event, or its error, in one line. */
function resultOf(event) {
  const shown = event.error?.message ?? event.result?.tasks?.map((task) => task.output ?? task.error) ?? event.result ?? '';
  const text = typeof shown === 'string' ? shown : JSON.stringify(shown);
  return text.length > LONGEST_RESULT ? `${text.slice(0, LONGEST_RESULT)}…` : text;
}

customElements.define('rf-op-cameras', Cameras);
