import { html, nothing, PageElement } from './element.js';
import { addMessages, t } from './i18n.js';
import * as session from './session.js';
import './problem.js';

addMessages({
  en: {
    'login.title': 'Log in',
    'login.text': 'Your designs and jobs are shown after you have logged in.',
    'login.unconfigured': 'Login is not configured',
    'login.unconfigured.text':
      'This service asks for tokens, but the page does not know how to get them. Register a public client for the page at the'
      + ' issuer, and set these properties of the API. The section “Login of the page” of docs/operations.md describes it.',
  },
  zh: {
    'login.title': '登录',
    'login.text': '登录后即可查看您的设计和作业。',
    'login.unconfigured': '尚未配置登录',
    'login.unconfigured.text':
      '此服务要求令牌，但页面不知道如何获取。请在签发方为页面注册一个公共客户端，并设置 API 的以下属性。'
      + 'docs/operations.md 的 “Login of the page” 一节有说明。',
  },
});

/** Is shown in place of a view while nobody is logged in. */
class Login extends PageElement {
  static properties = { problem: { state: true } };

  render() {
    if (!session.isConfigured()) {
      return html`
        <section class="panel op-narrow">
          <h1>${t('login.unconfigured')}</h1>
          <p>${t('login.unconfigured.text')}</p>
          <pre class="op-sample" tabindex="0">RENDERFLEET_IDENTITY_ISSUER=https://issuer.example.com
RENDERFLEET_PAGE_CLIENTID=renderfleet-page</pre>
        </section>`;
    }
    return html`
      <section class="panel op-narrow">
        <h1>${t('login.title')}</h1>
        <p>${t('login.text')}</p>
        ${this.problem ? html`<rf-problem .problem=${this.problem}></rf-problem>` : nothing}
        <div class="actions"><button class="primary" @click=${this.login}>${t('app.login')}</button></div>
      </section>`;
  }

  async login() {
    this.problem = null;
    try {
      await session.login();
    } catch (e) {
      this.problem = e;
    }
  }
}

customElements.define('rf-login', Login);
