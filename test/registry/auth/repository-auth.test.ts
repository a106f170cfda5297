import { expect, test } from 'vitest';
import { basicAuthentication, type Guard, startRegistry } from '../../support/faulty-registry.js';
import { ann, failureOf, hello, listen, read } from '../../support/reading.js';
import { startTokenServer } from '../../support/token-server.js';

const images = { 'hello:1': hello };
const withAnn = { credentials: async () => ann };
const users = { ann: 'secret-of-ann' };

/** A guard whose refusals carry other challenges. */
function challenging(guard: Guard, header: string | readonly string[]): Guard {
  return (request, repository) => {
    const refusal = guard(request, repository);
    return refusal && { ...refusal, headers: { ...refusal.headers, 'www-authenticate': header } };
  };
}

test('an anonymous token is fetched once and serves all requests', async () => {
  const tokens = await startTokenServer();
  const registry = await startRegistry({ images, guard: tokens.guard });
  const source = read(registry.host);
  await source.resolve('1');
  await Promise.all([source.manifest('1'), source.manifest('1'), source.resolve('1')]);
  expect(registry.lines).toHaveLength(5);
  expect(tokens.lines).toEqual(['GET /token?service=tests&scope=repository%3Ahello%3Apull']);
});

test('no authentication at all (mcr)', async () => {
  const registry = await startRegistry({ images });
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    return ann;
  };
  await read(registry.host, { credentials }).resolve('1');
  expect(registry.requests[0]?.headers['authorization']).toBeUndefined();
  expect(asked).toBe(0);
});

test('credentials go to the token server by basic authentication, and the token to the registry', async () => {
  const tokens = await startTokenServer({ users, isPublic: () => false });
  const registry = await startRegistry({ images, guard: tokens.guard });
  await read(registry.host, withAnn).resolve('1');
  expect(tokens.requests[0]?.headers['authorization']).toBe(`Basic ${btoa('ann:secret-of-ann')}`);
  expect(registry.requests.at(-1)?.headers['authorization']).toMatch(/^Bearer token-/);
});

test('basic authentication', async () => {
  const registry = await startRegistry({ images, guard: basicAuthentication('ann', 'secret-of-ann') });
  const source = read(registry.host, withAnn);
  await source.resolve('1');
  await source.manifest('1');
  expect(registry.lines).toHaveLength(3);
});

test.each([
  ['one header', (bearer: string) => `Basic realm="a, b", ${bearer}`],
  ['two headers', (bearer: string) => [bearer, 'Basic realm="codeberg"']],
  ['an unknown scheme in front', (bearer: string) => `Negotiate abc==, ${bearer}, NTLM`],
])('a challenge with several schemes in %s (Codeberg)', async (_, header) => {
  const tokens = await startTokenServer();
  const guard = challenging(tokens.guard, header(tokens.challenge('repository:hello:pull')));
  const registry = await startRegistry({ images, guard });
  expect(await read(registry.host).resolve('1')).toBe(hello.root.digest);
});

test('a realm that is not a URL: basic authentication if that is offered, too, and a clear error otherwise', async () => {
  const guard = basicAuthentication('ann', 'secret-of-ann');
  const both = await startRegistry({
    images,
    guard: challenging(guard, 'Bearer realm="Registry", Basic realm="Registry"'),
  });
  expect(await read(both.host, withAnn).resolve('1')).toBe(hello.root.digest);
  const one = await startRegistry({ images, guard: challenging(guard, 'Bearer realm="Registry"') });
  const failure = await failureOf(read(one.host).resolve('1'));
  expect(failure.message).toBe(
    `${one.host}: names the token server 'Registry', which is not a web address; its operator must correct that`,
  );
  expect(failure.kind).toBe('authentication');
});

test('no service in the challenge (nvcr.io)', async () => {
  const tokens = await startTokenServer({ service: null });
  const registry = await startRegistry({ images, guard: tokens.guard });
  await read(registry.host).resolve('1');
  expect(tokens.lines).toEqual(['GET /token?scope=repository%3Ahello%3Apull']);
});

test('a scope of the registry’s own is asked for as it is', async () => {
  const tokens = await startTokenServer();
  const guard: Guard = ({ headers }) =>
    headers['authorization']
      ? undefined
      : { status: 401, headers: { 'www-authenticate': `Bearer realm="${tokens.realm}",scope="*"` } };
  const registry = await startRegistry({ images: { ...images, 'other:1': hello }, guard });
  await read(registry.host).resolve('1');
  expect(tokens.lines).toEqual(['GET /token?scope=*']);
});

