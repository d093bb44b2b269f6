import assert from 'node:assert/strict';
import test from 'node:test';
import { DEFAULTS, designIdOf, requestOf, valuesOf } from '../../main/resources/static/page/render/request.js';
import { equirectangular, radiance } from '../../main/resources/static/page/render/sky.js';
import { mergedJobs } from '../../main/resources/static/page/jobs/merge.js';

const CAMERA = { position: { x: 0, y: 0, z: 5 }, target: { x: 0, y: 0, z: 0 }, up: { x: 0, y: 1, z: 0 }, fov: 45 };

test('a request has no more than it needs', () => {
  assert.deepEqual(requestOf('chair', DEFAULTS, CAMERA), {
    designId: 'chair',
    camera: CAMERA,
    output: { width: 640, height: 360, samplesPerPixel: 64, format: 'png' },
  });
});

test('half-filled labels and blank names are left out', () => {
  const values = { ...DEFAULTS, name: '  ', labels: [{ key: 'a', value: ' ' }, { key: ' b ', value: ' c ' }] };
  const request = requestOf('chair', values, CAMERA);
  assert.deepEqual(request.labels, { b: 'c' });
  assert.ok(!('name' in request));
});

test('a duplicate is the same request', () => {
  const values = {
    ...DEFAULTS,
    name: '<script>',
    width: 1080,
    format: 'jpeg',
    environment: 'none',
    priority: 'LOW',
    regions: ['us-east-1'],
    labels: [{ key: 'a', value: 'b' }],
  };
  const request = requestOf('chair', values, CAMERA);
  assert.deepEqual(requestOf('chair', valuesOf({ ...request, jobId: 'x', status: 'COMPLETED' }), CAMERA), request);
  assert.deepEqual(valuesOf({ designId: 'chair' }), DEFAULTS);
});

test('file names become ids', () => {
  assert.equal(designIdOf('My chair (2).glb'), 'My-chair-2');
  assert.equal(designIdOf('café.GLTF'), 'cafe');
  assert.equal(designIdOf('../../x.glb'), 'x');
  assert.equal(designIdOf('椅子.glb'), 'design');
  assert.equal(designIdOf('<script>.glb'), 'script');
  assert.ok(/^[A-Za-z0-9._-]{1,128}$/.test(designIdOf(`${'x'.repeat(500)}.glb`)));
});

test('a job that moved to the next page appears once', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((jobId) => ({ jobId }));
  assert.deepEqual(mergedJobs([a, b], [b, c]), [a, b, c]);
});

test('the sky is that of the renderer', () => {
  // Sky.java: the horizon away from the glow, and the nadir.
  assert.deepEqual(radiance(-1, 0, 0), [0.95, 0.97, 1.0]);
  radiance(0, -1, 0).forEach((value, i) => assert.ok(Math.abs(value - [0.3, 0.28, 0.26][i]) < 1e-12));
  const pixels = equirectangular(4, 2);
  assert.equal(pixels.length, 32);
  // The lower row is the ground, which is darker than the sky.
  assert.ok(pixels[0] < pixels[16 + 2]);
});
