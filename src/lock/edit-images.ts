import { PullpinError, printable, UsageError } from '../errors.js';
import {
  TomlFormError,
  type TomlValue,
  withKey,
  withoutKey,
  withoutTable,
  withTable,
} from '../text/toml/toml-tables.js';
import { isSameRequest, type LockEntry } from './entry.js';
import { readImagesFile } from './read-images.js';

/** images.toml cannot be edited by machine. */
export class ImagesEditError extends PullpinError {}

/** What people write of an image, by the keys of images.toml; an undefined one is omitted. */
export type NewImage = Readonly<Record<string, TomlValue | undefined>> & { readonly image: string };

/** The first lines of a new file. */
const START = `# The images of this repository: pullpin lock writes images.lock.json and images.nix from it.
`;

/** images.toml with more images at its end. Throws a UsageError when it has one of the names already, or for a value that makes no sense. */
export function withImages(text: string, file: string, images: ReadonlyMap<string, NewImage>): string {
  const before = readImagesFile(text, file);
  const names = [...images.keys()];
  const taken = names.find((name) => before.has(name));
  if (taken !== undefined)
    throw new UsageError(
      `${before.get(taken)?.place} has an image '${printable(taken, 100)}' already: edit it there, or take another name`,
    );
  const edited = [...images].reduce(
    (done, [name, image]) => withTable(done, ['images', name], given(image)),
    text || START,
  );
  const isRight = (after: ReadonlyMap<string, LockEntry>): boolean =>
    isKept(before, after, names) && names.every((name) => after.has(name));
  return proven(edited, file, isRight, names.join(', '));
}

function given(image: NewImage): Readonly<Record<string, TomlValue>> {
  return Object.fromEntries(
    Object.entries(image).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
}

/** Reads a new image by itself, so that a mistake is one of its own words, and not one in images.toml. Throws a UsageError. */
export function checkNewImage(name: string, image: NewImage): void {
  try {
    readImagesFile(withTable('', ['images', name], given(image)), NEW);
  } catch (cause) {
    if (!(cause instanceof UsageError)) throw cause;
    throw new UsageError(cause.message.slice(cause.message.indexOf(': ') + 2), { cause });
  }
}

/** What stands for the file in a message about a new image, and is taken out of it. */
const NEW = 'new';

/** images.toml without some images. Throws an ImagesEditError. */
export function withoutImages(text: string, file: string, names: readonly string[]): string {
  const before = readImagesFile(text, file);
  return names.reduce((edited, name) => {
    if (!readImagesFile(edited, file).has(name)) return edited;
    const next = edit(file, name, () => withoutTable(edited, ['images', name]));
    return proven(next, file, (after) => isKept(before, after, names) && !after.has(name), name);
  }, text);
}

/** images.toml with some images frozen, or not. Throws an ImagesEditError. */
export function withFreeze(text: string, file: string, names: readonly string[], isFrozen: boolean): string {
  return names.reduce((edited, name) => {
    const before = readImagesFile(edited, file);
    if ((before.get(name)?.isFrozen ?? isFrozen) === isFrozen) return edited;
    const next = edit(file, name, () =>
      isFrozen ? withKey(edited, ['images', name], 'freeze', true) : withoutKey(edited, ['images', name], 'freeze'),
    );
    const isRight = (after: ReadonlyMap<string, LockEntry>): boolean =>
      isKept(before, after, [name]) && after.get(name)?.isFrozen === isFrozen;
    return proven(next, file, isRight, name);
  }, text);
}

function edit(file: string, name: string, act: () => string): string {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof TomlFormError)) throw cause;
    throw byHand(file, name, cause);
  }
}

/** The edited text, when it says what it should and nothing else has changed. */
function proven(
  text: string,
  file: string,
  isRight: (after: ReadonlyMap<string, LockEntry>) => boolean,
  name: string,
): string {
  if (isRight(readImagesFile(text, file))) return text;
  throw byHand(file, name);
}

function byHand(file: string, name: string, cause?: unknown): ImagesEditError {
  return new ImagesEditError(
    `${printable(file)} is written in a form that pullpin does not edit: change ${printable(name, 100)} by hand, or write it as [images.${printable(name, 100)}]`,
    { cause },
  );
}

/** Whether all other images are as they were. */
function isKept(
  before: ReadonlyMap<string, LockEntry>,
  after: ReadonlyMap<string, LockEntry>,
  changed: readonly string[],
): boolean {
  const others = (all: ReadonlyMap<string, LockEntry>): LockEntry[] =>
    [...all.values()].filter(({ name }) => !changed.includes(name));
  const [old, now] = [others(before), others(after)];
  return old.length === now.length && old.every((each, at) => isSame(each, now[at]));
}

function isSame(one: LockEntry, other: LockEntry | undefined): boolean {
  return (
    other !== undefined &&
    one.name === other.name &&
    one.isFrozen === other.isFrozen &&
    one.cooldown === other.cooldown &&
    isSameRequest(one.request, other.request)
  );
}
