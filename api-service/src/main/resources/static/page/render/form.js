import { html, nothing, PageElement } from '../element.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import { QUALITIES, SIZES } from './request.js';

const MAX_LABELS = 20;
const sizeOf = ({ width, height }) => `${width}x${height}`;

/** The fields of a render. Fires `rf-values` with all values after each change. */
class Form extends PageElement {
  static properties = {
    values: { attribute: false },
    regions: { attribute: false },
    errors: { attribute: false },
  };

  constructor() {
    super();
    this.values = null;
    this.regions = [];
    this.errors = [];
  }

  #set(values) {
    this.dispatchEvent(new CustomEvent('rf-values', { detail: { ...this.values, ...values } }));
  }

  #number(name) {
    return (e) => e.target.validity.valid && this.#set({ [name]: e.target.valueAsNumber });
  }

  #text(name) {
    return (e) => this.#set({ [name]: e.target.value });
  }

  #size(event) {
    const size = SIZES.find((one) => sizeOf(one) === event.target.value);
    if (size) {
      this.#set(size);
    }
  }

  #region(region, chosen) {
    const regions = this.values.regions.filter((other) => other !== region);
    this.#set({ regions: chosen ? [...regions, region] : regions });
  }

  #label(at, change) {
    this.#set({ labels: this.values.labels.map((label, i) => (i === at ? { ...label, ...change } : label)) });
  }

  /** What the service said about a field. */
  error(...fields) {
    const errors = this.errors.filter(({ field }) => fields.some((name) => field === name || field.startsWith(`${name}.`)));
    return errors.length ? html`<span class="wrong" role="alert">${errors.map((e) => e.message).join('; ')}</span>` : nothing;
  }

  render() {
    const { values } = this;
    const preset = SIZES.some((size) => sizeOf(size) === sizeOf(values)) ? sizeOf(values) : '';
    return html`
      <label class="field">${t('form.name')}
        <input maxlength="128" autocomplete="off" .value=${values.name} placeholder=${t('form.name.placeholder')} @input=${this.#text('name')}>
        ${this.error('name')}</label>
      <label class="field">${t('form.size')}
        <select @change=${this.#size}>
          ${SIZES.map((size) => html`<option value=${sizeOf(size)} .selected=${preset === sizeOf(size)}>${size.width} × ${size.height}</option>`)}
          <option value="" .selected=${!preset}>${t('form.size.other')}</option>
        </select></label>
      <div class="pair">
        <label class="field">${t('form.width')}
          <input type="number" min="16" max="4096" required .value=${String(values.width)} @change=${this.#number('width')}>
          ${this.error('output.width')}</label>
        <label class="field">${t('form.height')}
          <input type="number" min="16" max="4096" required .value=${String(values.height)} @change=${this.#number('height')}>
          ${this.error('output.height')}</label>
      </div>
      <fieldset class="choice">
        <legend>${t('form.quality')}</legend>
        ${QUALITIES.map(({ samples, key }) => html`<label><input type="radio" name="quality" .checked=${values.samples === samples}
          @change=${() => this.#set({ samples })}> ${t(`form.quality.${key}`)}</label>`)}
      </fieldset>
      <label class="field">${t('form.samples')}
        <input type="number" min="1" max="4096" required .value=${String(values.samples)} @change=${this.#number('samples')}>
        <span class="hint">${t('form.samples.hint', { rays: number(values.width * values.height * values.samples, { notation: 'compact' }) })}</span>
        ${this.error('output.samplesPerPixel')}</label>
      <div class="pair">
        ${this.choice('format', t('form.format'), [['png', 'PNG'], ['jpeg', 'JPEG']])}
        ${this.choice('priority', t('form.priority'), ['HIGH', 'NORMAL', 'LOW'].map((value) => [value, t(`priority.${value}`)]))}
      </div>
      ${this.choice('environment', t('form.environment'), ['default', 'none'].map((value) => [value, t(`form.environment.${value}`)]))}
      ${this.regionChoice()} ${this.labels()}`;
  }

  choice(name, title, options) {
    return html`
      <label class="field">${title}
        <select @change=${this.#text(name)}>
          ${options.map(([value, text]) => html`<option value=${value} .selected=${this.values[name] === value}>${text}</option>`)}
        </select>${this.error(name)}</label>`;
  }

  regionChoice() {
    const known = [...new Set([...this.regions, ...this.values.regions])];
    if (!known.length) {
      return nothing;
    }
    return html`
      <fieldset class="choice">
        <legend>${t('form.regions')}</legend>
        ${known.map((region) => html`<label><input type="checkbox" .checked=${this.values.regions.includes(region)}
          @change=${(e) => this.#region(region, e.target.checked)}> ${region}</label>`)}
        <span class="hint">${t('form.regions.hint')}</span>${this.error('regions')}
      </fieldset>`;
  }

  labels() {
    const { labels } = this.values;
    return html`
      <fieldset class="labels">
        <legend>${t('form.labels')}</legend>
        ${labels.map(({ key, value }, at) => html`
          <div class="label-row">
            <input aria-label=${t('form.label.key')} placeholder=${t('form.label.key')} maxlength="32" pattern="[A-Za-z0-9._\\-]{1,32}"
              .value=${key} @input=${(e) => this.#label(at, { key: e.target.value })}>
            <input aria-label=${t('form.label.value')} placeholder=${t('form.label.value')} maxlength="64"
              .value=${value} @input=${(e) => this.#label(at, { value: e.target.value })}>
            <button type="button" class="plain small" aria-label=${t('form.label.remove')}
              @click=${() => this.#set({ labels: labels.filter((_, i) => i !== at) })}>✕</button>
          </div>`)}
        <div><button type="button" class="small" ?disabled=${labels.length >= MAX_LABELS}
          @click=${() => this.#set({ labels: [...labels, { key: '', value: '' }] })}>${t('form.label.add')}</button></div>
        ${this.error('labels')}
      </fieldset>`;
  }
}

customElements.define('rf-render-form', Form);
