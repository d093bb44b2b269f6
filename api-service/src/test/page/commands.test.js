import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { commandLine, curl, quoted } from '../../main/resources/static/page/render/commands.js';
import { DEFAULTS, requestOf } from '../../main/resources/static/page/render/request.js';

const CAMERA = {
  position: { x: -1.5, y: 2, z: 5 },
  target: { x: 0, y: 0.25, z: 0 },
  up: { x: 0, y: 1, z: 0 },
  fov: 45,
};
const NASTY = `it's "50%" $HOME \`id\` \\ <script> 椅子 !x`;
const SERVICE = { origin: 'http://localhost:8080', authenticated: false };

/** What a shell gives to a command: the words of a line, with `curl` and `renderfleet` as functions that print them. */
function words(line) {
  const print = 'curl() { printf "%s\\0" "$@"; }; renderfleet() { printf "%s\\0" "$@"; };';
  const env = { PATH: process.env.PATH, RENDERFLEET_TOKEN: 'secret token' };
  return execFileSync('sh', ['-c', `${print}\n${line}`], { encoding: 'utf8', env }).split('\0').slice(0, -1);
}

test('quotes any text for a shell', () => {
  for (const text of [NASTY, '', 'plain-1.2_x', "'", '-o', 'a\nb', '~', '*', '#x', 'a b']) {
    assert.deepEqual(words(`renderfleet ${quoted(text)}`), [text]);
  }
  assert.equal(quoted('us-east-1,us-west-2'), 'us-east-1,us-west-2');
});

test('curl sends exactly the request', () => {
  const request = { ...requestOf('chair', { ...DEFAULTS, name: NASTY }, CAMERA), userId: NASTY };
  const sent = words(curl(request, SERVICE));
  assert.deepEqual(sent.slice(0, 3), ['-X', 'POST', 'http://localhost:8080/jobs']);
  assert.deepEqual(JSON.parse(sent[sent.indexOf('-d') + 1]), request);
  assert.ok(sent.includes('Content-Type: application/json'));
  assert.ok(!sent.some((word) => word.startsWith('Authorization')));
});

test('curl inserts the token of the environment, not one of the page', () => {
  const sent = words(curl(requestOf('chair', DEFAULTS, CAMERA), { ...SERVICE, authenticated: true }));
  assert.ok(sent.includes('Authorization: Bearer secret token'));
});

test('the command line has the values of the request', () => {
  const values = {
    ...DEFAULTS,
    name: NASTY,
    priority: 'HIGH',
    environment: 'none',
    regions: ['us-east-1', 'us-west-2'],
    labels: [{ key: 'project', value: NASTY }],
  };
  const sent = words(commandLine({ ...requestOf('chair', values, CAMERA), userId: 'user-1' }, SERVICE));
  assert.deepEqual(sent, [
    'submit',
    '--user=user-1',
    '--design=chair',
    `--name=${NASTY}`,
    '--camera=-1.5,2,5',
    '--target=0,0.25,0',
    '--fov=45',
    '--width=640',
    '--height=360',
    '--samples=64',
    '--format=png',
    '--environment=none',
    '--priority=HIGH',
    '--region=us-east-1,us-west-2',
    `--label=project=${NASTY}`,
    '--wait',
  ]);
});

test('the command line names another service, and an up that is not the default', () => {
  const request = requestOf('chair', DEFAULTS, { ...CAMERA, up: { x: 0, y: 0, z: 1 } });
  const sent = words(commandLine(request, { origin: 'https://render.example' }));
  assert.equal(sent[1], '--url=https://render.example');
  assert.ok(sent.includes('--up=0,0,1'));
});
