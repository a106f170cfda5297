import { parseHash } from '../../nix/literals/hash.js';
import type { Digest } from '../../oci/digest.js';
import { PlatformError } from '../../oci/platform.js';
import { type NewImage, withImages } from '../edit-images.js';
import type { LockEntry } from '../entry.js';
import type { LockedEntry } from '../lock-image.js';
import type { LockedImage } from '../lock-schema.js';
import type { LockPlan } from '../plan-lock.js';
import { readImagesFile } from '../read-images.js';
import { atPlace, type ImportedImage } from './imported-images.js';

/** The images.toml that images are to be added to. */
export interface ImagesFile {
  readonly text: string;
  readonly path: string;
}

/** What the lock gets, and what images.toml gets for it. */
export interface ImportedLock {
  readonly plan: LockPlan;
  readonly images: ReadonlyMap<string, NewImage>;
}

type LookUp = (entries: readonly LockEntry[]) => Promise<LockPlan>;

/**
 * Locks images by the digests that their tools recorded. A recorded hash is not trusted: each hash is computed, and compared with it. Where no platform
 * is named and the recorded hash is that of another platform than the one that was taken, the image is locked for that one.
 */
export async function lockImported(
  images: readonly ImportedImage[],
  file: ImagesFile,
  lookUp: LookUp,
): Promise<ImportedLock> {
  const first = await lookUp(entriesFor(images, file));
  const unfit = images.filter((image) => isOfOtherPlatform(image, first));
  const moved = unfit.length === 0 ? [] : await fromOtherPlatforms(unfit, file, lookUp);
  const second = moved.length === 0 ? undefined : await lookUp(entriesFor(moved, file));
  const names = new Set(moved.map(({ name }) => name));
  const byName = new Map([...images, ...moved].map((image) => [image.name, image]));
  const results = [...first.results.filter(({ entry }) => !names.has(entry.name)), ...(second?.results ?? [])];
  const problems = [...first.problems.filter(({ name }) => !names.has(name)), ...(second?.problems ?? [])];
  const plan = {
    results: results.map((each) => withWarnings(each, byName)),
    problems: problems.map(({ name, error }) => ({ name, error: atPlace(byName.get(name)?.place ?? name, error) })),
  };
  const keys = results.map(({ entry }): [string, NewImage] => [entry.name, keysOf(entry, byName)]);
  return { plan, images: new Map(keys) };
}

/** The entries of images.toml for some images, each at its recorded digest. */
function entriesFor(images: readonly ImportedImage[], { text, path }: ImagesFile): LockEntry[] {
  const entries = readImagesFile(withImages(text, path, new Map(images.map(({ name, keys }) => [name, keys]))), path);
  return images.flatMap(({ name, digest }) => {
    const entry = entries.get(name);
    return entry ? [{ ...entry, reference: { ...entry.reference, digest: digest ?? entry.reference.digest } }] : [];
  });
}

function keysOf({ name, reference }: LockEntry, images: ReadonlyMap<string, ImportedImage>): NewImage {
  return images.get(name)?.keys ?? { image: reference.name };
}

/** Whether a recorded hash is not that of the platforms that an image was locked for, and its tool did not say for which platform it is. */
function isOfOtherPlatform({ name, hash, keys }: ImportedImage, { results, problems }: LockPlan): boolean {
  if (hash === undefined || keys['platforms'] !== undefined) return false;
  const result = results.find(({ entry }) => entry.name === name);
  if (result) return !hasHash(result.after, hash);
  return problems.some((each) => each.name === name && each.error instanceof PlatformError);
}

/** Those of some images that have their recorded hash for a system, with that system. */
async function fromOtherPlatforms(images: readonly ImportedImage[], file: ImagesFile, lookUp: LookUp) {
  const { results } = await lookUp(entriesFor(images, file).map((entry) => ({ ...entry, platforms: 'all' })));
  return images.flatMap((image): ImportedImage[] => {
    const after = results.find(({ entry }) => entry.name === image.name)?.after;
    const systems = after && image.hash && systemsWith(after, image.hash)[0];
    const warnings = [
      ...(image.warnings ?? []),
      `${image.place} has the hash for ${systems}, so it is locked for that`,
    ];
    return systems === undefined ? [] : [{ ...image, keys: { ...image.keys, systems }, warnings }];
  });
}

function withWarnings(result: LockedEntry, images: ReadonlyMap<string, ImportedImage>): LockedEntry {
  const { place, hash, warnings = [] } = images.get(result.entry.name) ?? {};
  const isRight = hash === undefined || hasHash(result.after, hash);
  const wrong = `${place} has a hash that is not the one of this image; the lock has the computed one`;
  return { ...result, warnings: [...result.warnings, ...warnings, ...(isRight ? [] : [wrong])] };
}

/** The hash of nix2container's folder is another one, of which no other tool knows. */
function hasHash(image: LockedImage, hash: Digest): boolean {
  return image.target === 'nar' || systemsWith(image, hash).length > 0;
}

function systemsWith({ systems }: LockedImage, wanted: Digest): string[] {
  return Object.entries(systems).flatMap(([system, { hash }]) => (parseHash(hash).hash === wanted ? [system] : []));
}
