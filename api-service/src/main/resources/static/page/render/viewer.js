import { html, nothing, PageElement } from '../element.js';
import { designContent, designDetails } from '../api.js';
import { t } from '../i18n.js';
import { frame, orbit, pan, rounded, zoom } from './camera.js';
import '../problem.js';

const STEP = 5;
const MOVE = 0.05;
const NEARER = 0.9;

/**
 * The design with the camera of the job: the canvas has the shape of the picture, so that it shows what is rendered. The
 * camera is moved with mouse, fingers or keys. Fires `rf-camera` with each new camera, and `rf-loaded` with the design.
 */
class Viewer extends PageElement {
  static properties = {
    designId: { attribute: false },
    camera: { attribute: false },
    aspect: { attribute: false },
    environment: { attribute: false },
    state: { state: true },
    problem: { state: true },
  };

  #view = null;
  #bounds = null;
  #lights = false;
  #request = new AbortController();
  #resizes;

  constructor() {
    super();
    this.camera = null;
    this.aspect = 16 / 9;
    this.environment = 'default';
    this.state = 'loading';
    this.problem = null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#request.abort();
    this.#resizes?.disconnect();
    this.#view?.dispose();
    this.#view = null;
  }

  firstUpdated() {
    this.#resizes = new ResizeObserver(() => this.#fit());
    this.#resizes.observe(this.querySelector('.stage'));
    this.#load();
  }

  async #load() {
    try {
      const [design, content, { SceneView }] = await Promise.all([
        designDetails(this.designId),
        designContent(this.designId, this.#request.signal),
        import('./scene.js'),
      ]);
      if (!this.isConnected) {
        return;
      }
      this.dispatchEvent(new CustomEvent('rf-loaded', { detail: design }));
      this.#bounds = design.bounds;
      try {
        this.#view = new SceneView(this.querySelector('canvas'), (camera) => this.#moved(camera));
      } catch {
        // The numbers of the camera work without a picture.
        this.state = 'none';
        this.camera ?? this.reframe();
        return;
      }
      const { lights } = await this.#view.load(content, design.bounds);
      if (!this.#view) {
        return;
      }
      this.#lights = lights;
      this.state = 'ready';
      this.#fit();
      this.#light();
      if (this.camera) {
        this.#view.camera = this.camera;
      } else {
        this.reframe();
      }
    } catch (e) {
      if (!this.#request.signal.aborted) {
        this.state = 'failed';
        this.problem = e.title ? e : { title: t('viewer.failed'), detail: String(e.message) };
      }
    }
  }

  updated(changed) {
    if (changed.has('camera') && this.camera && this.#view && this.state === 'ready' && this.camera !== this.sent) {
      this.#view.camera = this.camera;
    }
    if (changed.has('environment')) {
      this.#light();
    }
    if (changed.has('aspect')) {
      this.#fit();
    }
  }

  /** Places the camera so that it shows the whole design. */
  reframe() {
    if (this.#bounds) {
      this.place(frame(this.#bounds, { aspect: this.aspect, fov: this.camera?.fov ?? 45 }));
    }
  }

  /** Uses a camera. */
  place(camera) {
    this.#moved(camera);
    if (this.#view) {
      this.#view.camera = this.camera;
    }
  }

  #moved(camera) {
    this.camera = this.sent = rounded(camera);
    this.dispatchEvent(new CustomEvent('rf-camera', { detail: this.camera }));
  }

  #light() {
    this.#view?.setSky(this.environment === 'default' && !this.#lights);
  }

  #fit() {
    const stage = this.querySelector('.stage');
    if (this.#view && stage.clientWidth) {
      this.#view.resize(stage.clientWidth, stage.clientHeight, this.aspect);
    }
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.camera) {
      return;
    }
    const turn = event.shiftKey ? (x, y) => pan(this.camera, x * MOVE, y * MOVE) : (x, y) => orbit(this.camera, x * STEP, y * STEP);
    const moves = {
      ArrowLeft: () => turn(-1, 0),
      ArrowRight: () => turn(1, 0),
      ArrowUp: () => turn(0, 1),
      ArrowDown: () => turn(0, -1),
      '+': () => zoom(this.camera, NEARER),
      '=': () => zoom(this.camera, NEARER),
      '-': () => zoom(this.camera, 1 / NEARER),
      _: () => zoom(this.camera, 1 / NEARER),
    };
    if (event.key in moves) {
      event.preventDefault();
      this.place(moves[event.key]());
    }
  }

  render() {
    return html`
      <div class="stage ${this.state}" .style=${`--aspect: ${this.aspect}`}>
        <canvas tabindex="0" role="application" aria-label=${t('viewer.label', { id: this.designId })}
          aria-describedby="viewer-help" @keydown=${this.#key}></canvas>
        ${this.state === 'loading' ? html`<p class="stage-note" role="status">${t('viewer.loading')}</p>` : nothing}
        ${this.state === 'none' ? html`<p class="stage-note" role="status">${t('viewer.none')}</p>` : nothing}
        ${this.state === 'failed' ? html`<div class="stage-note"><rf-problem .problem=${this.problem}></rf-problem></div>` : nothing}
      </div>
      <div class="stage-foot">
        <p class="hint" id="viewer-help">${t('viewer.help')}</p>
        <button class="small" ?disabled=${this.state === 'loading' || this.state === 'failed'} @click=${() => this.reframe()}>
          ${t('viewer.reframe')}</button>
      </div>`;
  }
}

customElements.define('rf-viewer', Viewer);
