import type { BlobDigest, Digest } from '../../oci/digest.js';
import { NativeHash, type RunningHash } from './running-hash.js';

/** What a member of an archive turned out to hold, or is expected to. `size` is in bytes. */
export interface Content {
  readonly digest: BlobDigest;
  readonly size: number;
}

/** The bytes that an archive puts around a member's data; they depend on the whole of the data. */
export interface Frame {
  header(content: Content): Uint8Array;
  footer(content: Content): Uint8Array;
}

/** The data of a member. Each reading yields the same bytes and returns, at its end, what they were. */
export interface MemberData {
  /** What the data is expected to be; without it the data is read once to learn that and once more to hash it. */
  readonly expected: Content | undefined;
  read(): AsyncGenerator<Uint8Array, Content>;
  readAgain(): AsyncGenerator<Uint8Array, Content>;
}

/**
 * The hash of an archive whose members have their size and digest in front of their data, computed in one pass when these are known
 * in advance: an expectation that turns out wrong costs a second reading of that member, never a wrong hash.
 */
export class ArchiveHash {
  /** @param length the bytes that the hash has seen already */
  constructor(
    private readonly hash: RunningHash = new NativeHash(),
    private length = 0,
  ) {}

  /** Bytes hashed so far. */
  get size(): number {
    return this.length;
  }

  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
    this.length += bytes.length;
  }

  /** The digest and the size of the archive that ends with these bytes. The hash itself does not change, so another end can be tried. */
  endWith(bytes: Uint8Array): { readonly sha256: Digest; readonly size: number } {
    const goBack = this.hash.checkpoint();
    this.hash.update(bytes);
    const sha256: Digest = `sha256:${this.hash.digest()}`;
    goBack();
    return { sha256, size: this.length + bytes.length };
  }

  /** A state to resume from in another run; undefined when the hash has no state to save. */
  save(): Uint8Array | undefined {
    return this.hash.save();
  }

  /** Appends a member unless `isInArchive` says that the archive has it already, and returns what it holds. */
  async append(
    data: MemberData,
    frame: Frame,
    isInArchive: (content: Content) => boolean = () => false,
  ): Promise<Content> {
    const { expected } = data;
    if (!expected || isInArchive(expected)) {
      const content = await drain(data.read(), () => {});
      if (!isInArchive(content)) await this.appendKnown(data.readAgain(), content, frame);
      return content;
    }
    const { length } = this;
    const goBack = this.hash.checkpoint();
    const content = await this.appendKnown(data.read(), expected, frame);
    if (content.digest === expected.digest && content.size === expected.size) return content;
    goBack();
    this.length = length;
    if (!isInArchive(content)) await this.appendKnown(data.readAgain(), content, frame);
    return content;
  }

  private async appendKnown(
    data: AsyncGenerator<Uint8Array, Content>,
    content: Content,
    frame: Frame,
  ): Promise<Content> {
    this.update(frame.header(content));
    const actual = await drain(data, (chunk) => this.update(chunk));
    this.update(frame.footer(content));
    return actual;
  }
}

async function drain<Result>(
  data: AsyncGenerator<Uint8Array, Result>,
  each: (chunk: Uint8Array) => void,
): Promise<Result> {
  for (let next = await data.next(); ; next = await data.next()) {
    if (next.done) return next.value;
    each(next.value);
  }
}
