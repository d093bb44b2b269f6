import { html } from './element.js';

// A view is loaded when its address is opened first. Its element gets what the address says.
const ROUTES = [
  {
    path: /^\/designs$/,
    section: 'designs',
    title: 'nav.designs',
    load: () => import('./designs/gallery.js'),
    render: () => html`<rf-designs></rf-designs>`,
  },
  {
    path: /^\/render\/([^/]+)$/,
    section: 'designs',
    title: 'render.title',
    load: () => import('./render/view.js'),
    render: ([designId], query) => html`<rf-render .designId=${designId} .from=${query.get('from')}></rf-render>`,
  },
  {
    path: /^\/jobs$/,
    section: 'jobs',
    title: 'nav.jobs',
    load: () => import('./jobs/list.js'),
    render: (_, query) => html`<rf-jobs .query=${query}></rf-jobs>`,
  },
  {
    path: /^\/jobs\/([^/]+)$/,
    section: 'jobs',
    title: 'job.title',
    load: () => import('./jobs/job.js'),
    render: ([jobId]) => html`<rf-job .jobId=${jobId}></rf-job>`,
  },
  {
    path: /^\/compare\/([^/]+)\/([^/]+)$/,
    section: 'jobs',
    title: 'compare.title',
    load: () => import('./jobs/compare.js'),
    render: ([first, second]) => html`<rf-compare .first=${first} .second=${second}></rf-compare>`,
  },
  {
    path: /^\/operator(\/.*)?$/,
    section: 'operator',
    title: 'nav.operator',
    load: () => import('./operator/index.js'),
    render: ([path], query) => html`<rf-operator .path=${path ?? ''} .query=${query}></rf-operator>`,
  },
];

/**
 * Finds the view of an address.
 * @param {string} hash as in `location.hash`; without a view, the designs are shown
 */
export function routeOf(hash) {
  const [path, query] = hash.replace(/^#/, '').split('?', 2);
  for (const route of ROUTES) {
    const match = route.path.exec(path);
    if (match) {
      const parameters = match.slice(1).map((part) => part && decoded(part));
      return { ...route, render: () => route.render(parameters, new URLSearchParams(query)) };
    }
  }
  return routeOf('#/designs');
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
