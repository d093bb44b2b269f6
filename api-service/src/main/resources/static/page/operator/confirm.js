import { html, render } from 'lit';
import { t } from '../i18n.js';

/**
 * Asks the user to confirm an action.
 * @param {{title: string, text: string, action: string}} question the name of the action is on its button
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, action }) {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-labelledby', 'confirm-title');
    render(html`
      <form method="dialog">
        <h2 id="confirm-title">${title}</h2>
        <p>${text}</p>
        <div class="actions">
          <button value="no">${t('operator.cancel')}</button>
          <button value="yes" class="primary">${action}</button>
        </div>
      </form>`, dialog);
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
