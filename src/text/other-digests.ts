import { type Neighbour, Neighbours } from '../nix/find/images/neighbours.js';
import { isHashAttribute } from '../nix/find/images/own-arguments.js';
import { possibleDigests, withPrefix } from '../nix/find/images/possible-digests.js';
import type { DataFormat } from '../nix/language/data-format.js';
import type { Range } from '../nix/language/position.js';
import type { DataFile, DataNode, DataText } from './tree/data-file.js';
import type { DataVisit } from './tree/visits.js';

/** A digest that belongs to no pin of which the range is known, and what to say of it. */
export interface OtherDigest extends Range {
  readonly message: string;
  readonly imageDigest: string;
}

/** Keys beside a digest that make it one of an image, and those of a hash. */
const KEYS = {
  image: (key: string) => /^(?:image|name|newName|newTag|repository|registry|tag)$/.test(key),
  hash: isHashAttribute,
};
/** A digest behind a variable or the end of a template. */
const COMPUTED = /[}\])]@(sha256:[0-9a-f]{64})(?![0-9a-f])/g;

/** Finds the digests of images in texts that are no pins: what is written with a variable, a longer text, or a part of an image that is not whole. */
export class OtherDigests {
  private readonly neighbours = new Map<DataNode, Neighbours>();
  private readonly known = { image: new Map<DataNode, boolean>(), hash: new Map<DataNode, boolean>() };

  constructor(
    private readonly file: DataFile,
    private readonly format: DataFormat,
  ) {}

  of({ node, key, parent }: DataVisit<DataText>): OtherDigest[] {
    const { text } = node;
    if (!/[0-9a-f]{64}/.test(text)) return [];
    const around = parent?.node;
    const found = this.neighboursIn(around).beside({ name: key ?? '', text });
    // In other formats, checksums of all kinds stand together: only a name makes one of them the hash beside a digest.
    const hasHash = found.hasHash && (this.format === 'json' || this.hasKey(around, 'hash'));
    const isLikeImage = this.format !== 'json' && this.hasKey(around, 'image');
    const names = (hasHash || found.hasImage || isLikeImage) && key !== undefined ? [key] : [];
    const beside = { ...found, hasHash };
    const written = possibleDigests(text, { names, ...beside });
    const computed = Array.from(text.matchAll(COMPUTED), ([, imageDigest = '']) => {
      const message = `the image of the digest '${imageDigest}' is written with a variable or a template, so it stays as it is`;
      return { message, imageDigest };
    });
    return placed([...written, ...computed], node, this.file);
  }

  private hasKey(node: DataNode | undefined, kind: keyof typeof KEYS): boolean {
    if (node?.kind !== 'map') return false;
    const known = this.known[kind].get(node) ?? node.entries.some(({ key }) => KEYS[kind](key));
    this.known[kind].set(node, known);
    return known;
  }

  private neighboursIn(node: DataNode | undefined): Neighbours {
    const known = node && this.neighbours.get(node);
    if (known) return known;
    const made = new Neighbours(node ? namedTexts(node) : []);
    if (node) this.neighbours.set(node, made);
    return made;
  }
}

function namedTexts(node: DataNode): Neighbour[] {
  const textOf = (value: DataNode): string => (value.kind === 'text' ? value.text : '');
  if (node.kind === 'map') return node.entries.map(({ key, value }) => ({ name: key, text: textOf(value) }));
  return node.kind === 'list' ? node.items.map((item) => ({ name: '', text: textOf(item) })) : [];
}

/** A text of several lines may have many digests: each is found on its own line. */
function placed(
  digests: readonly Pick<OtherDigest, 'message' | 'imageDigest'>[],
  { start, end, origin }: DataText,
  { source }: DataFile,
): OtherDigest[] {
  const written = origin.verbatim || origin.quote === 'json' ? '' : source.slice(start, end);
  const nextAt = new Map<string, number>();
  return digests.map(({ message, imageDigest }) => {
    const at = written.indexOf(imageDigest, nextAt.get(imageDigest) ?? 0);
    if (at < 0) return { start, end, message, imageDigest: withPrefix(imageDigest) };
    nextAt.set(imageDigest, at + 1);
    return { start: start + at, end: start + at + imageDigest.length, message, imageDigest: withPrefix(imageDigest) };
  });
}
