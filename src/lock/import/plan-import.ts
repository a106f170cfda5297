import { printable, UsageError } from '../../errors.js';
import { checkNewImage } from '../edit-images.js';
import type { LockEntry } from '../entry.js';
import {
  atPlace,
  ImportError,
  type ImportedImage,
  type ImportedImages,
  type ImportProblem,
} from './imported-images.js';

/** What becomes of the images of some files. */
export interface ImportPlan {
  /** Those that images.toml does not have. */
  readonly images: readonly ImportedImage[];
  /** The names of those that it has already. */
  readonly present: readonly string[];
  readonly problems: readonly ImportProblem[];
  readonly notes: readonly string[];
}

/** Decides which images are new. An image never takes the place of another one with its name. */
export function planImport(files: readonly ImportedImages[], entries: ReadonlyMap<string, LockEntry>): ImportPlan {
  const images = new Map<string, ImportedImage>();
  const present: string[] = [];
  const problems = files.flatMap((file) => file.problems);
  for (const each of files.flatMap((file) => file.images)) {
    const entry = entries.get(each.name);
    const other = images.get(each.name);
    const problem = entry ? conflictWith(entry, each) : mistakeIn(each);
    const joined = other ? together(other, each) : each;
    if (problem !== undefined) problems.push(problemOf(each, problem));
    else if (entry) present.push(each.name);
    else if (joined) images.set(each.name, joined);
    else
      problems.push(problemOf(each, `${other?.place} has another image of that name: give one of them another name`));
  }
  return { images: [...images.values()], present, problems, notes: files.flatMap(({ notes }) => notes) };
}

function problemOf({ name, place }: ImportedImage, problem: string): ImportProblem {
  return { name, error: atPlace(place, new ImportError(problem)) };
}

function conflictWith({ place, request }: LockEntry, { name, keys }: ImportedImage): string | undefined {
  if (request.image === keys.image) return undefined;
  const shown = printable(request.image, 200);
  return `${place} has an image of that name, ${shown}; to replace it, write pullpin lock remove ${name} first`;
}

function mistakeIn({ name, keys }: ImportedImage): string | undefined {
  try {
    checkNewImage(name, keys);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

/** One image that two files name, such as nvfetcher.toml and generated.json; undefined when they are two images. */
function together(one: ImportedImage, other: ImportedImage): ImportedImage | undefined {
  const isSame =
    JSON.stringify(one.keys) === JSON.stringify(other.keys) &&
    (one.digest ?? other.digest) === (other.digest ?? one.digest);
  return isSame ? { ...one, digest: one.digest ?? other.digest, hash: one.hash ?? other.hash } : undefined;
}
