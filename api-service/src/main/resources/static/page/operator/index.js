import { html, nothing, PageElement } from '../element.js';
import { addMessages, t } from '../i18n.js';
import { isOperator } from '../session.js';
import '../problem.js';
import en from './messages/en.js';
import zh from './messages/zh.js';

addMessages({ en, zh });

const VIEWS = [
  { path: '', title: 'operator.regions', load: () => import('./regions.js'), render: () => html`<rf-op-regions></rf-op-regions>` },
  { path: '/jobs', title: 'operator.jobs', load: () => import('./jobs.js'), render: (query) => html`<rf-op-jobs .query=${query}></rf-op-jobs>` },
  { path: '/dead-letters', title: 'operator.letters', load: () => import('./dead-letters.js'), render: () => html`<rf-op-letters></rf-op-letters>` },
  { path: '/keys', title: 'operator.keys', load: () => import('./keys.js'), render: () => html`<rf-op-keys></rf-op-keys>` },
  { path: '/alerts', title: 'operator.alerts', load: () => import('./alerts.js'), render: () => html`<rf-op-alerts></rf-op-alerts>` },
  { path: '/cameras', title: 'operator.cameras', load: () => import('./cameras.js'), render: () => html`<rf-op-cameras></rf-op-cameras>` },
];

/** What only operators see: a view for each task, and the navigation between them. */
class Operator extends PageElement {
  static properties = { path: {}, query: { attribute: false }, loaded: { state: true }, problem: { state: true } };

  willUpdate(changed) {
    if (changed.has('path')) {
      this.open();
    }
  }

  view() {
    return VIEWS.find((view) => view.path === this.path) ?? VIEWS[0];
  }

  async open() {
    const view = this.view();
    this.problem = null;
    try {
      await view.load();
      this.loaded = view;
    } catch (e) {
      this.problem = { title: t('problem.view'), detail: e.message };
    }
  }

  render() {
    if (!isOperator()) {
      return html`<rf-problem .problem=${{ title: t('operator.only'), detail: t('operator.only.detail') }}></rf-problem>`;
    }
    const view = this.view();
    return html`
      <div class="page">
        <div class="page-head">
          <h1>${t(view.title)}</h1>
          <nav class="op-views" aria-label=${t('operator.navigation')}>
            ${VIEWS.map((other) => html`<a href=${`#/operator${other.path}`}
                aria-current=${other === view ? 'page' : nothing}>${t(other.title)}</a>`)}
          </nav>
        </div>
        ${this.problem ? html`<rf-problem .problem=${this.problem}></rf-problem>` : nothing}
        ${this.loaded === view ? view.render(this.query) : nothing}
      </div>`;
  }
}

customElements.define('rf-operator', Operator);
