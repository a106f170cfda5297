import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { expect, test, vi } from 'vitest';
import { PullpinError } from '../../../src/errors.js';
import { TlsConnector } from '../../../src/registry/transport/tls-connector.js';
import { type Authority, makeAuthority } from '../../support/authority.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { failureOf, hello, openClient, read } from '../../support/reading.js';

/** Not on loopback, so that nothing is asked of it before the request. */
async function registryOf(authority: Authority) {
  const { certFile, keyFile } = await authority.issue({ subjectAltName: 'IP:0.0.0.0' });
  return startRegistry({
    images: { 'hello:1': hello },
    tls: { cert: readFileSync(certFile), key: readFileSync(keyFile) },
    address: '0.0.0.0',
  });
}

test('authorities are loaded once for all connections', async () => {
  const authority = await makeAuthority();
  const registry = await registryOf(authority);
  let loads = 0;
  const context = createSecureContext({ ca: readFileSync(authority.caFile) });
  const trust = async () => ({
    secureContext: () => {
      loads += 1;
      return context;
    },
  });
  const source = read(registry.host, { trust });
  expect(await source.resolve('1')).toBe(hello.root.digest);
  await Promise.all(Array.from({ length: 4 }, () => source.resolve('1')));
  expect(registry.connections).toBeGreaterThan(2);
  expect(loads).toBe(1);
});

test('a server that opens connections and says nothing gets as much time as one that does not open any, and the message says which it was', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined))).listen(0, '0.0.0.0');
  await new Promise((resolve) => server.once('listening', resolve));
  const host = `0.0.0.0:${(server.address() as AddressInfo).port}`;
  const failure = await failureOf(read(host, { timeLimits: { connect: 300 }, retry: { retries: 0 } }).resolve('1'));
  expect(failure.message).toBe(
    `${host}: it accepted the connection, and did not set up TLS within 0.3 s; try again later, or check the host and the port`,
  );
  // It may be busy, so it is asked again.
  const before = sockets.length;
  await failureOf(read(host, { timeLimits: { connect: 100 }, retry: { retries: 2 } }).resolve('1'));
  expect(sockets.length - before).toBeGreaterThan(2);
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('a connection is opened before authorities are loaded; when they cannot be, the request fails and not the program', async () => {
  const registry = await registryOf(await makeAuthority());
  const trust = async () => ({
    secureContext: () => {
      throw new PullpinError('these are not certificates');
    },
  });
  const failure = await failureOf(read(registry.host, { trust, retry: { retries: 0 } }).resolve('1'));
  expect(failure.message).toBe('these are not certificates');
  // The one that was opened ahead, and the one of the request.
  await vi.waitFor(() => expect(registry.connections).toBeGreaterThan(0));
  expect(registry.lines).toEqual([]);
});

test('a pin opens connections for its blobs with the first request; what was not used is closed with the client', async () => {
  const authority = await makeAuthority();
  const registry = await registryOf(authority);
  const trust = async () => ({ ca: [readFileSync(authority.caFile, 'utf8')] });
  const client = openClient({ trust });
  const source = client.repository({ registry: registry.host, repository: 'hello' });
  await source.resolve('1');
  expect(registry.connections).toBe(1);
  await source.manifest('1');
  await vi.waitFor(() => expect(registry.connections).toBe(4));
  await source.manifest(hello.root.digest);
  expect(registry.connections).toBe(4);
  expect(registry.lines).toHaveLength(3);
  await client.close();
  await vi.waitFor(() => expect(registry.openConnections).toBe(0));
});

test('connections to an IPv6 address are opened ahead, too', async () => {
  const authority = await makeAuthority();
  const { certFile, keyFile } = await authority.issue({ subjectAltName: 'IP:::1' });
  const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const registry = await startRegistry({ tls, address: '::1' });
  const trust = { ca: [readFileSync(authority.caFile, 'utf8')] };
  const connector = new TlsConnector({ trust, rejectUnauthorized: true, timeout: 5000 });
  const { hostname, host, port, protocol } = new URL(registry.origin);
  connector.openAhead(new URL(registry.origin), 1);
  const socket = await new Promise<Socket>((resolve, reject) => {
    connector.connect({ hostname, host, port, protocol }, (error, opened) =>
      opened ? resolve(opened) : reject(error),
    );
  });
  expect(socket.remoteAddress).toBe('::1');
  expect(registry.connections).toBe(1);
  socket.destroy();
});
