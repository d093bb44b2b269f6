import { announce, html, nothing, PageElement } from '../element.js';
import { fetchApi } from '../session.js';
import '../problem.js';

/**
 * An element that reads from the API when it is shown, and again every {@link LiveElement#period} milliseconds while the
 * tab is visible. A subclass has `read()`, which resolves to `data`, and renders `data` and `this.problems()`.
 */
export class LiveElement extends PageElement {
  static properties = { data: { state: true }, problem: { state: true }, refused: { state: true }, acting: { state: true } };

  /** The time between two reads in milliseconds; 0 reads once. */
  period = 5000;

  #timer;
  #turn = 0;

  constructor() {
    super();
    this.data = null;
    this.problem = null;
    this.refused = null;
    this.acting = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.refresh();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#turn++;
  }

  /** Reads now. The answer of an earlier read that is still under way is not used. */
  async refresh() {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    try {
      const data = document.hidden && this.data ? this.data : await this.read();
      if (turn !== this.#turn) {
        return;
      }
      this.data = data;
      this.problem = null;
    } catch (e) {
      if (turn !== this.#turn) {
        return;
      }
      this.problem = e;
    }
    if (this.period > 0) {
      this.#timer = setTimeout(() => this.refresh(), this.period);
    }
  }

  /**
   * Calls the API to change something, says what was done, and reads again. A refusal is shown by {@link problems}.
   * @param {string} method
   * @param {string} path
   * @param {object} [body] is sent as JSON
   * @param {(answer: any) => string} done the text that says what was done
   */
  async act(method, path, body, done) {
    this.acting = true;
    this.refused = null;
    try {
      const response = await fetchApi(path, body
        ? { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
        : { method });
      const answer = response.status === 204 ? null : await response.json();
      announce(done(answer));
      await this.refresh();
      return answer;
    } catch (e) {
      this.refused = e;
      return null;
    } finally {
      this.acting = false;
    }
  }

  /** The problems of the last read and of the last change. */
  problems() {
    return [this.refused, this.problem].map((problem) =>
      problem ? html`<rf-problem .problem=${problem}></rf-problem>` : nothing);
  }
}

/** Reads JSON. */
export async function json(path, options) {
  return (await fetchApi(path, { cache: 'no-store', ...options })).json();
}
