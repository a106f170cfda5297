import { describe, expect, test } from 'vitest';
import { registryError, startRegistry } from '../../support/faulty-registry.js';
import { failureOf, hello, listen, read } from '../../support/reading.js';

const images = { 'hello:1': hello };

describe('a request that failed for a temporary reason is repeated', () => {
  test.each([
    ['status 503', { status: 503 }],
    ['status 500', { status: 500 }],
    ['status 408', { status: 408 }],
    ['a reset connection', { reset: true }],
    ['a truncated body', { cutAfter: 10 }],
  ])('%s passes', async (_, fault) => {
    const registry = await startRegistry({ images, faults: [{ on: 'GET', times: 2, ...fault }] });
    expect((await read(registry.host).manifest('1')).digest).toBe(hello.root.digest);
    expect(registry.lines).toHaveLength(3);
  });

  test('a failure that stays is reported after the last repetition', async () => {
    const registry = await startRegistry({ images, faults: [{ status: 502, body: '<html>' }] });
    const failure = await failureOf(read(registry.host, { retry: { retries: 2 } }).resolve('1'));
    expect(failure.message).toBe(
      `${registry.host}/hello:1: the registry has an internal error, try again later (status 502)`,
    );
    const [head, get] = ['HEAD manifests/1', 'GET manifests/1'];
    expect(registry.questions).toEqual([head, head, get, get, get]);
  });

  test('pauses grow, and leave something to chance', async () => {
    const registry = await startRegistry({ images, faults: [{ status: 500 }] });
    const heard = listen();
    await failureOf(read(registry.host, { retry: { pause: 16, retries: 3 }, log: heard.log }).manifest('1'));
    const pauses = heard.events.flatMap((event) => (event.type === 'retry' ? [event.milliseconds] : []));
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(8 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(16 * 2 ** index);
    }
    expect(pauses).toHaveLength(3);
  });

  test('429 with Retry-After is waited for', async () => {
    const registry = await startRegistry({
      images,
      faults: [{ status: 429, headers: { 'retry-after': '1' }, times: 1 }],
    });
    const start = performance.now();
    expect(await read(registry.host).resolve('1')).toBe(hello.root.digest);
    expect(performance.now() - start).toBeGreaterThan(950);
  });

  test('429 with a longer pause than allowed: the message says when to come back, what is left, and that logging in helps', async () => {
    const headers = { 'retry-after': '3600', 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
    const registry = await startRegistry({
      images,
      faults: [{ ...registryError(429, 'TOOMANYREQUESTS', 'pull rate limit'), headers }],
    });
    const source = read(registry.host);
    const failure = await failureOf(source.manifest('1'));
    expect(failure.message).toMatch(
      /hello:1: too many requests for [\d.:]+ \(status 429: pull rate limit, 0;w=21600 left\): try again after \d{4}-.*Z; logging in raises the limit$/,
    );
    expect(failure.kind).toBe('rate-limited');
    expect(failure).toHaveProperty('retryAt');
    expect(registry.lines).toHaveLength(1);
    expect(source.rateLimit).toEqual({ limit: 100, remaining: 0, windowSeconds: 21600 });
  });

  test('a quota that is used up is not asked again', async () => {
    const registry = await startRegistry({
      images,
      faults: [{ status: 429, headers: { 'ratelimit-remaining': '0;w=21600' } }],
    });
    await failureOf(read(registry.host).resolve('1'));
    expect(registry.lines).toHaveLength(1);
  });

  test('the rest of the rate limit is known', async () => {
    const headers = {
      'ratelimit-limit': '100;w=21600',
      'ratelimit-remaining': '76;w=21600',
      'docker-ratelimit-source': '192.0.2.1',
    };
    const registry = await startRegistry({ images, faults: [{ headers }] });
    const source = read(registry.host);
    expect(source.rateLimit).toBeUndefined();
    await source.resolve('1');
    expect(source.rateLimit).toEqual({ limit: 100, remaining: 76, windowSeconds: 21600, source: '192.0.2.1' });
  });

  test.each([
    ['no answer', { delay: Number.POSITIVE_INFINITY }, { headers: 300 }, 'no answer within 0.3 s'],
    ['an answer that stops', { stallAfter: 5 }, { idle: 300 }, 'it stopped sending: nothing came for 0.3 s'],
  ])('%s ends in bounded time', async (_, fault, timeLimits, problem) => {
    const registry = await startRegistry({ images, faults: [{ on: 'GET', ...fault }] });
    const failure = await failureOf(read(registry.host, { timeLimits, retry: { retries: 1 } }).manifest('1'));
    expect(failure.message).toContain(`${registry.host}: ${problem}`);
    expect(registry.lines).toHaveLength(2);
  });
});
