import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll } from 'vitest';
import type { StoredManifest } from '../../src/oci/image-source.js';
import { type KeyPair, makeAuthority } from './authority.js';
import type { ImageContent } from './images.js';
import { endProcess, freePort } from './server-process.js';
import { temporaryFolder } from './temporary-folder.js';

export interface DockerRegistryOptions {
  /** Asks for this name and password by basic authentication. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Speaks TLS: with a certificate of its own authority for localhost and 127.0.0.1, or with a given one. */
  readonly tls?: boolean | Certificate;
  /** Takes only the bearer tokens of a token server whose issuer is `tests`; nothing can be pushed then. */
  readonly tokens?: { readonly realm: string; readonly service: string; readonly caFile: string };
  /** Storage of an earlier registry. */
  readonly storage?: string;
}

/** A server's certificate and the authority behind it. */
export interface Certificate extends KeyPair {
  readonly caFile: string;
  /** Clients must show a certificate of the same authority; this is the one of `push`. */
  readonly client?: KeyPair;
}

/** Debian's docker-registry on a free port of loopback. It ends with the test file, or sooner by `close`. */
export interface DockerRegistry {
  /** `127.0.0.1:port`, what stands before the first slash of an image's name. */
  readonly host: string;
  readonly storage: string;
  /** The authority to trust, a PEM file, when it speaks TLS. */
  readonly caFile?: string;
  /** Uploads exact bytes, without a client that would look at them; throws with the registry's answer when it refuses them. */
  push(repository: string, tag: string, content: ImageContent): Promise<void>;
  /** Deletes a manifest or a blob from a repository, as a clean-up in a registry does. */
  remove(repository: string, kind: 'manifests' | 'blobs', digest: string): Promise<void>;
  close(): Promise<void>;
}

const CONNECTIONS = { keepAlive: true, maxSockets: 8 };
const running = new Set<ChildProcess>();
afterAll(() => Promise.all([...running].map(end)));

export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = temporaryFolder();
  const storage = options.storage ?? join(folder, 'storage');
  const certificate = options.tls === true ? await makeCertificate() : options.tls || undefined;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const config = join(folder, 'config.yml');
    writeFileSync(config, JSON.stringify(await configuration(port, storage, certificate, options, folder)));
    const log = join(folder, 'log');
    // The signal at its parent's death reaches it even when the test's process is killed.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'docker-registry', 'serve', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, OTEL_TRACES_EXPORTER: 'none' },
    });
    child.stderr.pipe(createWriteStream(log));
    running.add(child);
    const agent = certificate
      ? new HttpsAgent({ ...CONNECTIONS, ...trusting(certificate) })
      : new HttpAgent(CONNECTIONS);
    const origin = { port, authorization: basic(options.login), agent };
    if (await isReady(child, origin, options.tokens ? 401 : 200))
      return registryOf(child, origin, storage, certificate?.caFile);
    await end(child);
    // Another process may have taken the port between our look and the registry's.
    if (attempt === 5) throw new Error(`docker-registry does not start: ${readFileSync(log, 'utf8')}`);
  }
}

async function makeCertificate(): Promise<Certificate> {
  const authority = await makeAuthority();
  return { caFile: authority.caFile, ...(await authority.issue()) };
}

function trusting({ caFile, client }: Certificate) {
  const ca = readFileSync(caFile);
  return client ? { ca, cert: readFileSync(client.certFile), key: readFileSync(client.keyFile) } : { ca };
}

interface Origin {
  readonly port: number;
  readonly authorization: string | undefined;
  readonly agent: HttpAgent | HttpsAgent;
}

function registryOf(child: ChildProcess, origin: Origin, storage: string, caFile: string | undefined): DockerRegistry {
  const uploads = new Map<string, Promise<void>>();
  return {
    host: `127.0.0.1:${origin.port}`,
    storage,
    ...(caFile === undefined ? {} : { caFile }),
    async push(repository, tag, { blobs, manifests, root }) {
      const uploadBlob = async (digest: string, bytes: Uint8Array) => {
        const { headers } = await send(origin, 'POST', `/v2/${repository}/blobs/uploads/`, 202);
        const session = new URL(String(headers['location']), 'http://localhost');
        session.searchParams.set('digest', digest);
        await send(origin, 'PUT', `${session.pathname}${session.search}`, 201, bytes, 'application/octet-stream');
      };
      const uploadManifest = async (name: string, { bytes, mediaType }: StoredManifest) => {
        await send(origin, 'PUT', `/v2/${repository}/manifests/${name}`, 201, bytes, mediaType);
      };
      // The registry answers wrongly while it writes again what it has, so nothing is sent twice.
      const once = (digest: string, upload: () => Promise<void>) => {
        const uploaded = uploads.get(`${repository}@${digest}`) ?? upload();
        uploads.set(`${repository}@${digest}`, uploaded);
        return uploaded;
      };
      await Promise.all([...blobs].map(([digest, bytes]) => once(digest, () => uploadBlob(digest, bytes))));
      for (const child of manifests)
        if (child !== root) await once(child.digest, () => uploadManifest(child.digest, child));
      await uploadManifest(tag, root);
    },
    async remove(repository, kind, digest) {
      await send(origin, 'DELETE', `/v2/${repository}/${kind}/${digest}`, 202);
    },
    close() {
      origin.agent.destroy();
      return end(child);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

async function send(
  origin: Origin,
  method: string,
  path: string,
  expected: number,
  body?: Uint8Array,
  contentType?: string,
): Promise<Answer> {
  const request = (origin.agent instanceof HttpsAgent ? httpsRequest : httpRequest)({
    host: '127.0.0.1',
    port: origin.port,
    method,
    path,
    agent: origin.agent,
    headers: {
      ...(origin.authorization === undefined ? {} : { authorization: origin.authorization }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      'content-length': body?.length ?? 0,
    },
  });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const piece of response) text += piece;
  if (response.statusCode !== expected) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
  return { status: response.statusCode, headers: response.headers, body: text };
}

async function isReady(child: ChildProcess, origin: Origin, status: number): Promise<boolean> {
  const deadline = Date.now() + 15_000;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    try {
      await send(origin, 'GET', '/v2/', status);
      return true;
    } catch {
      await sleep(20);
    }
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  running.delete(child);
  await endProcess(child);
}

// YAML is a superset of JSON.
async function configuration(
  port: number,
  storage: string,
  certificate: Certificate | undefined,
  { login, tokens }: DockerRegistryOptions,
  folder: string,
) {
  return {
    version: '0.1',
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: storage },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: {
      addr: `127.0.0.1:${port}`,
      ...(certificate && {
        tls: {
          certificate: certificate.certFile,
          key: certificate.keyFile,
          ...(certificate.client && { clientcas: [certificate.caFile] }),
        },
      }),
    },
    ...(login && { auth: { htpasswd: { realm: 'tests', path: await passwordFile(login, folder) } } }),
    ...(tokens && {
      auth: {
        token: { realm: tokens.realm, service: tokens.service, issuer: 'tests', rootcertbundle: tokens.caFile },
      },
    }),
  };
}

async function passwordFile({ username, password }: { username: string; password: string }, folder: string) {
  const file = join(folder, 'htpasswd');
  // Bcrypt is the only form that docker-registry reads; cost 4 is its cheapest.
  const { stdout } = await execa('htpasswd', ['-niB', '-C', '4', username], { input: password });
  writeFileSync(file, `${stdout}\n`);
  return file;
}

function basic(login: DockerRegistryOptions['login']): string | undefined {
  return login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}
