import { html, nothing, PageElement } from '../element.js';
import { t } from '../i18n.js';
import { faultOf } from './camera.js';

const POINTS = ['position', 'target', 'up'];

/** The numbers of a camera, to be read and changed. Fires `rf-camera` with a camera that defines a view. */
class CameraFields extends PageElement {
  static properties = { camera: { attribute: false }, fault: { state: true } };

  constructor() {
    super();
    this.camera = null;
    this.fault = null;
  }

  #change(edit) {
    const camera = structuredClone(this.camera);
    edit(camera);
    this.fault = faultOf(camera);
    if (!this.fault) {
      this.dispatchEvent(new CustomEvent('rf-camera', { detail: camera }));
    }
  }

  #fov(event) {
    const fov = event.target.valueAsNumber;
    if (fov >= 1 && fov <= 179) {
      this.#change((camera) => (camera.fov = fov));
    }
  }

  render() {
    if (!this.camera) {
      return nothing;
    }
    return html`
      <div class="field"><span aria-hidden="true">${t('camera.fov')}</span>
        <div class="fov">
          <input type="range" min="10" max="120" step="1" .value=${String(this.camera.fov)} aria-label=${t('camera.fov')} @input=${this.#fov}>
          <input type="number" min="1" max="179" step="any" .value=${String(this.camera.fov)} aria-label=${t('camera.fov')} @change=${this.#fov}>
        </div></div>
      <details>
        <summary>${t('camera.numbers')}</summary>
        <div class="vectors">${POINTS.map((point) => this.vector(point))}</div>
        ${this.fault ? html`<p class="wrong" role="alert">${t(`camera.fault.${this.fault}`)}</p>` : nothing}
      </details>`;
  }

  vector(point) {
    return html`
      <fieldset>
        <legend>${t(`camera.${point}`)}</legend>
        <div class="vector">${['x', 'y', 'z'].map((axis) => html`
          <label><span aria-hidden="true">${axis}</span>
            <input type="number" step="any" required aria-label=${`${t(`camera.${point}`)} ${axis}`}
              .value=${String(this.camera[point][axis])}
              @change=${(e) => this.#change((camera) => (camera[point][axis] = e.target.valueAsNumber))}></label>`)}</div>
      </fieldset>`;
  }
}

customElements.define('rf-camera-fields', CameraFields);
