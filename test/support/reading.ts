import { afterEach } from 'vitest';
import type { TaggedSource } from '../../src/oci/image-source.js';
import { createRegistryClient, type RegistryClient, type RegistrySettings } from '../../src/registry/client.js';
import type { Credentials } from '../../src/registry/credentials/credentials.js';
import type { RegistryEvent } from '../../src/registry/http/events.js';
import { fixtureImages } from './fixture-images.js';

/** A small image to look for. */
export const hello = fixtureImages()['hello']!;
const [digest, bytes] = [...hello.blobs][1]!;
/** One of its blobs. */
export const blob = { descriptor: { mediaType: 'application/octet-stream', digest, size: bytes.length }, bytes };

export const ann: Credentials = { kind: 'basic', username: 'ann', password: 'secret-of-ann', source: 'the test' };

const clients: RegistryClient[] = [];
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

/** A client that does not pause for long, closed when the test has ended. */
export function openClient(settings: RegistrySettings = {}): RegistryClient {
  const client = createRegistryClient({ ...settings, retry: { pause: 1, ...settings.retry } });
  clients.push(client);
  return client;
}

/** The repository `hello`, or another one, in a registry of the test. */
export function read(registry: string, settings: RegistrySettings = {}, repository = 'hello'): TaggedSource {
  return openClient(settings).repository({ registry, repository });
}

export async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

export async function listOf<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** The failure of something that must fail; never resolves with anything but an error. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { kind?: string }> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error('it did not fail');
}

/** Collects what a client reports. */
export function listen(): {
  readonly events: RegistryEvent[];
  readonly log: (event: RegistryEvent) => void;
  readonly warnings: string[];
} {
  const events: RegistryEvent[] = [];
  return {
    events,
    log: (event) => events.push(event),
    get warnings() {
      return events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    },
  };
}
