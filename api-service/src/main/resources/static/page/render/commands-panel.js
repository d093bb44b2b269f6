import { announce, html, PageElement } from '../element.js';
import { t } from '../i18n.js';
import { currentUser } from '../session.js';
import { commandLine, curl } from './commands.js';

/** The commands that submit the same job from a terminal, with buttons that copy them. */
class Commands extends PageElement {
  static properties = { request: { attribute: false }, copied: { state: true } };

  constructor() {
    super();
    this.request = null;
    this.copied = null;
  }

  async #copy(name, text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without the permission, people copy what is selected.
      getSelection().selectAllChildren(this.querySelector(`#command-${name}`));
      return;
    }
    this.copied = name;
    announce(t('commands.copied'));
    setTimeout(() => (this.copied = null), 2000);
  }

  render() {
    const user = currentUser();
    const service = { origin: location.origin, authenticated: user?.authenticated ?? true };
    const request = service.authenticated ? this.request : { ...this.request, userId: user.id };
    return html`
      <details class="panel commands">
        <summary><h2>${t('commands.title')}</h2></summary>
        ${this.command('cli', t('commands.cli'), commandLine(request, service))}
        ${this.command('curl', t('commands.curl'), curl(request, service))}
        ${service.authenticated ? html`<p class="hint">${t('commands.token')}</p>` : ''}
      </details>`;
  }

  command(name, title, text) {
    return html`
      <div class="command">
        <div class="command-head"><h3>${title}</h3>
          <button class="small" type="button" aria-label=${t('commands.copy.one', { title })} @click=${() => this.#copy(name, text)}>
            ${t(this.copied === name ? 'commands.copied' : 'commands.copy')}</button></div>
        <pre id="command-${name}" tabindex="0">${text}</pre>
      </div>`;
  }
}

customElements.define('rf-commands', Commands);
