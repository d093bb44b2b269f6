import assert from 'node:assert/strict';
import test from 'node:test';
import {
  clipping,
  faultOf,
  frame,
  orbit,
  pan,
  project,
  rounded,
  zoom,
} from '../../main/resources/static/page/render/camera.js';

const BOUNDS = { min: [-1, 0, -0.5], max: [1, 3, 0.5] };
const CAMERA = { position: { x: 0, y: 0, z: 5 }, target: { x: 0, y: 0, z: 0 }, up: { x: 0, y: 1, z: 0 }, fov: 45 };

function corners({ min, max }) {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({
    x: i & 1 ? max[0] : min[0],
    y: i & 2 ? max[1] : min[1],
    z: i & 4 ? max[2] : min[2],
  }));
}

function near(actual, expected, message) {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${message ?? ''} ${actual} is not ${expected}`);
}

function nearPoint(actual, expected) {
  ['x', 'y', 'z'].forEach((axis) => near(actual[axis], expected[axis], axis));
}

for (const aspect of [16 / 9, 1, 9 / 16]) {
  test(`frames the whole design with a margin, and not smaller than needed, at an aspect of ${aspect}`, () => {
    const camera = frame(BOUNDS, { aspect, margin: 0.1 });
    const seen = corners(BOUNDS).map((corner) => project(camera, aspect, corner));
    const reach = Math.max(...seen.flatMap(({ x, y }) => [Math.abs(2 * x - 1), Math.abs(2 * y - 1)]));
    near(reach, 0.9);
    assert.deepEqual(camera.target, { x: 0, y: 1.5, z: 0 });
  });
}

test('frames from azimuth and elevation: from +Z towards +X, and above the horizon', () => {
  const front = frame(BOUNDS, { aspect: 1, azimuth: 0, elevation: 0 });
  near(front.position.x, 0);
  near(front.position.y, 1.5);
  assert.ok(front.position.z > 0.5);
  assert.ok(frame(BOUNDS, { aspect: 1, azimuth: 90, elevation: 0 }).position.x > 1);
  assert.ok(frame(BOUNDS, { aspect: 1, azimuth: 0, elevation: 30 }).position.y > 1.5);
});

test('frames a design without extent from one unit away', () => {
  const camera = frame({ min: [1, 1, 1], max: [1, 1, 1] }, { aspect: 1 });
  assert.equal(faultOf(camera), null);
  near(Math.hypot(camera.position.x - 1, camera.position.y - 1, camera.position.z - 1), 1);
});

test('orbits around the target at the same distance', () => {
  nearPoint(orbit(CAMERA, 90, 0).position, { x: 5, y: 0, z: 0 });
  nearPoint(orbit(CAMERA, 0, 30).position, { x: 0, y: 2.5, z: 5 * Math.cos(Math.PI / 6) });
  assert.deepEqual(orbit(CAMERA, 12, 34).target, CAMERA.target);
});

test('stops before the poles, so that up stays usable', () => {
  for (const elevation of [1000, -1000]) {
    assert.equal(faultOf(orbit(CAMERA, 0, elevation)), null);
  }
});

test('zooms towards the target', () => {
  nearPoint(zoom(CAMERA, 0.5).position, { x: 0, y: 0, z: 2.5 });
});

test('pans by shares of the height that the picture has at the target', () => {
  const moved = pan(CAMERA, 1, 0);
  near(moved.target.x, 2 * 5 * Math.tan(Math.PI / 8));
  near(moved.position.x, moved.target.x);
  near(project(CAMERA, 1, pan(CAMERA, 0, 0.5).target).y, 0);
});

test('projects as the renderer does: the target is in the middle, up is up, and right is right', () => {
  const middle = project(CAMERA, 2, CAMERA.target);
  near(middle.x, 0.5);
  near(middle.y, 0.5);
  const half = 5 * Math.tan(Math.PI / 8);
  const corner = project(CAMERA, 2, { x: 2 * half, y: half, z: 0 });
  near(corner.x, 1);
  near(corner.y, 0);
  assert.equal(project(CAMERA, 2, { x: 0, y: 0, z: 6 }), null);
});

test('rounds to numbers that people can read, and not further than they can see', () => {
  const precise = frame(BOUNDS, { aspect: 1.7777 });
  const short = rounded(precise);
  assert.ok(JSON.stringify(short.position).length < 50);
  for (const corner of corners(BOUNDS)) {
    const [a, b] = [project(precise, 1.7777, corner), project(short, 1.7777, corner)];
    assert.ok(Math.hypot(a.x - b.x, a.y - b.y) < 1 / 4096 / 10);
  }
});

test('rounds tiny and huge designs as well', () => {
  for (const size of [1e-6, 1e9]) {
    const camera = rounded(frame({ min: [0, 0, 0], max: [size, size, size] }, { aspect: 1 }));
    assert.equal(faultOf(camera), null);
    const { x } = project(camera, 1, { x: size / 2, y: size / 2, z: size / 2 });
    assert.ok(Math.abs(x - 0.5) < 1e-4);
  }
});

test('never writes a negative zero', () => {
  assert.equal(JSON.stringify(rounded({ ...CAMERA, position: { x: -1e-12, y: 0, z: 5 } }).position), '{"x":0,"y":0,"z":5}');
  assert.ok(Object.is(rounded({ ...CAMERA, position: { x: -1e-12, y: 0, z: 5 } }).position.x, 0));
});

test('finds cameras that define no view', () => {
  assert.equal(faultOf(CAMERA), null);
  assert.equal(faultOf({ ...CAMERA, target: CAMERA.position }), 'same');
  assert.equal(faultOf({ ...CAMERA, up: { x: 0, y: 0, z: 2 } }), 'parallel');
  assert.equal(faultOf({ ...CAMERA, up: { x: 0, y: 0, z: 0 } }), 'parallel');
  assert.equal(faultOf({ ...CAMERA, fov: 180 }), 'fov');
  assert.equal(faultOf({ ...CAMERA, position: { x: NaN, y: 0, z: 0 } }), 'number');
});

test('draws all of the design between near and far, from outside and from inside', () => {
  for (const z of [50, 5, 0.1]) {
    const { near: least, far } = clipping(BOUNDS, { ...CAMERA, position: { x: 0, y: 0, z } });
    const distances = corners(BOUNDS).map((c) => Math.hypot(c.x, c.y, c.z - z));
    assert.ok(least > 0 && far >= Math.max(...distances));
    assert.ok(z < 10 || least <= Math.min(...distances));
  }
});
