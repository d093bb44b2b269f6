// Who uses the page, and requests to the API in their name. If the service asks for tokens, users log in at its issuer by
// the authorization code flow with PKCE. Tokens are in the storage of the tab, and are renewed by the refresh token.
import { claim, claimsOf, hasRole } from './claims.js';
import { addMessages, t } from './i18n.js';
import { store, stored } from './stored.js';

const LOCAL_USER = 'user-1';

/** Is dispatched at the window when the user has changed, such as when a login has ended. */
export const SESSION_CHANGED = 'rf-session';

addMessages({
  en: {
    'session.failed': 'You could not be logged in',
    'session.expired': 'Your login has expired',
    'session.expired.detail': 'Log in again to continue.',
  },
  zh: {
    'session.failed': '登录失败',
    'session.expired': '登录已过期',
    'session.expired.detail': '请重新登录后继续。',
  },
});

let config = { authenticated: false, regions: [] };
let manager = null;
let user = null;
let renewal = null;

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

/**
 * Prepares the session, and completes a login whose answer is in the address. Resolves before the first view is shown.
 * @throws {ApiProblem} if the service does not respond, or the login failed; a user can log in all the same
 */
export async function start() {
  config = await (await send('/page/config.json', {})).json();
  if (!config.authenticated || !isConfigured()) {
    return;
  }
  // A service without authentication does not need the library.
  const { UserManager, WebStorageStateStore } = await import('oidc-client-ts');
  const tab = () => new WebStorageStateStore({ store: sessionStorage });
  manager = new UserManager({
    authority: config.issuer,
    client_id: config.clientId,
    scope: config.scope,
    redirect_uri: `${location.origin}/`,
    post_logout_redirect_uri: `${location.origin}/`,
    userStore: tab(),
    stateStore: tab(),
    // The renewal in a hidden frame, which is what remains without a refresh token, is not possible under the policy of
    // the page.
    automaticSilentRenew: false,
    accessTokenExpiringNotificationTimeInSeconds: 60,
  });
  manager.events.addAccessTokenExpiring(() => user?.refresh_token && renew());
  manager.events.addAccessTokenExpired(() => setUser(null));
  const parameters = new URLSearchParams(location.search);
  if (parameters.has('state') && (parameters.has('code') || parameters.has('error'))) {
    await complete();
  } else {
    user = await manager.getUser();
    if (user?.expired && !(await renew())) {
      user = null;
    }
  }
}

/** Takes the answer of the issuer from the address, and returns to the view where the login began. */
async function complete() {
  try {
    user = await manager.signinRedirectCallback(location.href);
    history.replaceState(null, '', `/${user.state?.hash ?? ''}`);
  } catch (e) {
    history.replaceState(null, '', `/${location.hash}`);
    throw new ApiProblem(0, { title: t('session.failed'), detail: e.message });
  }
}

/** Whether the page knows how to log in. If not, and a token is needed, an operator must configure it. */
export function isConfigured() {
  return Boolean(config.issuer && config.clientId);
}

/** The regions of the service. */
export function regions() {
  return config.regions;
}

/**
 * The user of the page.
 * @returns {{id: string, name: string, authenticated: boolean} | null} null if nobody is logged in
 */
export function currentUser() {
  if (!config.authenticated) {
    const id = stored('user') ?? LOCAL_USER;
    return { id, name: id, authenticated: false };
  }
  if (!user) {
    return null;
  }
  const id = String(claim(claimsOf(user.access_token), config.userClaim) ?? user.profile.sub);
  const { preferred_username: username, name, email } = user.profile;
  return { id, name: username ?? name ?? email ?? id, authenticated: true };
}

/** Whether the user may act for others and call `/admin`. */
export function isOperator() {
  if (!config.authenticated) {
    return true;
  }
  return user !== null && hasRole(claim(claimsOf(user.access_token), config.rolesClaim), config.operatorRole);
}

/**
 * Chooses the user, which is possible only without authentication.
 * @param {string} id
 */
export function actAs(id) {
  store('user', id === LOCAL_USER ? null : id);
}

/** Leaves the page for that of the issuer, which returns to the current view. */
export async function login() {
  try {
    await manager.signinRedirect({ state: { hash: location.hash } });
  } catch (e) {
    throw new ApiProblem(0, { title: t('session.failed'), detail: e.message });
  }
}

/** Forgets the tokens, and ends the session at the issuer if it says how. */
export async function logout() {
  const metadata = await manager.metadataService.getMetadata().catch(() => ({}));
  if (metadata.end_session_endpoint) {
    await manager.signoutRedirect();
  } else {
    await manager.removeUser();
    setUser(null);
  }
}

function setUser(next) {
  user = next;
  window.dispatchEvent(new Event(SESSION_CHANGED));
}

/** Renews the tokens, once for all callers at the same time. Resolves to whether there is a valid token. */
function renew() {
  renewal ??= renewOnce().finally(() => {
    renewal = null;
  });
  return renewal;
}

async function renewOnce() {
  if (!user?.refresh_token) {
    return false;
  }
  try {
    user = await manager.signinSilent();
    return user !== null;
  } catch {
    // The issuer refuses the refresh token or does not respond. A token that is still valid is used to its end.
    return false;
  }
}

/**
 * The headers that identify the user, for requests that cannot be made with {@link fetchApi}.
 * @returns {Promise<Record<string, string>>}
 * @throws {ApiProblem} if the login has expired
 */
export async function identification() {
  if (!config.authenticated) {
    return {};
  }
  if (user?.expired) {
    await renew();
  }
  if (!user) {
    throw expired();
  }
  return { Authorization: `Bearer ${user.access_token}` };
}

/**
 * Sends a request to the API. If the token has expired, it is renewed and the request is sent once more.
 * @param {string} path begins with a slash
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} a response with a status below 400
 * @throws {ApiProblem} otherwise
 */
export async function fetchApi(path, options = {}) {
  try {
    return await send(path, await identified(options));
  } catch (e) {
    if (e.status !== 401 || !config.authenticated) {
      throw e;
    }
    if (!(await renew())) {
      setUser(null);
      throw expired();
    }
    return send(path, await identified(options));
  }
}

async function identified(options) {
  const headers = new Headers(options.headers);
  for (const [name, value] of Object.entries(await identification())) {
    headers.set(name, value);
  }
  return { ...options, headers };
}

function expired() {
  return new ApiProblem(401, { title: t('session.expired'), detail: t('session.expired.detail') });
}

async function send(path, options) {
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
