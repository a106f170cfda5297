import { PullpinError } from '../../errors.js';
import { annotationsOf } from '../../oci/image-facts.js';
import { OCI_MANIFEST } from '../../oci/media-types.js';
import { formatRepository, type RepositoryName } from '../../oci/reference.js';
import type { StoreConnections } from '../../registry/connect-store.js';
import { RefusedError } from '../../registry/http/errors.js';
import { refusal } from '../../registry/http/refusal.js';
import { EMPTY_BLOB, writeEmptyBlob, writeManifest } from '../../registry/repository/write-artifact.js';
import { MAX_ENTRY } from '../entries/entry.js';
import type { EntryName, EntryStore } from './entry-store.js';

const ANNOTATION = 'dev.pullpin.entry';
const ARTIFACT_TYPE = 'application/vnd.pullpin.shared-cache.v1';
/** An entry as a string of JSON, and what is around it, in bytes. */
const MAX_MANIFEST = 2 * MAX_ENTRY + 4096;

/** A repository in a registry: each entry is an artifact without blobs of its own, under a tag, with the entry as an annotation. */
export function openRegistryStore(repository: RepositoryName, connections: StoreConnections): EntryStore {
  const endpoint = connections.registry(repository);
  let emptyBlob: Promise<void> | undefined;
  return {
    async get(name) {
      const url = endpoint.urlOf(`manifests/${tagOf(name)}`);
      const headers = { accept: OCI_MANIFEST, 'accept-encoding': 'identity' };
      const answer = await endpoint.ask({ method: 'GET', url, headers }, MAX_MANIFEST);
      if (answer.status === 404) return undefined;
      const shown = formatRepository(repository);
      const asked = { subject: `${shown}:${tagOf(name)}`, what: 'tag', repository: shown } as const;
      if (answer.status !== 200) throw refusal(asked, answer, Buffer.from(answer.bytes).toString());
      return Buffer.from(annotationsOf(answer.bytes)[ANNOTATION] ?? '');
    },
    async put(name, bytes) {
      try {
        emptyBlob ??= writeEmptyBlob(endpoint);
        await emptyBlob;
        await writeManifest(endpoint, tagOf(name), manifestOf(bytes));
      } catch (error) {
        throw withAdvice(error);
      }
    },
    close: () => connections.close(),
  };
}

/** How registries refuse what is no image, or what is of a media type that they do not know. */
const REFUSES_ARTIFACTS: ReadonlySet<number> = new Set([400, 404, 405, 415]);

function withAdvice(error: unknown): unknown {
  if (!(error instanceof RefusedError) || !REFUSES_ARTIFACTS.has(error.status)) return error;
  const advice = 'if it takes images only, name another registry, a server of files or a folder as --shared-cache';
  return new PullpinError(`${error.message}; ${advice}`, { cause: error });
}

function tagOf({ kind, hex }: EntryName): string {
  return `${kind}-${hex}`;
}

function manifestOf(entry: Uint8Array): Uint8Array {
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: ARTIFACT_TYPE,
    config: EMPTY_BLOB,
    // Some registries refuse a manifest without a layer.
    layers: [EMPTY_BLOB],
    annotations: { [ANNOTATION]: Buffer.from(entry).toString() },
  };
  return Buffer.from(JSON.stringify(manifest));
}
