// What an access token says. The page shows what suits the user; the API decides what the user may do.

/**
 * The claims of a JSON Web Token (RFC 7519). The signature is not checked.
 * @param {string} token
 * @returns {Record<string, unknown>} empty if the token is not a JSON Web Token
 */
export function claimsOf(token) {
  try {
    const part = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

/**
 * A claim by its name, or by a path through claims that are objects, such as `realm_access.roles`.
 * @param {Record<string, any>} claims
 * @param {string} path
 */
export function claim(claims, path) {
  if (path in claims) {
    return claims[path];
  }
  const dot = path.indexOf('.');
  const inner = dot < 0 ? undefined : claims[path.slice(0, dot)];
  return inner && typeof inner === 'object' ? claim(inner, path.slice(dot + 1)) : undefined;
}

/**
 * Whether a claim contains a role: a list, or a text with spaces.
 * @param {unknown} roles
 * @param {string} role
 */
export function hasRole(roles, role) {
  const list = typeof roles === 'string' ? roles.split(' ') : Array.isArray(roles) ? roles : [];
  return list.includes(role);
}
