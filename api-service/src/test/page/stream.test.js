import assert from 'node:assert/strict';
import test from 'node:test';
import { delayOf, follow } from '../../main/resources/static/page/stream.js';

const body = (text) => new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
const never = () => assert.fail('not expected');

test('continues after the last event when the connection ends', async () => {
  const asked = [];
  const answers = [body('id:1\nevent:progress\ndata:a\n\n'), body('id:2\nevent:completed\ndata:b\n\n')];
  const events = [];
  await follow('/jobs/1/events', {
    fetchApi: async (_, { headers }) => {
      asked.push(headers['Last-Event-ID']);
      return answers.shift();
    },
    onEvent: (event) => {
      events.push(event.data);
      return event.event === 'completed';
    },
    poll: never,
    signal: AbortSignal.timeout(10_000),
  });
  assert.deepEqual(events, ['a', 'b']);
  assert.deepEqual(asked, [undefined, '1']);
});

test('ends when the service says that there is no more', async () => {
  await follow('/x', {
    fetchApi: async () => new Response(null, { status: 204 }),
    onEvent: never,
    poll: never,
    signal: AbortSignal.timeout(10_000),
  });
});

test('ends at what is unknown or forbidden', async () => {
  for (const status of [401, 403, 404]) {
    await follow('/x', {
      fetchApi: async () => {
        throw Object.assign(new Error(), { status });
      },
      onEvent: never,
      poll: never,
      signal: AbortSignal.timeout(10_000),
    });
  }
});

test('polls while streams do not work, until the poll says that it is over', async () => {
  let polls = 0;
  await follow('/x', {
    fetchApi: async () => {
      throw Object.assign(new Error(), { status: 503 });
    },
    onEvent: never,
    poll: async () => ++polls === 1,
    signal: AbortSignal.timeout(20_000),
  });
  assert.equal(polls, 1);
});

test('ends at once when it is aborted', async () => {
  const controller = new AbortController();
  const followed = follow('/x', {
    fetchApi: (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))),
    onEvent: never,
    poll: never,
    signal: controller.signal,
  });
  controller.abort();
  await followed;
});

test('waits longer after each failure, up to a limit', () => {
  assert.equal(delayOf(1, 1), 1000);
  assert.equal(delayOf(3, 1), 4000);
  assert.equal(delayOf(50, 1), 30_000);
  assert.equal(delayOf(2, 0), 1000);
});
