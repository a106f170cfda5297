import { type PullpinError, printable, UsageError } from '../../errors.js';
import { parseReference, type Reference } from '../../oci/reference.js';
import type { Operands } from './command.js';
import { imageName } from './pasted-name.js';

/** An image as it was named, and what the name means; or why it is not the name of an image. */
export type NamedImage =
  | { readonly text: string; readonly reference: Reference }
  | { readonly text: string; readonly error: PullpinError };

/** The images of a command line. */
export interface ImageOperands {
  readonly named: readonly NamedImage[];
  /** In front of which of them a list is read from stdin; undefined when none is. */
  readonly listAt: number | undefined;
}

/** Reads the name of an image as people paste it. Never throws. */
export function nameImage(pasted: string): NamedImage {
  const text = imageName(pasted);
  try {
    return { text, reference: parseReference(text) };
  } catch (error) {
    if (error instanceof UsageError) return { text: pasted, error: withSpelling(error, text) };
    throw error;
  }
}

/** Adds the right spelling to the message, where it is certain. */
function withSpelling(error: UsageError, text: string): UsageError {
  const [, transport, rest = ''] =
    /^(oci|oci-archive|docker-archive|docker-daemon|containers-storage|dir):(.*)$/.exec(text) ?? [];
  if (transport === 'oci')
    return new UsageError(
      `'${printable(text)}' is a place: write --from oci:${printable(rest)} and the name of the image`,
    );
  if (transport !== undefined)
    return new UsageError(
      `'${printable(text)}': pullpin reads images from registries, and from OCI layouts by --from oci:FOLDER`,
    );
  if (/^(?:\.{0,2}|~)\/|\.(?:nix|json)$/.test(text))
    return new UsageError(
      `'${printable(text)}' looks like the path of a file, and pin wants images, such as redis:7.4; for the pins in a file: pullpin bump ${printable(text)}`,
    );
  const lower = text.replace(/^[^:@]*/, (name) => name.toLowerCase());
  return lower !== text && isReference(lower) ? new UsageError(`${error.message}; write ${lower}`) : error;
}

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}

/** What a named image means. Throws what is wrong with it. */
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
    // `image: redis:7.4`, pasted from a file.
    const words = given.filter((word) => word !== 'image:');
    const at = words.indexOf('-');
    return {
      named: words.filter((word) => word !== '-').map(nameImage),
      listAt: at < 0 ? undefined : at,
    };
  },
};

/** One repository, without tag and digest. */
export const REPOSITORY: Operands<Reference> = {
  usage: 'REPOSITORY',
  help: 'REPOSITORY is an image without tag and digest, such as redis or ghcr.io/owner/name',
  completion: 'image',
  missing: 'name a repository, such as redis or ghcr.io/owner/name',
  parse([word = '', ...others]) {
    if (others.length > 0) throw new UsageError(`tags looks at one repository, and '${others[0]}' is another`);
    const reference = referenceOf(nameImage(word));
    if (reference.tag === undefined && reference.digest === undefined) return reference;
    throw new UsageError(`tags wants a repository: write ${reference.name}`);
  },
};

/** Where pins are, and which of them are meant. */
export interface PinOperands {
  /** The one file is the text on stdin. */
  readonly isStdin: boolean;
  /** Files, folders, `FILE:LINE` and names of images; without any, all pins in what git knows below here. */
  readonly words: readonly string[];
}

/** Files, folders, and pins in them. */
export const PINS: Operands<PinOperands> = {
  usage: '[PATH|FILE:LINE|NAME]...',
  help: 'PATH is a Nix or JSON file or a folder, NAME an image such as redis or redis@<8; - is stdin. Without any: all pins in what git knows below here',
  completion: 'pin',
  parse: (words) => ({ isStdin: words.includes('-'), words: words.filter((word) => word !== '-') }),
};

/** Nothing. */
export const NO_OPERANDS: Operands<undefined> = {
  usage: '',
  help: '',
  parse([word]) {
    if (word !== undefined) throw new UsageError(`'${word}' is one argument too many`);
    return undefined;
  },
};
