import { ApiProblem, currentUser, fetchApi, identification } from './session.js';
import { t } from './i18n.js';

// A service without authentication does not know who asks, and gets the user of the page as a parameter.
function owner() {
  const user = currentUser();
  return user && !user.authenticated ? { userId: user.id } : {};
}

/**
 * A path with a query. Parameters that are null, undefined or empty are left out; lists are repeated.
 * @param {string} path
 * @param {Record<string, unknown>} parameters
 */
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== '') {
        query.append(name, String(one));
      }
    }
  }
  return query.size ? `${path}?${query}` : path;
}

async function json(path, options) {
  return (await fetchApi(path, options)).json();
}

function post(path, body) {
  return json(path, {
    method: 'POST',
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
}

const design = (id, rest = '') => `/designs/${encodeURIComponent(id)}${rest}`;
const job = (id, rest = '') => `/jobs/${encodeURIComponent(id)}${rest}`;

/** The service and what it has, as the page needs it; without authentication also who can be left out. */
export function config() {
  return json('/page/config.json');
}

/**
 * A page of designs, in the order of their ids.
 * @param {{shared?: boolean, q?: string, cursor?: string, signal?: AbortSignal}} options
 * @returns {Promise<{items: {designId: string, storedAt: string}[], next?: string}>}
 */
export function designs({ shared, q, cursor, signal }) {
  const library = shared ? { shared: true } : owner();
  return json(withQuery('/designs', { ...library, q, cursor, limit: 24 }), { signal });
}

/** The properties of a design. */
export function designDetails(id) {
  return json(withQuery(design(id), owner()));
}

/** The file of a design. */
export async function designContent(id, signal) {
  const response = await fetchApi(withQuery(design(id, '/content'), owner()), { signal });
  return response.arrayBuffer();
}

/** The thumbnail of a design; null if it has none. */
export async function designThumbnail(id, shared, signal) {
  try {
    const library = shared ? { shared: true } : owner();
    const response = await fetchApi(withQuery(design(id, '/thumbnail'), library), { signal });
    return await response.blob();
  } catch (e) {
    if (e.status === 404) {
      return null;
    }
    throw e;
  }
}

/**
 * Deletes a design.
 * @param {string} id
 * @param {{shared?: boolean, force?: boolean}} options force deletes it although open jobs need it
 */
export async function deleteDesign(id, { shared, force }) {
  const library = shared ? { shared: true } : owner();
  await fetchApi(withQuery(design(id), { ...library, force: force ? true : null }), { method: 'DELETE' });
}

/**
 * Uploads a design.
 * @param {string} id
 * @param {File} file
 * @param {(share: number) => void} onProgress gets 0 to 1
 */
export async function uploadDesign(id, file, onProgress) {
  const headers = await identification();
  return new Promise((resolve, reject) => {
    // The only interface of browsers that reports the progress of an upload.
    const request = new XMLHttpRequest();
    request.open('PUT', withQuery(design(id), owner()));
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.setRequestHeader(
      'Content-Type',
      /\.gltf$/i.test(file.name) ? 'model/gltf+json' : 'model/gltf-binary',
    );
    request.responseType = 'json';
    request.timeout = 15 * 60 * 1000;
    request.upload.onprogress = (e) => onProgress(e.total ? e.loaded / e.total : 0);
    request.onload = () =>
      request.status < 400
        ? resolve(request.response)
        : reject(new ApiProblem(request.status, request.response ?? {}));
    request.onerror = request.ontimeout = () =>
      reject(new ApiProblem(0, { title: t('problem.offline'), detail: t('problem.upload.cut') }));
    request.send(file);
  });
}

/**
 * A page of the user's jobs, newest first.
 * @param {{status?: string, designId?: string, label?: string, cursor?: string, signal?: AbortSignal}} filters
 */
export function jobs({ signal, ...filters }) {
  return json(withQuery('/jobs', { ...owner(), ...filters, limit: 20 }), { signal });
}

/** A job. */
export function jobDetails(id) {
  return json(job(id));
}

/** Submits a job; the request has no user yet. */
export function submit(request) {
  return post('/jobs', { ...request, ...owner() });
}

/** Cancels a job. */
export function cancelJob(id) {
  return post(job(id, '/cancel'));
}

/** Runs a job that did not complete again. */
export function retryJob(id) {
  return post(job(id, '/retry'));
}

/** The address of the stream of a job. */
export function jobEvents(id) {
  return job(id, '/events');
}

/** The address of the stream of all jobs of the user. */
export function allJobEvents() {
  return withQuery('/jobs/events', owner());
}
