/**
 * A list of jobs with those of a further page. Jobs can move between pages while they are read; each appears once.
 * @template {{jobId: string}} T
 * @param {T[]} items
 * @param {T[]} more
 * @returns {T[]}
 */
export function mergedJobs(items, more) {
  const known = new Set(items.map(({ jobId }) => jobId));
  return [...items, ...more.filter(({ jobId }) => !known.has(jobId))];
}
