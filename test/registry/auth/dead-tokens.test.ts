import { describe, expect, test } from 'vitest';
import { basicAuthentication, type Guard, registryError, startRegistry } from '../../support/faulty-registry.js';
import { ann, blob, bytesOf, failureOf, hello, openClient, read } from '../../support/reading.js';
import { startTokenServer, type TokenServer } from '../../support/token-server.js';

const images = { 'hello:1': hello, 'other:1': hello };

/** A registry that says this to a token that it does not know, and challenges only those who show nothing, if at all. */
function answering(tokens: TokenServer, status: number, header?: string): Guard {
  return (request, repository) => {
    const refusal = tokens.guard(request, repository);
    if (!refusal || request.headers['authorization'] === undefined) return refusal;
    return { ...registryError(status, 'DENIED', 'denied'), ...(header && { headers: { 'www-authenticate': header } }) };
  };
}

describe('a token that expires in the middle of a run', () => {
  test.each([
    [400, undefined],
    [401, undefined],
    [401, 'Bearer error="invalid_token"'],
    [403, undefined],
  ])('and is answered by status %i and the challenge %s is replaced once', async (status, header) => {
    const tokens = await startTokenServer();
    const registry = await startRegistry({ images, guard: answering(tokens, status, header) });
    const source = read(registry.host);
    await source.resolve('1');
    tokens.revoke();
    expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
    expect(tokens.lines).toHaveLength(2);
  });

  test('is replaced where the registry never sends a challenge again', async () => {
    const tokens = await startTokenServer();
    let isKnown = false;
    const guard: Guard = (request, repository) => {
      const refusal = tokens.guard(request, repository);
      if (!refusal) isKnown = true;
      return refusal && isKnown ? registryError(401, 'UNAUTHORIZED', 'expired') : refusal;
    };
    const registry = await startRegistry({ images, guard });
    const source = read(registry.host);
    await source.resolve('1');
    tokens.revoke();
    expect(await source.resolve('1')).toBe(hello.root.digest);
  });

  test('in the middle of a blob', async () => {
    const tokens = await startTokenServer();
    const registry = await startRegistry({ images, guard: answering(tokens, 403) });
    const source = read(registry.host);
    await source.resolve('1');
    registry.fail({
      on: 'blobs',
      times: 1,
      cutAfter: 5,
      answer: (_, answer) => {
        tokens.revoke();
        return answer;
      },
    });
    expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
    registry.fail({ on: 'blobs', times: 1, cutAfter: 5 }, { on: 'blobs', ...registryError(403, 'DENIED', 'gone') });
    const failure = await failureOf(bytesOf(source.blob(blob.descriptor)));
    expect(failure.message).toContain('the registry refused to continue the download after 5 bytes');
    expect(failure.message).toContain('(status 403: gone)');
  });
});

describe('one host, several methods', () => {
  test('a challenge for Basic after a refused token uses the credentials once', async () => {
    const tokens = await startTokenServer({ users: { ann: 'secret-of-ann' } });
    const basic = basicAuthentication('ann', 'secret-of-ann');
    const guard: Guard = (request, repository) => {
      const { authorization } = request.headers;
      return authorization === undefined ? tokens.guard(request, repository) : basic(request, repository);
    };
    const registry = await startRegistry({ images, guard });
    const source = read(registry.host, { credentials: async () => ann });
    expect(await source.resolve('1')).toBe(hello.root.digest);
    expect(registry.requests.map(({ headers }) => headers['authorization']?.split(' ')[0])).toEqual([
      undefined,
      'Bearer',
      'Basic',
    ]);
  });

  test('where one repository wants Basic and the next a token, a 403 without a challenge to Basic is repeated without credentials', async () => {
    const tokens = await startTokenServer({ users: { ann: 'secret-of-ann' } });
    const basic = basicAuthentication('ann', 'secret-of-ann');
    const guard: Guard = (request, repository) => {
      if (repository === 'hello') return basic(request, repository);
      return request.headers['authorization']?.startsWith('Basic')
        ? { status: 403, body: 'forbidden' }
        : tokens.guard(request, repository);
    };
    const registry = await startRegistry({ images, guard });
    const client = openClient({ credentials: async () => ann });
    for (const repository of ['hello', 'other']) {
      const source = client.repository({ registry: registry.host, repository });
      expect(await source.resolve('1')).toBe(hello.root.digest);
    }
  });

  test('Bearer error="invalid_token" without a realm is not a token server without a name', async () => {
    const guard: Guard = () => ({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
    const registry = await startRegistry({ images, guard });
    const { message } = await failureOf(read(registry.host).resolve('1'));
    expect(message).toBe(
      `${registry.host}: asks for a token and does not name a token server; its operator must correct that`,
    );
  });

  test('credentials that were really refused are named, also after other attempts', async () => {
    const registry = await startRegistry({
      images,
      guard: ({ headers }) =>
        headers['authorization'] === undefined
          ? { status: 401, headers: { 'www-authenticate': 'Basic realm="tests"' } }
          : registryError(403, 'DENIED', 'not for ann'),
    });
    const source = read(registry.host, { credentials: async () => ann });
    for (const _ of [1, 2]) {
      const { message } = await failureOf(source.manifest('1'));
      expect(message).toContain('refused your credentials for it (status 403: not for ann)');
    }
  });
});
