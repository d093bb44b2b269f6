// The same job from a terminal.

const DEFAULT_URL = 'http://localhost:8080';

/**
 * Quotes a word for a POSIX shell.
 * @param {string} text
 */
export function quoted(text) {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The `curl` command that submits a request.
 * @param {object} request with its user, if it needs one
 * @param {{origin: string, authenticated: boolean}} service
 */
export function curl(request, { origin, authenticated }) {
  return [
    `curl -X POST ${quoted(`${origin}/jobs`)}`,
    "-H 'Content-Type: application/json'",
    // In double quotes, so that the shell inserts the token.
    ...(authenticated ? ['-H "Authorization: Bearer $RENDERFLEET_TOKEN"'] : []),
    `-d ${quoted(JSON.stringify(request))}`,
  ].join(' \\\n  ');
}

/**
 * The line of the command line `renderfleet` that submits a request. Options without a value of their own are left out;
 * values follow an equals sign, because they may begin with a minus.
 * @param {object} request with its user, if it needs one
 * @param {{origin: string}} service
 */
export function commandLine(request, { origin }) {
  const { camera, output } = request;
  const point = (v) => `${v.x},${v.y},${v.z}`;
  const options = [
    ['--url', origin === DEFAULT_URL ? null : origin],
    ['--user', request.userId],
    ['--design', request.designId],
    ['--name', request.name],
    ['--camera', point(camera.position)],
    ['--target', point(camera.target)],
    ['--up', point(camera.up) === '0,1,0' ? null : point(camera.up)],
    ['--fov', camera.fov],
    ['--width', output.width],
    ['--height', output.height],
    ['--samples', output.samplesPerPixel],
    ['--format', output.format],
    ['--environment', request.environment],
    ['--priority', request.priority],
    ['--region', request.regions?.join(',')],
    ...Object.entries(request.labels ?? {}).map(([key, value]) => ['--label', `${key}=${value}`]),
  ];
  return [
    'renderfleet submit',
    ...options
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => `${name}=${quoted(String(value))}`),
    '--wait',
  ].join(' ');
}
