import { printable } from '../../errors.js';
import type { StoreConnections } from '../../registry/connect-store.js';
import { MAX_ENTRY } from '../entries/entry.js';
import { type EntryName, type EntryStore, EntryStoreError, pathOfEntry } from './entry-store.js';

/** Answers that say only that there is no such entry. */
const MISSING: ReadonlySet<number> = new Set([404, 410]);
const NEEDS_LOGIN: ReadonlySet<number> = new Set([401, 403]);

/** A server of files by plain GET and PUT: bazel-remote, nginx with dav, or one in front of S3. */
export function openWebStore(base: URL, connections: StoreConnections): EntryStore {
  const server = connections.web(base);
  const urlOf = (name: EntryName): URL => new URL(pathOfEntry(name), base);
  return {
    async get(name) {
      const headers = { 'accept-encoding': 'identity' };
      const { status, bytes } = await server.ask({ method: 'GET', url: urlOf(name), headers }, MAX_ENTRY);
      if (status === 200) return bytes;
      if (MISSING.has(status)) return undefined;
      throw refused(base, status, 'reading');
    },
    async put(name, bytes) {
      const headers = { 'content-type': 'application/octet-stream' };
      const { status } = await server.ask({ method: 'PUT', url: urlOf(name), headers, body: bytes }, MAX_ENTRY);
      if (status < 200 || status > 299) throw refused(base, status, 'writing');
    },
    close: () => connections.close(),
  };
}

function refused({ host }: URL, status: number, what: string): EntryStoreError {
  const login = NEEDS_LOGIN.has(status) ? `; log in with docker login ${printable(host)}, or podman login` : '';
  return new EntryStoreError(`${printable(host)} refuses ${what} (status ${status}${login})`);
}
