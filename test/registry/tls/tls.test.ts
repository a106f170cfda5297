import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRegistryClient } from '../../../src/registry/client.js';
import { createProxies } from '../../../src/registry/proxies/proxies.js';
import { createTrust, type TrustOptions } from '../../../src/registry/tls/trust.js';
import { type Authority, type IssueOptions, type KeyPair, makeAuthority } from '../../support/authority.js';
import { type DockerRegistry, startDockerRegistry } from '../../support/docker-registry.js';
import { type FaultyRegistry, startRegistry } from '../../support/faulty-registry.js';
import { fixtureImages } from '../../support/fixture-images.js';
import type { ImageContent } from '../../support/images.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { startTinyproxy } from '../../support/tinyproxy.js';

const hello = fixtureImages()['hello'] as ImageContent;
let authority: Authority;
let other: Authority;
let real: DockerRegistry;

beforeAll(async () => {
  [authority, other, real] = await Promise.all([
    makeAuthority('Corp Root'),
    makeAuthority('Other Root'),
    startDockerRegistry({ tls: true }),
  ]);
  await real.push('hello', 'latest', hello);
});

interface ReadOptions extends Partial<TrustOptions> {
  readonly insecure?: readonly string[];
}

/** The digest of hello:latest as the settings let it be read. */
async function resolve(host: string, { insecure = [], environment = {}, ...options }: ReadOptions): Promise<string> {
  const client = createRegistryClient({
    trust: createTrust({ environment, certsDirs: [], ...options }),
    proxyFor: createProxies(environment),
    insecure: new Set(insecure),
    retry: { retries: 0 },
  });
  try {
    return await client.repository({ registry: host, repository: 'hello' }).resolve('latest');
  } finally {
    await client.close();
  }
}

/** A certs.d folder for one host: the names of its files, and what to copy there. */
function certsDir(host: string, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, host));
  for (const [name, source] of Object.entries(files)) copyFileSync(source, join(folder, host, name));
  return folder;
}

async function serve(options: IssueOptions): Promise<FaultyRegistry> {
  const { certFile, keyFile } = await authority.issue(options);
  return startRegistry({ tls: { cert: readFileSync(certFile), key: readFileSync(keyFile) } });
}

describe("docker-registry with a certificate of the test's own authority", () => {
  test('is refused, with what to do', async () => {
    await expect(resolve(real.host, {})).rejects.toThrow(
      `${real.host}: its certificate for 'localhost' is signed by 'pullpin tests', an authority that is not trusted here; ` +
        `name the authority's certificate with --ca-file FILE, or put it into certs.d/${real.host}/ca.crt`,
    );
  });

  test.each<[string, (caFile: string) => ReadOptions]>([
    ['--ca-file', (caFile) => ({ caFile })],
    ['NIX_SSL_CERT_FILE', (caFile) => ({ environment: { NIX_SSL_CERT_FILE: caFile } })],
    ['SSL_CERT_FILE', (caFile) => ({ environment: { SSL_CERT_FILE: caFile } })],
    ['NODE_EXTRA_CA_CERTS', (caFile) => ({ environment: { NODE_EXTRA_CA_CERTS: caFile } })],
    ['certs.d', (caFile) => ({ certsDirs: [certsDir(real.host, { 'ca.crt': caFile })] })],
    ['--insecure', () => ({ insecure: [real.host] })],
  ])('is accepted with %s', async (_, settings) => {
    expect(await resolve(real.host, settings(real.caFile!))).toBe(hello.root.digest);
  });

  test('NIX_SSL_CERT_FILE hides SSL_CERT_FILE, and the added authorities count', async () => {
    const environment = { NIX_SSL_CERT_FILE: other.caFile, SSL_CERT_FILE: real.caFile! };
    await expect(resolve(real.host, { environment })).rejects.toThrow("signed by 'pullpin tests'");
    expect(await resolve(real.host, { environment, caFile: real.caFile! })).toBe(hello.root.digest);
  });

  test('a file that is added does not hide another', async () => {
    const environment = { NODE_EXTRA_CA_CERTS: real.caFile! };
    expect(await resolve(real.host, { environment, caFile: other.caFile })).toBe(hello.root.digest);
  });

  test('the reason is also found through a proxy', async () => {
    const login = { username: 'ada', password: 'p4ss' };
    const proxy = await startTinyproxy({ login });
    const environment = { HTTPS_PROXY: `http://ada:p4ss@${proxy.host}`, NO_PROXY: '' };
    await expect(resolve(real.host, { environment })).rejects.toThrow(
      `${real.host}: (through the proxy ${proxy.host}) its certificate for 'localhost' is signed by 'pullpin tests'`,
    );
  });
});

describe('a certificate at fault is named', () => {
  test.each<[string, IssueOptions, string]>([
    ['expired', { name: 'old', validity: ['20200101000000Z', '20200215000000Z'] }, "'old' expired on 2020-02-15"],
    [
      'of tomorrow',
      { name: 'young', validity: ['20990101000000Z', '20990215000000Z'] },
      "'young' is not valid before 2099-01-01",
    ],
    [
      'for another host',
      { subjectAltName: 'DNS:registry.corp' },
      "its certificate is for 'DNS:registry.corp', not for 127.0.0.1",
    ],
  ])('%s', async (_, options, problem) => {
    const registry = await serve(options);
    await expect(resolve(registry.host, { caFile: authority.caFile })).rejects.toThrow(problem);
    expect(registry.requests).toEqual([]);
  });
});

describe('docker-registry that wants a client certificate', () => {
  let registry: DockerRegistry;
  let client: KeyPair;
  beforeAll(async () => {
    client = await authority.issue({ name: 'ada' });
    const tls = { caFile: authority.caFile, ...(await authority.issue()), client };
    registry = await startDockerRegistry({ tls });
    await registry.push('hello', 'latest', hello);
  });

  const showing = ({ certFile, keyFile }: KeyPair, host = registry.host): ReadOptions => ({
    certsDirs: [certsDir(host, { 'client.cert': certFile, 'client.key': keyFile })],
    caFile: authority.caFile,
  });

  test('is shown the one in certs.d', async () => {
    expect(await resolve(registry.host, showing(client))).toBe(hello.root.digest);
  });

  test('is not shown the one of another host', async () => {
    await expect(resolve(registry.host, showing(client, '127.0.0.1:1'))).rejects.toThrow(
      `it may want a client certificate (client.cert and client.key in certs.d/${registry.host})`,
    );
  });

  test('does not take one of an authority that it does not know', async () => {
    const settings = showing(await other.issue({ name: 'ada' }));
    await expect(resolve(registry.host, settings)).rejects.toThrow('it may want a client certificate');
  });
});
