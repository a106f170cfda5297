import type { Digest } from '../../src/oci/digest.js';
import type { StoredManifest } from '../../src/oci/image-source.js';
import { digestOf } from '../../src/oci/verified.js';
import {
  type FaultyServer,
  type SeenRequest,
  type ServerAnswer,
  type ServerOptions,
  startServer,
} from './faulty-server.js';
import type { ImageContent } from './images.js';

/** Looks at a request before the registry does: an answer (401 with a challenge) refuses it. */
export type Guard = (request: SeenRequest, repository: string) => ServerAnswer | undefined;

export interface RegistryOptions extends ServerOptions {
  /** What is in it, by `repository:tag`. */
  readonly images?: Readonly<Record<string, ImageContent>>;
  /** Asks for authentication; see `basicAuthentication` and the token server. */
  readonly guard?: Guard;
  /** Further tags, all for the same image, in this order; pages hold `n` of them, or `pageSize`. */
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly pageSize?: number;
  /** Serves parts of blobs; true when absent. */
  readonly ranges?: boolean;
  /** Serves blobs by a redirect to this place followed by the digest, `http://127.0.0.1:1234/storage/`. */
  readonly blobsAt?: string;
}

/** A registry over node:http that keeps the distribution specification as long as no fault is set. */
export interface FaultyRegistry extends FaultyServer {
  /** Puts an image in: `add('library/redis:7', content)`. */
  add(name: string, content: ImageContent): void;
  /** Forgets one manifest or blob, whatever still refers to it. */
  remove(digest: string): void;
  /** Every request for manifests, blobs or tags, shortened: `GET manifests/latest`. */
  readonly questions: readonly string[];
}

/** A small registry for tests; it ends with the test file, or sooner by `close`. */
export async function startRegistry(options: RegistryOptions = {}): Promise<FaultyRegistry> {
  const store = new Store();
  for (const [name, content] of Object.entries(options.images ?? {})) store.add(name, content);
  const server = await startServer((request) => answer(request, store, options), options);
  return Object.defineProperties(server as FaultyRegistry, {
    add: { value: (name: string, content: ImageContent) => store.add(name, content) },
    remove: { value: (digest: string) => store.remove(digest) },
    questions: { get: () => server.requests.flatMap(question) },
  });
}

/** Refuses requests without this name and password. */
export function basicAuthentication(username: string, password: string): Guard {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return ({ headers }) =>
    headers['authorization'] === expected
      ? undefined
      : {
          ...registryError(401, 'UNAUTHORIZED', 'authentication required'),
          headers: { 'www-authenticate': 'Basic realm="tests"' },
        };
}

/** An error answer as the distribution specification has it. */
export function registryError(status: number, code: string, message: string, detail?: unknown): ServerAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ errors: [{ code, message, ...(detail !== undefined && { detail }) }] }),
  };
}

class Store {
  readonly manifests = new Map<string, StoredManifest>();
  readonly blobs = new Map<string, Uint8Array>();
  readonly tags = new Map<string, Map<string, Digest>>();

  add(name: string, content: ImageContent): void {
    const colon = name.lastIndexOf(':');
    const repository = name.slice(0, colon);
    const tags = this.tags.get(repository) ?? new Map<string, Digest>();
    this.tags.set(repository, tags.set(name.slice(colon + 1), content.root.digest));
    for (const manifest of content.manifests) this.manifests.set(manifest.digest, manifest);
    for (const [digest, bytes] of content.blobs) this.blobs.set(digest, bytes);
  }

  remove(digest: string): void {
    this.manifests.delete(digest);
    this.blobs.delete(digest);
  }
}

const PATH = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/?]+)/;

function question({ method, path }: SeenRequest): string[] {
  const [, , kind, name] = PATH.exec(path) ?? [];
  return kind === undefined ? [] : [`${method} ${kind}/${name}`];
}

function answer(request: SeenRequest, store: Store, options: RegistryOptions): ServerAnswer {
  const [, repository = '', kind, name = ''] = PATH.exec(request.path) ?? [];
  const refusal = options.guard?.(request, repository);
  if (refusal) return refusal;
  if (request.path === '/v2/') return { status: 200, body: '{}' };
  if (kind === undefined) return { status: 404, body: 'no such page' };
  const known = store.tags.has(repository) || options.tags?.[repository] !== undefined;
  if (!known) return registryError(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name: repository });
  if (kind === 'manifests') return manifest(store, repository, name);
  if (kind === 'blobs') return blob(request, store, name, options);
  return tagList(request, store, repository, options);
}

function manifest(store: Store, repository: string, name: string): ServerAnswer {
  const digest = name.includes(':') ? name : store.tags.get(repository)?.get(name);
  const stored = store.manifests.get(digest ?? '');
  if (!stored) return registryError(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { Tag: name });
  const headers = {
    'content-type': stored.mediaType,
    'docker-content-digest': stored.digest,
    etag: `"${stored.digest}"`,
  };
  return { status: 200, headers, body: stored.bytes };
}

function blob(request: SeenRequest, store: Store, digest: string, options: RegistryOptions): ServerAnswer {
  const bytes = store.blobs.get(digest);
  if (!bytes) return registryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  if (options.blobsAt !== undefined) return { status: 307, headers: { location: options.blobsAt + digest } };
  return part(request, bytes, options.ranges ?? true);
}

/** Serves bytes, or the part of them that the request's Range header asks for (RFC 9110, section 14). */
export function part({ headers }: SeenRequest, bytes: Uint8Array, ranges = true): ServerAnswer {
  const etag = `"${digestOf(bytes)}"`;
  const always = { 'content-type': 'application/octet-stream', 'docker-content-digest': digestOf(bytes), etag };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers['range'] ?? '') ?? [];
  const changed = headers['if-range'] !== undefined && headers['if-range'] !== etag;
  if (!ranges || changed || from + to === '') return { status: 200, headers: always, body: bytes };
  const start = from === '' ? Math.max(bytes.length - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? bytes.length : Math.min(Number(to) + 1, bytes.length);
  if (start >= end) return { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } };
  const range = `bytes ${start}-${end - 1}/${bytes.length}`;
  return { status: 206, headers: { ...always, 'content-range': range }, body: bytes.subarray(start, end) };
}

function tagList({ path }: SeenRequest, store: Store, repository: string, options: RegistryOptions): ServerAnswer {
  const query = new URL(path, 'http://localhost').searchParams;
  const all = options.tags?.[repository] ?? [...(store.tags.get(repository)?.keys() ?? [])];
  const size = Math.min(
    Number(query.get('n') ?? Number.POSITIVE_INFINITY),
    options.pageSize ?? Number.POSITIVE_INFINITY,
  );
  const last = query.get('last');
  const start = last === null ? 0 : all.indexOf(last) + 1;
  const tags = all.slice(start, start + size);
  const next = new URLSearchParams({ last: tags.at(-1) ?? '', n: String(size) });
  const more = start + size < all.length;
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      ...(more && { link: `</v2/${repository}/tags/list?${next}>; rel="next"` }),
    },
    body: JSON.stringify({ name: repository, tags }),
  };
}
