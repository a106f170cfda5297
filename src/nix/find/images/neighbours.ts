import { isHashAttribute } from './own-arguments.js';

/** A text in a set, a list or the arguments of a call; `name` is that of its attribute, or empty. */
export interface Neighbour {
  readonly name: string;
  readonly text: string;
}

/** What stands beside a text that may be a digest. */
export interface Beside {
  /** Whether a Nix hash stands there. */
  readonly hasHash: boolean;
  /** Whether an image stands there, or in the name of the attribute. */
  readonly hasImage: boolean;
  /** Whether something else stands there that may be the digest. */
  readonly hasDigest: boolean;
}

/** A hash that cannot be the digest of an image. */
export const NIX_HASH = /^(?:(?:sha256-)?[A-Za-z0-9+/]{43}=|(?:sha256:)?[0-9a-df-np-sv-z]{52})$/;
const HEX = /^[0-9a-f]{64}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** The names of attributes that hold an image. */
const IMAGE_NAME = /^(?:image|container|name|repo|repository|ref|reference|src|source)$|image_?(?:name|ref)?$/i;
/** An image with its registry, or with its tag. Any other word may be anything. */
const IMAGE =
  /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?|localhost(?::\d+)?)\/[a-z0-9][\w./-]*(?::\w[\w.-]*)?$|^[a-z0-9][\w./-]*:\w[\w.-]*$/;

/** The neighbours of a text, counted once for all texts of a set or a list. */
export class Neighbours {
  private hashes = 0;
  private hashNames = 0;
  private hexes = 0;
  private digests = 0;
  private images = 0;
  private named = 0;

  constructor(all: readonly Neighbour[]) {
    for (const { name, text } of all) {
      if (NIX_HASH.test(text)) this.hashes++;
      if (isHashAttribute(name)) this.hashNames++;
      if (HEX.test(text)) this.hexes++;
      if (DIGEST.test(text)) this.digests++;
      if (!isImage(text)) continue;
      if (name === '' || IMAGE_NAME.test(name)) this.images++;
      if (/image|container/i.test(name)) this.named++;
    }
  }

  /** What stands beside one of them. */
  beside({ name, text }: Neighbour): Beside {
    const isDigest = DIGEST.test(text);
    const hashNames = this.hashNames - (isHashAttribute(name) ? 1 : 0);
    // A digest may also be written as a hash is: of two of them, one is the hash.
    const isOneOfTwo = isDigest && (this.digests === 2 || this.hexes > 0);
    return {
      hasHash: this.hashes > 0 || hashNames > 0 || isOneOfTwo,
      // Beside other names, a hash is that of a file.
      hasImage: (isHashAttribute(name) ? this.named : this.images) > 0 || isImage(name),
      hasDigest: this.digests + this.hexes > 1,
    };
  }
}

function isImage(text: string): boolean {
  return IMAGE.test(text) && !HEX.test(text) && !DIGEST.test(text);
}
