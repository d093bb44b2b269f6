import { html, nothing } from '../element.js';
import { bytes, duration, moment, number } from '../format.js';
import { t } from '../i18n.js';

/** What is known about a job, as a list. */
export function facts(job) {
  const output = job.output;
  const labels = Object.entries(job.labels ?? {});
  const rows = [
    ['design', job.designId && html`<a href="#/render/${encodeURIComponent(job.designId)}">${job.designId}</a>`],
    ['region', job.region],
    ['worker', job.worker && html`<code>${job.worker}</code>`],
    ['size', output && `${number(output.width, { useGrouping: false })} × ${number(output.height, { useGrouping: false })}`],
    ['samples', output && number(output.samplesPerPixel)],
    ['file', job.result && `${job.result.contentType}, ${bytes(job.result.bytes)}`],
    ['priority', t(`priority.${job.priority}`)],
    ['allowed', job.regions?.join(', ')],
    ['created', moment(job.createdAt)],
    ['waited', job.startedAt && duration(job.createdAt, job.startedAt)],
    ['ran', job.startedAt && job.finishedAt && duration(job.startedAt, job.finishedAt)],
    ['labels', labels.length ? labels.map(([key, value]) => html`<span class="badge plain">${key}: ${value}</span> `) : null],
    ['id', html`<code>${job.jobId}</code>`],
  ];
  return html`
    <section class="panel" aria-label=${t('job.facts')}>
      <h2>${t('job.facts')}</h2>
      <dl>${rows.filter(([, value]) => value).map(([name, value]) => html`<dt>${t(`job.${name}`)}</dt><dd>${value}</dd>`)}</dl>
    </section>`;
}

/** The attempts of a job that ended. */
export function history(job) {
  if (!job.attempts?.length) {
    return nothing;
  }
  return html`
    <section class="panel" aria-label=${t('job.attempts')}>
      <h2>${t('job.attempts')}</h2>
      <ol class="attempts">
        ${job.attempts.map((attempt) => html`
          <li value=${attempt.number}>
            ${t('job.attempt', { outcome: t(`outcome.${attempt.outcome}`), region: attempt.region, time: duration(attempt.startedAt, attempt.endedAt) })}
            <br><span class="hint"><code>${attempt.worker}</code>${attempt.error ? html` <span lang="en">${attempt.error.message}</span>` : nothing}</span>
          </li>`)}
      </ol>
    </section>`;
}
