import { type PullpinError, printable, UsageError } from '../../errors.js';
import { SYSTEMS } from '../../oci/platform.js';
import { parseReference, type Reference } from '../../oci/reference.js';
import type { Operands } from './command.js';
import { imageName } from './pasted-name.js';
import { isPlatformWord } from './platforms.js';
import { otherThing, withoutLogin, withSpelling } from './right-spelling.js';

/** The typed name of an image with its meaning, or the reason why it is not the name of an image. */
export type NamedImage =
  | { readonly text: string; readonly reference: Reference }
  | { readonly text: string; readonly error: PullpinError };

/** The images of a command line. */
export interface ImageOperands {
  readonly named: readonly NamedImage[];
  /** The words that name them, as typed. */
  readonly typed: readonly string[];
  /** The position of `-` among them, where the images from stdin go; undefined when there is no `-`. */
  readonly listAt: number | undefined;
}

/** Longer text is no name that somebody pasted, and pullpin looks for no other meaning of it. */
const LONGEST_PASTED = 2000;

/** Reads the name of an image as people paste it. Never throws. */
export function nameImage(pasted: string): NamedImage {
  const isLong = pasted.length > LONGEST_PASTED;
  const text = isLong ? pasted : imageName(pasted);
  const other = isLong ? undefined : otherThing(pasted, text);
  if (other !== undefined) return { text: withoutLogin(pasted), error: new UsageError(other) };
  try {
    return { text, reference: parseReference(text) };
  } catch (error) {
    if (error instanceof UsageError) return { text: pasted, error: isLong ? error : withSpelling(error, text) };
    throw error;
  }
}

/** The meaning of a named image. Throws the error when the name is wrong. */
export function referenceOf(image: NamedImage): Reference {
  if ('error' in image) throw image.error;
  return image.reference;
}

/** One image, or several. */
export const IMAGES: Operands<ImageOperands> = {
  usage: 'IMAGE...',
  help: 'IMAGE is [REGISTRY/]REPOSITORY[:TAG][@DIGEST]; - reads a list of images from stdin',
  completion: 'image',
  missing: 'name an image, such as redis:7.4, or - for a list on stdin',
  parse(given) {
    const words = withoutSurroundings(given);
    const at = words.indexOf('-');
    const typed = words.filter((word) => word !== '-');
    refuseVersion(typed);
    refusePlatform(typed);
    return {
      named: typed.map(nameImage),
      typed,
      listAt: at < 0 ? undefined : at,
    };
  },
};

/** Refuses `redis 7.4`: a version that stands alone is the tag of the image in front of it. Throws a UsageError. */
function refuseVersion([first = '', ...others]: readonly string[]): void {
  const version = others.find((word) => /^v?\d+(?:\.\d+)*(?:-[\w.-]+)?$/.test(word));
  if (version === undefined) return;
  const hint = /^[^:@]+$/.test(first) ? `: write ${printable(first, 100)}:${version}` : '';
  throw new UsageError(`'${version}' is no image here${hint}. For an image of that name: docker.io/library/${version}`);
}

/** Refuses `redis --platform arm64 amd64` and `redis linux/arm64`: a platform or a system behind an image is the value of an option. */
function refusePlatform([, ...others]: readonly string[]): void {
  const platform = others.find((word) => isPlatformWord(word) || Object.hasOwn(SYSTEMS, word));
  if (platform === undefined) return;
  const option = isPlatformWord(platform) ? '--platform' : '--system';
  throw new UsageError(
    `'${platform}' is no image here: write ${option} ${platform}, and several with commas between them. For an image of that name: docker.io/${platform.includes('/') ? '' : 'library/'}${platform}`,
  );
}

/** `image: redis:7.4` and `FROM redis:7.4 AS base`, pasted from a file without quotes. */
function withoutSurroundings(words: readonly string[]): readonly string[] {
  if (words[0] !== 'FROM') return words.filter((word) => word !== 'image:');
  const [image, as, ...others] = words.slice(1).filter((word) => !word.startsWith('--'));
  return /^as$/i.test(as ?? '') ? [image ?? ''] : [image, as, ...others].filter((word) => word !== undefined);
}

/** One repository, without tag and digest. */
export const REPOSITORY: Operands<Reference> = {
  usage: 'REPOSITORY',
  help: 'REPOSITORY is an image without tag and digest, such as redis or ghcr.io/owner/name',
  completion: 'image',
  missing: 'name a repository, such as redis or ghcr.io/owner/name',
  parse([word = '', ...others]) {
    if (others.length > 0)
      throw new UsageError(
        `tags looks at one repository, and '${printable(others[0] ?? '', 100)}' is another; to choose among its tags write --match PATTERN`,
      );
    const reference = referenceOf(nameImage(word));
    if (reference.tag === undefined && reference.digest === undefined) return reference;
    throw new UsageError(`tags wants a repository: write ${reference.name}`);
  },
};

/** The places to search for pins, and which pins the user means. */
export interface PinOperands {
  /** Whether the only file is the text on stdin. */
  readonly isStdin: boolean;
  /** Files, folders, `FILE:LINE` and names of images. When empty: all pins in the files below the current folder that git knows. */
  readonly words: readonly string[];
}

/** Files, folders, and pins in them. */
export const PINS: Operands<PinOperands> = {
  usage: '[PATH|FILE:LINE|NAME]...',
  help: 'PATH is a file (Nix, JSON, TOML, YAML) or a folder, NAME an image such as redis or redis@<8; - is stdin. Without any: all pins in what git knows below here',
  completion: 'pin',
  parse: (words) => ({ isStdin: words.includes('-'), words: words.filter((word) => word !== '-') }),
};

/** The operands of a command that takes none. `elsewhere` gives the right spelling for words that the same command takes in other tools. */
export function noOperands(elsewhere: Readonly<Record<string, string>> = {}): Operands<undefined> {
  return {
    usage: '',
    help: '',
    parse([word]) {
      if (word === undefined) return undefined;
      const hint = Object.hasOwn(elsewhere, word) ? `: write ${elsewhere[word]}` : '';
      throw new UsageError(`'${printable(word, 100)}' is one argument too many${hint}`);
    },
  };
}
