import { expect, test } from 'vitest';
import type { Credentials } from '../../../src/registry/credentials/credentials.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { failureOf, hello, read } from '../../support/reading.js';
import { startTokenServer } from '../../support/token-server.js';

const images = { 'hello:1': hello };

const identity: Credentials = { kind: 'identity-token', token: 'my-identity', source: 'the test' };

test('an identity token is exchanged by OAuth2', async () => {
  const tokens = await startTokenServer({ identityTokens: ['my-identity'], isPublic: () => false });
  const registry = await startRegistry({ images, guard: tokens.guard });
  await read(registry.host, { credentials: async () => identity }).resolve('1');
  expect(tokens.lines).toEqual(['POST /token']);
  expect(Object.fromEntries(new URLSearchParams(tokens.requests[0]?.body))).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'my-identity',
    client_id: 'pullpin',
    service: 'tests',
    scope: 'repository:hello:pull',
  });
});

test('a token server without POST is asked by GET', async () => {
  const tokens = await startTokenServer({ users: { '<token>': 'my-identity' }, isPublic: () => false });
  tokens.fail({ on: 'POST', status: 405 });
  const registry = await startRegistry({ images, guard: tokens.guard });
  expect(await read(registry.host, { credentials: async () => identity }).resolve('1')).toBe(hello.root.digest);
});

test('a token server with an internal error is asked again, and then named', async () => {
  const tokens = await startTokenServer({ faults: [{ status: 503, times: 2 }] });
  const registry = await startRegistry({ images, guard: tokens.guard });
  expect(await read(registry.host).resolve('1')).toBe(hello.root.digest);
  tokens.fail({ status: 500 });
  const failure = await failureOf(read(registry.host).resolve('1'));
  expect(failure.message).toBe(
    `the token server ${tokens.realm}: the registry has an internal error, try again later (status 500)`,
  );
});

test('a token server that cannot be reached is named in the error', async () => {
  const tokens = await startTokenServer();
  const registry = await startRegistry({ images, guard: tokens.guard });
  await tokens.close();
  const failure = await failureOf(read(registry.host).resolve('1'));
  expect(failure.message).toBe(
    `${tokens.host}: connection refused: nothing listens there; check the host and the port`,
  );
});

test.each([
  ['no JSON', { body: '<html>' }, 'did not answer in JSON'],
  ['no token', { body: '{"expires_in":60}' }, 'sent none that can be used'],
  ['a token that breaks the header', { body: '{"token":"a\\r\\nx-evil: 1"}' }, 'sent none that can be used'],
  ['more than 1 MiB', { body: `{"token":"${'x'.repeat(2 ** 20)}"}` }, 'sent more than the 1048576 bytes'],
  ['a deep answer', { body: '['.repeat(2 ** 20) }, 'did not answer in JSON'],
])('a token server that sends %s', async (_, fault, problem) => {
  const tokens = await startTokenServer({ faults: [{ status: 200, ...fault }] });
  const registry = await startRegistry({ images, guard: tokens.guard });
  const { message } = await failureOf(read(registry.host).resolve('1'));
  expect(message).toContain(`${tokens.realm}: the server was asked`.slice(0, tokens.realm.length));
  expect(message).toContain(problem);
});

test.each([
  [
    404,
    {},
    '{}',
    'was asked for a token and has nothing there (status 404); the registry names a wrong token server',
    'failure',
  ],
  [
    405,
    {},
    '{}',
    'was asked for a token and has nothing there (status 405); the registry names a wrong token server',
    'failure',
  ],
  [
    200,
    { 'content-type': 'text/html' },
    '<html>',
    'sent a web page; a proxy or a sign-in may be in the way',
    'failure',
  ],
])('a token server that answers %i with %j is not a missing image', async (status, headers, body, problem, kind) => {
  const tokens = await startTokenServer({ faults: [{ status, headers, body }] });
  const registry = await startRegistry({ images, guard: tokens.guard });
  const failure = await failureOf(read(registry.host).resolve('1'));
  expect(failure.message).toBe(`${tokens.realm}?…: the server ${problem}`);
  expect(failure.kind).toBe(kind);
});
