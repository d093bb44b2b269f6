import { html, nothing, PageElement } from './element.js';

/** Shows a problem: title, detail, and the fields that are wrong. */
class Problem extends PageElement {
  static properties = { problem: { attribute: false } };

  render() {
    const problem = this.problem;
    if (!problem) {
      return nothing;
    }
    return html`
      <div class="problem" role="alert">
        <p class="problem-title">${problem.title ?? problem.message}</p>
        ${problem.detail ? html`<p>${problem.detail}</p>` : nothing}
        ${problem.errors?.length
          ? html`<ul>${problem.errors.map((e) => html`<li><code>${e.field}</code> ${e.message}</li>`)}</ul>`
          : nothing}
      </div>`;
  }
}

customElements.define('rf-problem', Problem);
