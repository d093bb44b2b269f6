import { html, nothing } from '../element.js';
import { percent } from '../format.js';
import { t } from '../i18n.js';

/** Whether a job is over. */
export function isOver(job) {
  return ['COMPLETED', 'FAILED', 'CANCELLED'].includes(job.status);
}

/** What people call a job. */
export function titleOf(job) {
  return job.name ?? job.designId ?? job.jobId;
}

/** The status of a job as a badge. */
export function badge(job) {
  const status = job.cancelRequested && !isOver(job) ? 'CANCELLING' : job.status;
  return html`<span class="badge ${status}">${t(`status.${status}`)}</span>`;
}

/** The progress of a job that is not over. */
export function bar(job) {
  return isOver(job)
    ? nothing
    : html`<span class="bar"><progress max="100" .value=${job.progress} aria-label=${t('job.progress')}></progress>
        <span class="hint">${percent(job.progress)}</span></span>`;
}

/** Why a job waits, in the language of the page; the service adds an English sentence with the particulars. */
export function reason(job) {
  return job.status === 'PENDING' && job.waiting
    ? html`<span class="hint" title=${job.waiting.detail ?? ''}>${t(`waiting.${job.waiting.reason}`)}</span>`
    : nothing;
}
