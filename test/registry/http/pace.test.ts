import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { HttpRequest, HttpResponse, Send } from '../../../src/registry/http/http.js';
import { type Clock, createPace } from '../../../src/registry/http/pace.js';

/** A clock that only sleeps make go on. */
function clock(): Clock & { time: number } {
  const own = {
    time: 0,
    now: () => own.time,
    sleep: async (milliseconds: number, signal: AbortSignal | undefined) => {
      signal?.throwIfAborted();
      own.time += milliseconds;
    },
  };
  return own;
}

const request = (host = 'r.example'): HttpRequest => ({
  method: 'GET',
  url: new URL(`https://${host}/v2/`),
  headers: {},
});

function answer(status: number, headers: Record<string, string> = {}): HttpResponse {
  const url = new URL('https://r.example/v2/');
  return { status, headers: new Map(Object.entries(headers)), url, body: Readable.from([]), explain: (error) => error };
}

/** When requests of one host were sent, in seconds. */
async function sentTimes(perMinute: number, count: number, answers: (at: number) => HttpResponse = () => answer(200)) {
  const own = clock();
  const times: number[] = [];
  const send: Send = async () => {
    times.push(own.now() / 1000);
    return answers(times.length);
  };
  const paced = createPace(perMinute, undefined, own)(send);
  await Promise.all(Array.from({ length: count }, () => paced(request())));
  return times;
}

test('no minute has more requests than are allowed', async () => {
  const times = await sentTimes(10, 35);
  expect(times).toEqual(Array.from({ length: 35 }, (_, at) => Math.floor(at / 10) * 60));
});

test.each([
  [100 / 8, 25, 12 / 12.5],
  [1, 3, 1],
  [1 / 8, 2, 8],
])('%d in a minute, the share of a shard, hold over time', async (perMinute, count, minutes) => {
  const times = await sentTimes(perMinute, count);
  const most = Math.max(1, Math.floor(perMinute));
  expect(times.at(-1)).toBeCloseTo(Math.floor((count - 1) / most) * minutes * 60);
});

test('hosts do not wait for each other', async () => {
  const own = clock();
  const paced = createPace(1, undefined, own)(async () => answer(200));
  for (const host of ['a.example', 'b.example', 'c.example']) await paced(request(host));
  expect(own.time).toBe(0);
});

test('after a Retry-After all requests to the host wait, those that were let in before were sent', async () => {
  const own = clock();
  const paced = createPace(
    100,
    undefined,
    own,
  )(async () => answer(own.time === 0 ? 429 : 200, { 'retry-after': '30' }));
  await paced(request());
  await paced(request());
  expect(own.time).toBe(30_000);
  await paced(request('other.example'));
  expect(own.time).toBe(30_000);
});

test('nothing waits for a Retry-After of hours', async () => {
  const own = clock();
  const paced = createPace(100, undefined, own)(async () => answer(429, { 'retry-after': '7200' }));
  for (let at = 0; at < 3; at += 1) await paced(request());
  expect(own.time).toBe(0);
});

test('an interruption ends the wait', async () => {
  const controller = new AbortController();
  const paced = createPace(1, controller.signal)(async () => answer(200));
  await paced(request());
  const waiting = paced(request());
  controller.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow('interrupted');
});
