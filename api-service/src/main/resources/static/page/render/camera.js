// Cameras as jobs have them: {position, target, up} of {x, y, z}, in the design's units, and fov, the vertical angle in
// degrees. Coordinates are those of glTF: +Y is up, and +Z points towards the viewer. All functions return new cameras.

const UP = { x: 0, y: 1, z: 0 };
const RADIANS = Math.PI / 180;

/** The least angle in degrees between the view and the vertical, so that up always defines the picture's roll. */
const POLE = 1;

const add = (a, b, scale = 1) => ({ x: a.x + scale * b.x, y: a.y + scale * b.y, z: a.z + scale * b.z });
const minus = (a, b) => add(a, b, -1);
const dot = (a, b) => a.x * b.x + a.y * b.y + a.z * b.z;
const length = (a) => Math.sqrt(dot(a, a));
const times = (a, scale) => ({ x: a.x * scale, y: a.y * scale, z: a.z * scale });
const unit = (a) => times(a, 1 / length(a));
const cross = (a, b) => ({ x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x });
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/** The direction with an azimuth, from +Z towards +X, and an elevation above the horizon, both in degrees. */
function direction(azimuth, elevation) {
  const flat = Math.cos(elevation * RADIANS);
  return {
    x: flat * Math.sin(azimuth * RADIANS),
    y: Math.sin(elevation * RADIANS),
    z: flat * Math.cos(azimuth * RADIANS),
  };
}

function axes(camera) {
  const forward = unit(minus(camera.target, camera.position));
  const right = unit(cross(forward, unit(camera.up)));
  return { forward, right, up: cross(right, forward) };
}

/**
 * A camera that shows all of a bounding box, by default from the side from which thumbnails are drawn.
 * @param {{min: number[], max: number[]}} bounds
 * @param {{azimuth?: number, elevation?: number, fov?: number, aspect: number, margin?: number}} options angles in
 *     degrees; margin is the share of the picture that stays free around the box
 */
export function frame(bounds, { azimuth = 28.8, elevation = 21.5, fov = 45, aspect, margin = 0.06 }) {
  const [min, max] = [vector(bounds.min), vector(bounds.max)];
  const target = times(add(min, max), 0.5);
  const back = direction(azimuth, elevation);
  const { right, up } = axes({ position: add(target, back), target, up: UP });
  const tangent = Math.tan((fov / 2) * RADIANS) * (1 - margin);
  let distance = 0;
  for (let corner = 0; corner < 8; corner++) {
    const offset = minus(
      { x: corner & 1 ? max.x : min.x, y: corner & 2 ? max.y : min.y, z: corner & 4 ? max.z : min.z },
      target,
    );
    const needed = Math.max(Math.abs(dot(offset, right)) / aspect, Math.abs(dot(offset, up))) / tangent;
    distance = Math.max(distance, needed + dot(offset, back));
  }
  // A design without extent is shown from one unit away.
  return { position: add(target, back, distance > 0 ? distance : 1), target, up: { ...UP }, fov };
}

function vector([x, y, z]) {
  return { x, y, z };
}

/** Turns the camera around its target; angles in degrees. It stops before it looks straight up or down. */
export function orbit(camera, azimuth, elevation) {
  const offset = minus(camera.position, camera.target);
  const distance = length(offset);
  const around = Math.atan2(offset.x, offset.z) / RADIANS + azimuth;
  const above = Math.asin(clamp(offset.y / distance, -1, 1)) / RADIANS + elevation;
  const turned = direction(around, clamp(above, POLE - 90, 90 - POLE));
  return { ...camera, position: add(camera.target, turned, distance) };
}

/** Moves the camera towards its target: a factor below 1 halves or otherwise shrinks the distance. */
export function zoom(camera, factor) {
  return { ...camera, position: add(camera.target, minus(camera.position, camera.target), factor) };
}

/** Moves camera and target, in shares of the picture's height at the target; right and up are positive. */
export function pan(camera, right, up) {
  const frameHeight = 2 * length(minus(camera.position, camera.target)) * Math.tan((camera.fov / 2) * RADIANS);
  const axis = axes(camera);
  const move = add(times(axis.right, right * frameHeight), axis.up, up * frameHeight);
  return { ...camera, position: add(camera.position, move), target: add(camera.target, move) };
}

/**
 * Rounds to seven significant digits of the distance between camera and target: nobody sees the difference, and the
 * numbers can be read. The result is what is shown and what is rendered.
 */
export function rounded(camera) {
  const distance = length(minus(camera.target, camera.position));
  const digits = clamp(6 - Math.floor(Math.log10(distance || 1)), 0, 15);
  const round = (value) => Number(value.toFixed(digits)) + 0;
  const each = (v) => ({ x: round(v.x), y: round(v.y), z: round(v.z) });
  return {
    position: each(camera.position),
    target: each(camera.target),
    up: { ...camera.up },
    fov: Number(camera.fov.toFixed(2)),
  };
}

/**
 * Why a camera defines no view, by the rules of the service.
 * @returns {'same' | 'parallel' | 'number' | 'fov' | null} null if it does
 */
export function faultOf(camera) {
  const numbers = [camera.position, camera.target, camera.up].flatMap((v) => [v.x, v.y, v.z]);
  if (!numbers.every(Number.isFinite)) {
    return 'number';
  }
  if (!(camera.fov >= 1 && camera.fov <= 179)) {
    return 'fov';
  }
  const view = minus(camera.target, camera.position);
  if (!(length(view) > 0)) {
    return 'same';
  }
  return length(camera.up) > 0 && length(cross(unit(view), unit(camera.up))) >= 1e-6 ? null : 'parallel';
}

/**
 * The nearest and the farthest distance that a camera must draw to show all of a bounding box.
 * @returns {{near: number, far: number}}
 */
export function clipping(bounds, camera) {
  const [min, max] = [vector(bounds.min), vector(bounds.max)];
  const centre = times(add(min, max), 0.5);
  const radius = length(minus(max, min)) / 2 || 1;
  const distance = length(minus(camera.position, centre));
  const far = (distance + radius) * 1.1;
  return { near: Math.max(distance - radius * 1.1, far / 20_000), far };
}

/** The point of the picture at which a point is seen: 0 to 1 from left and from top; null behind the camera. */
export function project(camera, aspect, point) {
  const axis = axes(camera);
  const offset = minus(point, camera.position);
  const depth = dot(offset, axis.forward);
  if (depth <= 0) {
    return null;
  }
  const half = depth * Math.tan((camera.fov / 2) * RADIANS);
  return {
    x: 0.5 + dot(offset, axis.right) / (2 * half * aspect),
    y: 0.5 - dot(offset, axis.up) / (2 * half),
  };
}
