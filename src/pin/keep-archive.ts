import { realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PullpinError, UsageError } from '../errors.js';
import { makeTemporaryFolder, removeLeftovers } from '../files/writing/leftovers.js';
import type { NixStore } from '../nix-store/nix-store.js';
import { pullImageName } from '../nix-store/pull-image-name.js';
import { ArchiveFile, ArchiveFileError } from '../prefetch/hashing/written-hash.js';
import { knownHash, prefetch } from '../prefetch/prefetch.js';
import type { Prefetched, PrefetchRequest, Target } from '../prefetch/targets/target.js';

/** Where the archive of an image is kept, beside its hash. */
export interface KeptArchive {
  /** The Nix store gets it under the name that `dockerTools.pullImage` gives it, so that a build finds it there. */
  readonly store?: NixStore | undefined;
  /** Another store that then gets it from there, as `nix copy --to` names it. */
  readonly copyTo?: string | undefined;
  /** An absolute path that gets it. What is there is replaced. */
  readonly file?: string | undefined;
}

/** The name and the tag inside the archive, as a call of `dockerTools.pullImage` has them. */
export interface FinalNames {
  readonly finalImageName: string;
  readonly finalImageTag: string;
}

/** `storePath` is where the Nix store has the archive. */
export interface KeptPrefetch extends Prefetched {
  readonly storePath?: string | undefined;
}

/**
 * Hashes the archive of an image and keeps it. Nothing is downloaded where the store has it already, if the hash is known and no file is
 * wanted. Throws a PullpinError.
 */
export async function keepArchive(
  request: Parameters<typeof prefetch>[0],
  target: Target,
  keep: KeptArchive,
  names: FinalNames,
): Promise<KeptPrefetch> {
  if (target.type !== 'docker-archive')
    throw new UsageError('only what dockerTools.pullImage fetches can be kept, and nix2container fetches a folder');
  const kept = await keepHere(request, target, keep, pullImageName(names.finalImageName, names.finalImageTag));
  if (keep.copyTo !== undefined && kept.storePath !== undefined) await keep.store?.copy(kept.storePath, keep.copyTo);
  return kept;
}

async function keepHere(
  request: Parameters<typeof prefetch>[0],
  target: Target,
  { store, file }: KeptArchive,
  name: string,
): Promise<KeptPrefetch> {
  const storePath = store && file === undefined ? await knownPath(request, target, store, name) : undefined;
  if (storePath !== undefined) return { ...(await prefetch(request, target)), storePath };
  const path = file === undefined ? undefined : await realFile(file);
  return within(path === undefined ? request.temporaryFolder : dirname(path), async (folder) => {
    const place = path ?? `${request.temporaryFolder} (TMPDIR)`;
    const archiveFile = new ArchiveFile(join(folder, name), place);
    const kept = await write(request, target, archiveFile, store).finally(() => archiveFile.close());
    if (path !== undefined) await rename(join(folder, name), path);
    return kept;
  });
}

/** Where a link leads. Throws an ArchiveFileError for what is no file: a folder, a pipe. */
async function realFile(file: string): Promise<string> {
  const existing = await stat(file).catch(() => undefined);
  if (existing && !existing.isFile()) throw new ArchiveFileError(file, new Error('it is there, and is not a file'));
  return existing ? realpath(file) : file;
}

/** The path in the store of an archive whose hash is known, when it is there. */
async function knownPath(request: PrefetchRequest, target: Target, store: NixStore, name: string) {
  const known = await knownHash(request, target);
  const path = known && (await store.pathOf(known.sha256, name));
  return path !== undefined && (await store.has(path)) ? path : undefined;
}

/** Writes the archive, and adds it to the store when there is one. */
async function write(
  request: Parameters<typeof prefetch>[0],
  target: Target,
  archiveFile: ArchiveFile,
  store: NixStore | undefined,
): Promise<KeptPrefetch> {
  const prefetched = await prefetch({ ...request, archiveFile }, target);
  return { ...prefetched, storePath: store && (await added(store, archiveFile.path, prefetched)) };
}

/** Nix hashes the file once more: only what has the hash that the pin will have is a success. */
async function added(store: NixStore, path: string, { sha256 }: Prefetched): Promise<string> {
  const expected = await store.pathOf(sha256, basename(path));
  const actual = await store.addFile(path);
  if (actual !== expected)
    throw new PullpinError(`${path} changed while it was added to the Nix store, as ${actual}; run pullpin again`);
  return actual;
}

/** Makes a folder of this run for as long as `act` takes. Those of runs that were killed are removed. */
async function within<Result>(parent: string, act: (folder: string) => Promise<Result>): Promise<Result> {
  await removeLeftovers([parent]);
  const folder = await makeTemporaryFolder(parent).catch((cause: unknown) => {
    throw cause instanceof PullpinError ? cause : new ArchiveFileError(parent, cause);
  });
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
