import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { type Authority, makeAuthority } from '../../support/authority.js';
import { startRegistry } from '../../support/faulty-registry.js';
import type { ServerCertificate } from '../../support/faulty-server.js';
import { failureOf, hello, openClient, read } from '../../support/reading.js';

const images = { 'hello:1': hello };
let authority: Authority;
let tls: ServerCertificate;
let trust: () => Promise<{ ca: string[] }>;

beforeAll(async () => {
  authority = await makeAuthority();
  const { certFile, keyFile } = await authority.issue();
  tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  trust = async () => ({ ca: [readFileSync(authority.caFile, 'utf8')] });
});

test('plain HTTP on loopback needs no option, and the pin then has tlsVerify = false', async () => {
  const registry = await startRegistry({ images });
  const source = read(registry.host);
  expect(source.tlsVerify).toBe(true);
  await source.resolve('1');
  expect(source.tlsVerify).toBe(false);
});

test('loopback without TLS is recognised before any certificates are read', async () => {
  const registry = await startRegistry({ images });
  const trust = async () => {
    throw new Error('the certificates were read');
  };
  expect(await read(registry.host, { trust }).resolve('1')).toBe(hello.root.digest);
  expect(registry.lines).toHaveLength(1);
});

test('loopback that closes TLS connections without an answer speaks plain HTTP', async () => {
  const registry = await startRegistry({ images });
  const [, port] = registry.host.split(':');
  const shy = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', (first) => {
        if (first[0] === 0x16) return void socket.end();
        const inner = connect(Number(port), '127.0.0.1', () => inner.write(first));
        inner.pipe(socket).pipe(inner);
      });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => shy.once('listening', resolve));
  const source = read(`127.0.0.1:${(shy.address() as AddressInfo).port}`);
  expect(await source.resolve('1')).toBe(hello.root.digest);
  shy.close();
});

test('loopback that speaks TLS is verified', async () => {
  const registry = await startRegistry({ images, tls });
  const source = read(registry.host, { trust });
  expect(await source.resolve('1')).toBe(hello.root.digest);
  expect(source.tlsVerify).toBe(true);
  const failure = await failureOf(read(registry.host).resolve('1'));
  expect(failure.message).toContain(registry.host);
  expect(registry.lines).toHaveLength(1);
});

test('a named registry may show any certificate, and another may not', async () => {
  const [named, other] = [await startRegistry({ images, tls }), await startRegistry({ images, tls })];
  const client = openClient({ insecure: new Set([named.host]) });
  const source = client.repository({ registry: named.host, repository: 'hello' });
  expect(await source.resolve('1')).toBe(hello.root.digest);
  expect(source.tlsVerify).toBe(false);
  await failureOf(client.repository({ registry: other.host, repository: 'hello' }).resolve('1'));
  expect(other.lines).toEqual([]);
});

test('a place that registries.conf calls insecure may, too', async () => {
  const registry = await startRegistry({ images, tls });
  const endpoints = () => [{ registry: registry.host, repository: 'hello', insecure: true }];
  const source = openClient({ endpoints }).repository({ registry: registry.host, repository: 'hello' });
  expect(await source.resolve('1')).toBe(hello.root.digest);
  expect(source.tlsVerify).toBe(false);
});

test('a name that is not loopback and not named speaks TLS or nothing', async () => {
  const registry = await startRegistry({ images, address: '0.0.0.0' });
  const port = registry.host.split(':')[1];
  // 0.0.0.0 is this machine, but no loopback address.
  const failure = await failureOf(read(`0.0.0.0:${port}`).resolve('1'));
  expect(failure.message).toBe(
    `0.0.0.0:${port}: it does not speak TLS; to allow plain HTTP there, add --insecure 0.0.0.0:${port}`,
  );
  const source = read(`0.0.0.0:${port}`, { insecure: new Set([`0.0.0.0:${port}`]) });
  expect(await source.resolve('1')).toBe(hello.root.digest);
});

test('a registry that spoke TLS is never spoken to in plain HTTP', async () => {
  const registry = await startRegistry({ images, tls, faults: [{ after: 1, reset: true }] });
  const plain = await startRegistry({ images });
  const source = read(registry.host, { trust, retry: { retries: 1 } });
  await source.resolve('1');
  await registry.close();
  expect((await failureOf(source.resolve('1'))).message).toContain(registry.host);
  expect(plain.lines).toEqual([]);
});

test('a port where nothing listens, a name that no host has, a server of another protocol', async () => {
  const closed = await startRegistry();
  await closed.close();
  const refused = await failureOf(read(closed.host).resolve('1'));
  expect(refused.message).toBe(
    `${closed.host}: connection refused: nothing listens there; check the host and the port`,
  );
  const unknown = await failureOf(read('no-such-host.invalid').resolve('1'));
  expect(unknown.message).toMatch(
    /^no-such-host\.invalid: (there is no host of this name|the name server does not answer)/,
  );
  const mail = createServer((socket) => socket.end('220 mail.example ESMTP\r\n')).listen(0, '127.0.0.1');
  await new Promise((resolve) => mail.once('listening', resolve));
  const { port } = mail.address() as { port: number };
  const other = await failureOf(read(`127.0.0.1:${port}`, { retry: { retries: 0 } }).resolve('1'));
  mail.close();
  expect(other.message).toContain(`127.0.0.1:${port}: it does not speak HTTP properly`);
});
