import { expect, test } from 'vitest';
import { startRegistry } from './faulty-registry.js';
import { fixtureImages } from './fixture-images.js';
import { startTokenServer } from './token-server.js';

const hello = fixtureImages()['hello']!;

test('serves what was put in, records the questions, and fails on request', async () => {
  const registry = await startRegistry({ images: { 'library/hello:1': hello } });
  const url = `${registry.origin}/v2/library/hello/manifests/1`;
  const answer = await fetch(url);
  expect(answer.headers.get('docker-content-digest')).toBe(hello.root.digest);
  expect(Buffer.from(await answer.arrayBuffer()).equals(hello.root.bytes)).toBe(true);
  registry.fail({ on: 'GET', status: 503, times: 1 }, { on: /manifests/, cutAfter: 3, times: 1 });
  expect((await fetch(url)).status).toBe(503);
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  expect((await fetch(url)).status).toBe(200);
  expect(registry.questions).toEqual(Array(4).fill('GET manifests/1'));
});

test('a guarded registry opens to the tokens of its token server only', async () => {
  const tokens = await startTokenServer({ users: { ann: 'secret' }, isPublic: (name) => name === 'public' });
  const registry = await startRegistry({ images: { 'private:1': hello }, guard: tokens.guard });
  const url = `${registry.origin}/v2/private/manifests/1`;
  expect((await fetch(url)).headers.get('www-authenticate')).toBe(tokens.challenge('repository:private:pull'));
  const login = { authorization: `Basic ${btoa('ann:secret')}` };
  const statusWith = async (headers: Record<string, string>) => {
    const answer = await fetch(`${tokens.realm}?service=tests&scope=repository:private:pull`, { headers });
    const { token } = (await answer.json()) as { token: string };
    return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
  };
  expect(await statusWith(login)).toBe(200);
  expect(await statusWith({})).toBe(401);
});
