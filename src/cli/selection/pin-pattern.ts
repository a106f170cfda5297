import { resolve } from 'node:path';
import { printable, UsageError } from '../../errors.js';
import { listPins } from '../../list/list-pins.js';
import type { ListedPin } from '../../list/listed-pin.js';
import type { PinFiles } from '../../list/pin-files.js';
import { imageSpellings } from '../../oci/reference.js';
import { imageName } from '../options/pasted-name.js';
import { count } from '../terminal/format.js';

/** A word that chooses pins, and whether it has chosen any. */
export interface PinPattern {
  readonly word: string;
  readonly matches: (pin: ListedPin) => boolean;
  /** Whether it chooses everything in a file. */
  readonly matchesFile: (path: string) => boolean;
  /** The pattern that was probably meant, by a pin that it matches: `**` + `/we*` for acme/web, where a user wrote `we*`. */
  readonly meant: { readonly word: string; readonly matches: (pin: ListedPin) => boolean } | undefined;
  hasMatched: boolean;
}

// Compilers and `grep` add the column after the line, and GitHub writes `#L2-L4`.
const LINE = /^(.+\.(?:nix|json|toml|ya?ml))(?::|#L)([0-9]+)(?:-L?([0-9]+)|:[0-9]+)?:?$/;

/** A line of a file, or several. */
interface Lines {
  readonly file: string;
  readonly first: number;
  readonly last: number;
}

/** The file and the lines of `FILE:LINE` and of `FILE:FIRST-LAST`; undefined for other words. */
export function fileAndLine(word: string): Lines | undefined {
  const [, file, line, last = line] = LINE.exec(word) ?? [];
  return file === undefined ? undefined : { file, first: Number(line), last: Number(last) };
}

/** Checks a word that chooses pins without any pins. Throws a UsageError. */
export async function checkPattern(word: string, folder: string): Promise<void> {
  if (!fileAndLine(word)) await Promise.all([nameMatcher(word), globMatcher(word, folder)]);
}

/**
 * Reads a word that chooses pins: `FILE:LINE`; `NAME[:TAG]`, the last components of a repository, or `NAME@RANGE` with a range of versions; else
 * a glob of images or files. Throws a UsageError.
 */
export async function compilePattern(word: string, pinFiles: PinFiles, folder: string): Promise<PinPattern> {
  const place = fileAndLine(word);
  const parts = place
    ? [lineMatcher(place, pinFiles, folder)]
    : [await nameMatcher(word), await globMatcher(word, folder)];
  return {
    word,
    matches: (pin) => parts.some(({ matches }) => matches(pin)),
    matchesFile: (path) => parts.some(({ matchesFile }) => matchesFile(path)),
    meant: await meantPattern(word, folder),
    hasMatched: false,
  };
}

/** A glob is for whole names of images, and people mean the last part; a list of names has braces. */
async function meantPattern(word: string, folder: string): Promise<PinPattern['meant']> {
  if (/^[\w./:-]+(?:,[\w./:-]+)+$/.test(word)) {
    const several = `{${word}}`;
    return { word: several, matches: (await globMatcher(several, folder)).matches };
  }
  if (!/^[^/@:]*[*?[{][^/@:]*$/.test(word)) return undefined;
  const wider = `**/${word}`;
  return { word: wider, matches: (await globMatcher(wider, folder)).matches };
}

type Matcher = Pick<PinPattern, 'matches' | 'matchesFile'>;

/** The pin at a line is the last one that begins there or above. */
function lineMatcher({ file, first, last }: Lines, pinFiles: PinFiles, folder: string): Matcher {
  const isFile = (path: string): boolean => resolve(folder, path) === resolve(folder, file);
  const text = pinFiles.files.find(({ path }) => isFile(path))?.text;
  const length = text?.trimEnd().split('\n').length ?? 0;
  const missing = [first, last].find((line) => line > length || line === 0);
  if (text !== undefined && missing !== undefined)
    throw new UsageError(`${printable(file, 200)} has ${count(length, 'line')}, so there is no line ${missing}`);
  if (last < first)
    throw new UsageError(`the lines of ${printable(file, 200)} go from ${first} to ${last}: write ${last}-${first}`);
  const lines = listPins(pinFiles).pins.flatMap((pin) => (isFile(pin.file) ? [pin.line] : []));
  const begun = Math.max(...lines.filter((each) => each <= first), 0);
  return {
    matches: (pin) => isFile(pin.file) && (pin.line === begun || (first <= pin.line && pin.line <= last)),
    matchesFile: isFile,
  };
}

const NAME = /^((?:[a-z0-9.-]+:\d+\/)?[a-z0-9][a-z0-9._/-]*?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]*))?(?:@(.+))?$/;

async function nameMatcher(word: string): Promise<Matcher> {
  const [, typed, tag, behindAt] = NAME.exec(imageName(word)) ?? [];
  // docker.io/redis is docker.io/library/redis.
  const name = typed?.replace(/^docker\.io\/(?=[^/]+$)/, 'docker.io/library/');
  if (name !== undefined && /^[a-z][\w.-]*$/i.test(behindAt ?? '') && !/^[vx]/i.test(behindAt ?? ''))
    throw new UsageError(
      `'${printable(word, 100)}' has no range of versions behind the @; for the tag write ${name}:${behindAt}`,
    );
  const isFollowed = await tagCondition(tag, behindAt);
  return {
    matches: (pin) =>
      name !== undefined &&
      imageSpellings(pin.imageName).some((image) => `/${image}`.endsWith(`/${name}`)) &&
      isFollowed(pin),
    matchesFile: () => false,
  };
}

async function tagCondition(
  tag: string | undefined,
  behindAt: string | undefined,
): Promise<(pin: ListedPin) => boolean> {
  if (tag !== undefined) {
    const isPinned = await tagCondition(undefined, behindAt);
    return (pin) => pin.follows === tag && isPinned(pin);
  }
  if (behindAt === undefined) return () => true;
  if (behindAt.startsWith('sha256:')) return ({ imageDigest }) => imageDigest === behindAt;
  const { createTagRange } = await import('../../tags/tag-range.js');
  const isInRange = createTagRange(behindAt);
  return ({ follows }) => follows !== null && isInRange(follows);
}

async function globMatcher(word: string, folder: string): Promise<Matcher> {
  if (word === '') throw new UsageError('a pattern is empty; write a name such as nginx, or a glob such as ./hosts/**');
  if (word.includes('@')) return { matches: () => false, matchesFile: () => false };
  if (word.length > 1000) throw new UsageError(`the pattern ${printable(word, 50)} is longer than 1000 characters`);
  const { createGlob } = await import('../../files/glob.js');
  const glob = createGlob([word], folder);
  return {
    matches: ({ file, imageName }) => glob({ file, images: imageSpellings(imageName) }),
    matchesFile: (file) => glob({ file, images: [] }),
  };
}
