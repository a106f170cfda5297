import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { heavyWorkNext } from '../concurrency/heavy-work.js';
import { printable, UsageError } from '../errors.js';
import { readSource } from '../files/read-source.js';
import { exists } from '../files/roots.js';
import { isMissing } from '../machine/file-errors.js';
import type { LockEntry } from './entry.js';
import { LockFileError, readLock } from './lock-file.js';
import type { Lock } from './lock-schema.js';
import { isNixOfLock } from './nix-file.js';
import { readImagesFile } from './read-images.js';

/** The three files of a lock, relative to the folder of the run where they are below it. */
export interface LockPaths {
  /** What people edit: `images.toml`. */
  readonly images: string;
  /** `images.lock.json`, beside it. */
  readonly lock: string;
  /** `images.nix`, beside it. */
  readonly nix: string;
  /** The folder of the run, absolute. */
  readonly folder: string;
}

/** What the files of a lock hold. */
export interface OpenedLock {
  readonly paths: LockPaths;
  /** Undefined for a file that is not there. */
  readonly texts: {
    readonly images: string | undefined;
    readonly lock: string | undefined;
    readonly nix: string | undefined;
  };
  readonly entries: ReadonlyMap<string, LockEntry>;
  readonly lock: Lock;
}

const IMAGES = 'images.toml';

/**
 * The files of a lock. `named` is images.toml under any name, or the folder with it; the one in the folder of the run when omitted. Throws a UsageError.
 */
export async function lockPaths(named: string | undefined, folder: string): Promise<LockPaths> {
  const path = resolve(folder, named ?? IMAGES);
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw new UsageError(`${printable(named ?? IMAGES)} cannot be read; check its permissions`, { cause: error });
  });
  const images = found?.isDirectory() ? join(path, IMAGES) : path;
  if (!/[^/]\.toml$/.test(images))
    throw new UsageError(
      `${printable(named ?? '')} is no images.toml: FILE is a TOML file, or the folder with images.toml`,
    );
  // Before anything is downloaded that could then not be written.
  if (!found && !(await exists(dirname(images))))
    throw new UsageError(`there is no folder for ${printable(named ?? IMAGES)}: make the folder first`);
  const shown = (file: string): string => {
    const near = relative(folder, file);
    return near.startsWith('..') ? file : near;
  };
  const beside = (ending: string): string =>
    shown(join(dirname(images), `${basename(images).slice(0, -'.toml'.length)}${ending}`));
  return { images: shown(images), lock: beside('.lock.json'), nix: beside('.nix'), folder };
}

/**
 * Reads the files of a lock. Throws a PullpinError for a file that is somebody else's or cannot be read, and a UsageError for a mistake in images.toml, or
 * where there is none and `mayBeMissing` is not set.
 */
export async function openLock(paths: LockPaths, mayBeMissing = false): Promise<OpenedLock> {
  const [images, lock, nix] = await Promise.all(
    [paths.images, paths.lock, paths.nix].map((path) => textOf(path, paths.folder)),
  );
  if (images === undefined && !mayBeMissing)
    throw new UsageError(
      `there is no ${printable(paths.images)}: pullpin lock add NAME IMAGE makes it, or name another FILE`,
    );
  if (nix !== undefined && !isNixOfLock(nix))
    throw new LockFileError(
      `${printable(paths.nix)} is not a file that pullpin lock has written: move it away, or give images.toml another name`,
    );
  return heavyWorkNext(undefined, () => ({
    paths,
    texts: { images, lock, nix },
    entries: readImagesFile(images ?? '', paths.images),
    lock: lock === undefined ? new Map() : readLock(lock, paths.lock),
  }));
}

async function textOf(path: string, folder: string): Promise<string | undefined> {
  return (await exists(resolve(folder, path))) ? readSource(path, folder) : undefined;
}
