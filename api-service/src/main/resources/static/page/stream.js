import { EventParser } from './sse.js';

/** A stream sends something every 15 seconds; one that is silent for longer is dead. */
const SILENCE = 45_000;
const FIRST_DELAY = 1_000;
const MAX_DELAY = 30_000;

/**
 * Follows a stream of server-sent events until it is aborted, or until the service says that there will be no more.
 * `EventSource` cannot do this, because it sends no token. After a failure, the stream continues after the last event,
 * with growing delays; in the meantime `poll` is called, so that the page stays current also if streams do not work.
 *
 * @param {string} path
 * @param {object} options
 * @param {(path: string, options: RequestInit) => Promise<Response>} options.fetchApi
 * @param {(event: {id: string, event: string, data: string}) => boolean | void} options.onEvent true ends it
 * @param {() => Promise<boolean | void>} options.poll called after each failure; true ends it
 * @param {(live: boolean) => void} [options.onLive] whether the stream is connected
 * @param {AbortSignal} options.signal
 */
export async function follow(path, { fetchApi, onEvent, poll, onLive = () => {}, signal }) {
  let lastId = '';
  let failures = 0;
  while (!signal.aborted) {
    const connection = new AbortController();
    const end = () => connection.abort();
    signal.addEventListener('abort', end);
    try {
      const headers = { Accept: 'text/event-stream', ...(lastId ? { 'Last-Event-ID': lastId } : {}) };
      const response = await fetchApi(path, { headers, signal: connection.signal });
      if (response.status === 204) {
        return;
      }
      onLive(true);
      for await (const event of events(response, connection)) {
        failures = 0;
        lastId = event.id || lastId;
        if (onEvent(event)) {
          return;
        }
      }
    } catch (e) {
      if (signal.aborted || isFinal(e)) {
        return;
      }
    } finally {
      signal.removeEventListener('abort', end);
      connection.abort();
      onLive(false);
    }
    failures++;
    if (failures > 1 && !signal.aborted && (await polled(poll))) {
      return;
    }
    await pause(delayOf(failures), signal);
  }
}

/**
 * The time to wait after a number of failures in a row, with jitter.
 * @param {number} failures from 1
 * @param {number} [random] 0 to 1
 */
export function delayOf(failures, random = Math.random()) {
  return Math.min(MAX_DELAY, FIRST_DELAY * 2 ** Math.min(failures - 1, 10)) * (0.5 + random / 2);
}

async function* events(response, connection) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  for (;;) {
    const timer = setTimeout(() => connection.abort(), SILENCE);
    let chunk;
    try {
      chunk = await reader.read();
    } finally {
      clearTimeout(timer);
    }
    if (chunk.done) {
      return;
    }
    yield* parser.push(chunk.value);
  }
}

/** What is unknown or forbidden stays so; everything else may pass. */
function isFinal(e) {
  return [400, 401, 403, 404].includes(e.status);
}

async function polled(poll) {
  try {
    return await poll();
  } catch {
    // The next try tells.
    return false;
  }
}

function pause(millis, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, millis);
    signal.addEventListener('abort', done);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
