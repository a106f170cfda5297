import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { answersTls } from '../../../src/registry/tls/answers-tls.js';
import { makeAuthority } from '../../support/authority.js';
import { startDockerRegistry } from '../../support/docker-registry.js';
import { startServer } from '../../support/faulty-server.js';

const urlOf = (host: string): URL => new URL(`https://${host}`);
const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

/** Something that listens and does with each connection what a test wants. */
async function listen(act: (socket: Socket) => void): Promise<URL> {
  const server = createServer((socket) => act(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  closing.push(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return urlOf(`127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test('a server of TLS does, whatever it asks of clients', async () => {
  const authority = await makeAuthority();
  const { certFile, keyFile } = await authority.issue();
  const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const clientCa = readFileSync(authority.caFile);
  for (const wanted of [tls, { ...tls, clientCa, requireClient: true }]) {
    const server = await startServer(() => ({ status: 200 }), { tls: wanted });
    expect(await answersTls(urlOf(server.host))).toBe(true);
    expect(server.requests).toEqual([]);
  }
});

test('a server of plain HTTP does not, and takes the question for no request', async () => {
  const server = await startServer(() => ({ status: 200 }));
  expect(await answersTls(urlOf(server.host))).toBe(false);
  expect(server.requests).toEqual([]);
});

test('Debian’s docker-registry answers either way, and does not wait for more', async () => {
  const plain = await startDockerRegistry();
  expect(await answersTls(urlOf(plain.host))).toBe(false);
  const secure = await startDockerRegistry({ tls: true });
  expect(await answersTls(urlOf(secure.host))).toBe(true);
});

test('nobody knows of a port where nobody listens, of one that closes and of one that says nothing', async () => {
  const gone = await startServer(() => ({ status: 200 }));
  await gone.close();
  expect(await answersTls(urlOf(gone.host))).toBeUndefined();
  expect(await answersTls(await listen((socket) => socket.end()))).toBeUndefined();
  expect(await answersTls(await listen((socket) => socket.resetAndDestroy()))).toBeUndefined();
  const silent: Socket[] = [];
  expect(await answersTls(await listen((socket) => void silent.push(socket)))).toBeUndefined();
  for (const socket of silent) socket.destroy();
});
