import { html, nothing, PageElement } from './element.js';
import { LANGUAGES, language, setLanguage, t } from './i18n.js';
import { routeOf } from './router.js';
import * as session from './session.js';
import { store, stored } from './stored.js';
import './login.js';
import './problem.js';

const THEMES = ['system', 'light', 'dark'];

/** The frame of the page: header with navigation, and the view of the address below it. */
class App extends PageElement {
  static properties = {
    view: { state: true },
    failure: { state: true },
    theme: { state: true },
    settled: { state: true },
  };

  constructor() {
    super();
    this.view = null;
    this.failure = null;
    // Whether it is known who uses the page.
    this.settled = false;
    this.theme = stored('theme') ?? 'system';
    this.first = true;
    this.shown = 0;
  }

  async connectedCallback() {
    super.connectedCallback();
    window.addEventListener('hashchange', () => this.settled && this.show());
    // An open menu closes when something else is clicked, and with Escape.
    document.addEventListener('click', (event) => this.closeMenus(event.target));
    document.addEventListener('keydown', (event) => event.key === 'Escape' && this.closeMenus(null));
    window.addEventListener(session.SESSION_CHANGED, () => this.requestUpdate());
    try {
      await session.start();
    } catch (e) {
      this.failure = e;
    }
    this.settled = true;
    if (!this.failure) {
      await this.show();
    }
  }

  async show() {
    const route = routeOf(location.hash);
    const turn = ++this.shown;
    try {
      await route.load();
    } catch (e) {
      if (turn === this.shown) {
        this.failure = { title: t('problem.view'), detail: String(e.message) };
      }
      return;
    }
    if (turn !== this.shown) {
      return;
    }
    this.failure = null;
    this.view = { ...route, key: location.hash };
    document.title = `${t(route.title)} · Renderfleet`;
    await this.updateComplete;
    if (!this.first) {
      window.scrollTo(0, 0);
      this.querySelector('main').focus({ preventScroll: true });
    }
    this.first = false;
  }

  closeMenus(target) {
    for (const menu of this.querySelectorAll('details.menu[open]')) {
      if (!menu.contains(target)) {
        menu.open = false;
      }
    }
  }

  chooseTheme(theme) {
    this.theme = theme;
    store('theme', theme === 'system' ? null : theme);
    if (theme === 'system') {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = theme;
    }
    window.dispatchEvent(new Event('rf-theme'));
  }

  chooseLanguage(code) {
    setLanguage(code);
    if (this.view) {
      document.title = `${t(this.view.title)} · Renderfleet`;
    }
  }

  render() {
    return html`
      <a class="skip" href="#main" @click=${this.skip}>${t('app.skip')}</a>
      <header class="top">
        <a class="brand" href="#/designs"><img src="/page/icon.svg" alt="" width="28" height="28">Renderfleet</a>
        <nav aria-label=${t('app.navigation')}>
          ${this.link('designs', '#/designs', t('nav.designs'))}
          ${this.link('jobs', '#/jobs', t('nav.jobs'))}
          ${this.settled && session.isOperator() ? this.link('operator', '#/operator', t('nav.operator')) : nothing}
        </nav>
        <div class="tools">${this.settings()} ${this.user()}</div>
      </header>
      <main id="main" tabindex="-1">
        ${this.content()}
      </main>
      <div id="announcer" class="unseen" aria-live="polite" role="status"></div>`;
  }

  content() {
    if (this.failure) {
      return html`<rf-problem .problem=${this.failure}></rf-problem>`;
    }
    if (this.settled && !session.currentUser()) {
      return html`<rf-login></rf-login>`;
    }
    return this.view?.render() ?? nothing;
  }

  link(section, href, text) {
    const current = this.view?.section === section;
    return html`<a href=${href} aria-current=${current ? 'page' : nothing}>${text}</a>`;
  }

  settings() {
    return html`
      <details class="menu">
        <summary aria-label=${t('app.settings')} title=${t('app.settings')}>
          <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18"/></svg>
          <span class="wide-only">${language() === 'zh' ? '中文' : 'EN'}</span>
        </summary>
        <div class="sheet">
          <fieldset class="choice">
            <legend>${t('app.theme')}</legend>
            ${THEMES.map((theme) => html`<label><input type="radio" name="theme" .checked=${this.theme === theme}
                @change=${() => this.chooseTheme(theme)}> ${t(`app.theme.${theme}`)}</label>`)}
          </fieldset>
          <fieldset class="choice">
            <legend>${t('app.language')}</legend>
            ${LANGUAGES.map(({ code, name }) => html`<label lang=${code}><input type="radio" name="language"
                .checked=${language() === code} @change=${() => this.chooseLanguage(code)}> ${name}</label>`)}
          </fieldset>
        </div>
      </details>`;
  }

  user() {
    if (!this.settled) {
      return nothing;
    }
    const user = session.currentUser();
    if (!user) {
      return session.isConfigured()
        ? html`<button class="primary" @click=${this.login}>${t('app.login')}</button>`
        : nothing;
    }
    return html`
      <details class="menu">
        <summary><svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="8" r="4"/><path d="M4 21c0-5 4-7 8-7s8 2 8 7"/></svg>
          <span class="user-name">${user.name}</span></summary>
        <div class="sheet">
          ${user.authenticated
            ? html`<p class="hint">${t('app.logged.in', { name: user.name })}</p>
                <button @click=${() => session.logout()}>${t('app.logout')}</button>`
            : html`<form @submit=${this.actAs}>
                <label class="field">${t('app.user')}
                  <input name="user" required maxlength="128" autocomplete="off" .value=${user.id}></label>
                <p class="hint">${t('app.user.hint')}</p>
                <button type="submit">${t('app.user.use')}</button>
              </form>`}
          <p class="hint"><a href="/swagger-ui.html">${t('app.api')}</a></p>
        </div>
      </details>`;
  }

  async login() {
    try {
      await session.login();
    } catch (e) {
      this.failure = e;
    }
  }

  skip(event) {
    event.preventDefault();
    document.getElementById('main').focus();
  }

  actAs(event) {
    event.preventDefault();
    session.actAs(new FormData(event.target).get('user').trim());
    location.reload();
  }
}

customElements.define('rf-app', App);
