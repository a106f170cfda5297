import { formatHash } from '../../../src/nix/literals/hash.js';
import type { SeenPin } from './evaluation.js';
import { layersOf, type Part, type SampleImage, type State } from './sample-images.js';

/** How a hash is written. */
export const HASH_FORMATS = ['sri', 'nix32', 'hex', 'base64', 'prefixed hex', 'prefixed nix32'] as const;
export type HashFormat = (typeof HASH_FORMATS)[number];

/** What is true of a digest in a program, whatever a reader of the program makes of it. */
export interface Truth {
  readonly image: SampleImage;
  /** The tag that its pins follow; several when pins that share the digest follow different ones. */
  readonly tags: readonly string[];
  /** What the digest is of, before a bump. */
  readonly state: State;
  readonly part: Part;
  /** The tag that the rule of its pins leads to. */
  readonly movesTo?: string;
  /** The program says to leave its pins alone. */
  readonly isFrozen?: boolean;
  /** The documentation says that pins of this kind are bumped. */
  readonly moves?: boolean;
}

/** Stands in a program for a digest that is filled in once it is known. */
export interface DigestMark extends Truth {
  readonly text: string;
}

/** Stands in a program for the config, or for a layer, of one platform's image under a digest. */
export interface PartMark {
  readonly text: string;
  readonly of: DigestMark;
  readonly arch: 'amd64' | 'arm64';
  readonly part: 'config' | number;
}

/** Stands in a program for the right hash of the pin that Nix finds it in. */
export interface HashMark {
  readonly text: string;
  readonly format: HashFormat;
}

/** Some files, and what is true of the digests in them. */
export interface Program {
  /** What the program is made of; shown when it breaks the rule. */
  readonly title: string;
  /** The files that are bumped, by their paths, with marks for digests and hashes. */
  readonly files: Readonly<Record<string, string>>;
  /** Files that Nix sees and a bump does not; they find the others in ../bumped. */
  readonly callers: Readonly<Record<string, string>>;
  /** The file that Nix evaluates: a function of the stand-ins, in `bumped/` or `callers/`. */
  readonly entry: string;
  readonly digests: readonly DigestMark[];
  readonly hashes: readonly HashMark[];
  readonly parts: readonly PartMark[];
  /** What is true of the digests, where only the names of the pins that Nix finds them in say that. */
  readonly identify?: (seen: readonly SeenPin[]) => readonly DigestMark[];
}

/** Makes the marks of a program, each of them different. */
export class Marks {
  readonly digests: DigestMark[] = [];
  readonly hashes: HashMark[] = [];
  readonly partMarks: PartMark[] = [];

  digest(truth: Truth): DigestMark {
    const mark = { ...truth, text: `sha256:d1${hex(this.digests.length)}` };
    this.digests.push(mark);
    return mark;
  }

  /** The config and the layers that a digest stands for. */
  parts(of: DigestMark, arch: 'amd64' | 'arm64'): { configDigest: string; layers: string[] } {
    const mark = (part: PartMark['part']): string => {
      const text = `sha256:7e${hex(this.partMarks.length)}`;
      this.partMarks.push({ text, of, arch, part });
      return text;
    };
    const layers = Array.from({ length: layersOf(of.image, of.state) }, (_, at) => mark(at));
    return { configDigest: mark('config'), layers };
  }

  hash(format: HashFormat): HashMark {
    const mark = { format, text: formatted(`4a${hex(this.hashes.length)}`, format) };
    this.hashes.push(mark);
    return mark;
  }
}

/** A sha256, given in hex, in one of the forms that Nix takes. */
export function formatted(sha256: string, format: HashFormat): string {
  const digest = `sha256:${sha256}` as const;
  switch (format) {
    case 'base64':
      return formatHash(digest, 'sri').slice('sha256-'.length);
    case 'prefixed hex':
      return digest;
    case 'prefixed nix32':
      return `sha256:${formatHash(digest, 'nix32')}`;
    default:
      return formatHash(digest, format);
  }
}

/** A text with its marks filled in; a digest may stand there without its `sha256:`. */
export function filled(text: string, values: ReadonlyMap<string, string>): string {
  let result = text;
  for (const [mark, value] of values) result = result.replaceAll(mark, value);
  return result;
}

/** 31 bytes: a number, spread over all of them so that no digit stands out. */
function hex(number: number): string {
  return Array.from({ length: 31 }, (_, at) =>
    ((number * 37 + at * 11 + (number >> 5)) & 0xff).toString(16).padStart(2, '0'),
  ).join('');
}