test.each(['token', 'access_token'] as const)('the token server’s answer names it %s', async (field) => {
  const tokens = await startTokenServer({ field });
  const registry = await startRegistry({ images, guard: tokens.guard });
  expect(await read(registry.host).resolve('1')).toBe(hello.root.digest);
});

test('a token that is about to expire is renewed before it is used', async () => {
  const tokens = await startTokenServer({ expiresIn: 0.2 });
  const registry = await startRegistry({ images, guard: tokens.guard });
  const source = read(registry.host);
  await source.resolve('1');
  await new Promise((resolve) => setTimeout(resolve, 250));
  await source.resolve('1');
  expect(tokens.lines).toHaveLength(2);
  expect(registry.lines).toHaveLength(3);
});

test('a token that the registry no longer accepts is replaced', async () => {
  const tokens = await startTokenServer();
  const registry = await startRegistry({ images, guard: tokens.guard });
  const source = read(registry.host);
  await source.resolve('1');
  tokens.revoke();
  expect(await source.resolve('1')).toBe(hello.root.digest);
  expect(tokens.lines).toHaveLength(2);
});

test('stale credentials do not keep a public image from being read, by a token server (ghcr)', async () => {
  const tokens = await startTokenServer({ users: { ann: 'another' } });
  const registry = await startRegistry({ images, guard: tokens.guard });
  const heard = listen();
  const source = read(registry.host, { ...withAnn, log: heard.log });
  expect(await source.resolve('1')).toBe(hello.root.digest);
  expect(heard.warnings).toEqual([
    `${registry.host} refused the credentials from the test; hello was read without them`,
  ]);
  await source.manifest('1');
  expect(heard.warnings).toHaveLength(1);
});

test('refused credentials on a private image', async () => {
  const tokens = await startTokenServer({ users: { ann: 'another' }, isPublic: () => false });
  for (const guard of [tokens.guard, basicAuthentication('ann', 'another')]) {
    const registry = await startRegistry({ images, guard });
    const failure = await failureOf(read(registry.host, withAnn).manifest('1'));
    expect(failure.message).toBe(
      `${registry.host}/hello:1: no access or no such repository: ${registry.host} refused your credentials for it (status 401: authentication required)`,
    );
    expect(failure.kind).toBe('authentication');
  }
});

test('without credentials: the registry has no such repository, or it is private', async () => {
  const tokens = await startTokenServer({ isPublic: () => false });
  for (const guard of [tokens.guard, basicAuthentication('ann', 'another')]) {
    const registry = await startRegistry({ images, guard });
    const failure = await failureOf(read(registry.host).resolve('1'));
    expect(failure.message).toContain('hello:1: the registry has no such repository, or it is private (status 401');
    expect(failure.message).toContain('docker login');
    expect(failure.kind).toBe('authentication');
  }
});

test('a missing repository at Docker Hub, which answers 401 to an anonymous token, costs no more requests than needed', async () => {
  const tokens = await startTokenServer({ isPublic: () => false });
  const registry = await startRegistry({ images, guard: tokens.guard });
  await failureOf(read(registry.host, {}, 'missing').resolve('1'));
  expect(registry.questions).toEqual(['HEAD manifests/1', 'HEAD manifests/1']);
  expect(tokens.lines).toHaveLength(1);
});

test('an unknown scheme is named in the error', async () => {
  const guard: Guard = () => ({ status: 401, headers: { 'www-authenticate': 'Negotiate' } });
  const registry = await startRegistry({ images, guard });
  const failure = await failureOf(read(registry.host).resolve('1'));
  expect(failure.message).toBe(`${registry.host}: asks for authentication by negotiate, which pullpin does not know`);
});

test('no secret shows up in events or errors', async () => {
  const tokens = await startTokenServer({ users, isPublic: () => false });
  const registry = await startRegistry({ images, guard: tokens.guard });
  const heard = listen();
  const source = read(registry.host, { ...withAnn, log: heard.log });
  await source.resolve('1');
  const failure = await failureOf(source.manifest('missing'));
  const shown = JSON.stringify([heard.events, failure.message, failure]);
  const secrets = [
    'secret-of-ann',
    btoa('ann:secret-of-ann'),
    registry.requests.at(-1)?.headers['authorization']?.slice(7),
  ];
  expect(heard.events.length).toBeGreaterThan(3);
  for (const secret of secrets) expect(shown).not.toContain(secret);
});
