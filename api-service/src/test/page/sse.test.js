import assert from 'node:assert/strict';
import test from 'node:test';
import { EventParser } from '../../main/resources/static/page/sse.js';

const STREAM = ':connected\n\nid:7\nevent:status\ndata:{"a":1}\n\n: heartbeat\n\nid: 8\nevent: progress\ndata: one\ndata: two\n\n';
const EVENTS = [
  { id: '7', event: 'status', data: '{"a":1}' },
  { id: '8', event: 'progress', data: 'one\ntwo' },
];

for (const [name, end] of [['LF', '\n'], ['CRLF', '\r\n'], ['CR', '\r']]) {
  test(`reads events in pieces of any size, with ${name}`, () => {
    // The end of the last event must be visible: a carriage return may be half of a line end.
    const text = `${STREAM.replaceAll('\n', end)}:${end}:`;
    for (let size = 1; size <= text.length; size++) {
      const parser = new EventParser();
      const events = [];
      for (let at = 0; at < text.length; at += size) {
        events.push(...parser.push(text.slice(at, at + size)));
      }
      assert.deepEqual(events, EVENTS, `pieces of ${size}`);
    }
  });
}

test('keeps the id for events without one, and names those without a name', () => {
  assert.deepEqual(new EventParser().push('id:1\ndata:x\n\ndata:y\n\n'), [
    { id: '1', event: 'message', data: 'x' },
    { id: '1', event: 'message', data: 'y' },
  ]);
});

test('ignores events without data, unknown fields and a byte order mark', () => {
  assert.deepEqual(new EventParser().push('\uFEFFevent:a\n\nretry:5\nfoo:bar\ndata\n\n'), [
    { id: '', event: 'message', data: '' },
  ]);
});

test('does not give an event that is cut off', () => {
  assert.deepEqual(new EventParser().push('data: half'), []);
  assert.deepEqual(new EventParser().push('data: whole line\n'), []);
});
