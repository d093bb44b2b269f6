// Who uses the page, and requests to the API in their name. This is the session of a service without authentication.
import { t } from './i18n.js';
import { store, stored } from './stored.js';

const LOCAL_USER = 'user-1';

/** A response of the API that is a problem (RFC 9457), or none at all. */
export class ApiProblem extends Error {
  /**
   * @param {number} status the HTTP status; 0 if the service did not respond
   * @param {{type?: string, title?: string, detail?: string, errors?: {field: string, message: string}[]}} body
   */
  constructor(status, body) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.type = body.type ?? '';
    this.title = body.title ?? `HTTP ${status}`;
    this.detail = body.detail ?? '';
    this.errors = body.errors ?? [];
  }
}

/** Prepares the session. Resolves before the first view is shown. */
export async function start() {}

/**
 * The user of the page.
 * @returns {{id: string, name: string, authenticated: boolean} | null} null if nobody is logged in
 */
export function currentUser() {
  const id = stored('user') ?? LOCAL_USER;
  return { id, name: id, authenticated: false };
}

/** Whether the user may act for others and call `/admin`. */
export function isOperator() {
  return true;
}

/**
 * Chooses the user, which is possible only without authentication.
 * @param {string} id
 */
export function actAs(id) {
  store('user', id === LOCAL_USER ? null : id);
}

export async function login() {}

export async function logout() {}

/**
 * The headers that identify the user, for requests that cannot be made with {@link fetchApi}.
 * @returns {Promise<Record<string, string>>}
 */
export async function identification() {
  return {};
}

/**
 * Sends a request to the API.
 * @param {string} path begins with a slash
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} a response with a status below 400
 * @throws {ApiProblem} otherwise
 */
export async function fetchApi(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw new ApiProblem(0, { title: t('problem.offline'), detail: t('problem.offline.detail') });
  }
  if (!response.ok) {
    throw new ApiProblem(response.status, await problem(response));
  }
  return response;
}

async function problem(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}
