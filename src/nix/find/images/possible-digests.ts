import { nameBefore } from './name-before.js';
import type { Beside } from './neighbours.js';
import { isHashAttribute } from './own-arguments.js';

/** A digest in a text, which may be part of a pin: its position, and the message for the case that it belongs to no pin. */
export interface PossibleDigest {
  readonly start: number;
  readonly end: number;
  readonly imageDigest: string;
  readonly message: string;
}

/** The attributes around a text, the nearest last, and what stands beside the text. */
export interface TextContext extends Beside {
  readonly names: readonly string[];
}

const DIGEST = /^(sha256:)?[0-9a-f]{64}$/;
/** Matches a digest after the name of an image, anywhere in a text. */
const DIGEST_BEHIND = /@((?:sha256:)?[0-9a-f]{64})(?![0-9a-f])/g;
/** Attributes around a table of hashes. */
const HASHES = /hash|sum|sha\d/i;

const IN_JSON = /"(?:imageDigest|image_digest)"|sha256:[0-9a-f]{16}|@[0-9a-f]{64}/;
const NAMES_IMAGE =
  /"(?:image|imageName|image_name|imageRef|image_ref|container|repository|digest|imageDigest|image_digest)"\s*:/;

/** Whether a JSON file may have a pin. A digest without `sha256:` counts only in a file that names an image or a digest. */
export function mayHoldDigests(json: string): boolean {
  return IN_JSON.test(json) || (/"[0-9a-f]{64}"/.test(json) && NAMES_IMAGE.test(json));
}

/**
 * The digests of images in a text: the whole text, when its attribute has the name of a digest, or a hash or an image stands beside it; otherwise
 * each digest after the name of an image.
 */
export function possibleDigests(text: string, context: TextContext): PossibleDigest[] {
  const match = DIGEST.exec(text);
  if (match) {
    const name = context.names.at(-1) ?? '';
    const message = `${name === '' ? '' : `${name}: `}'${text}' belongs to no pin that can be followed, so it stays as it is`;
    const isOne = isPossible(context, match[1] !== undefined);
    return isOne ? [{ start: 0, end: text.length, imageDigest: text, message }] : [];
  }
  return Array.from(text.matchAll(DIGEST_BEHIND)).flatMap(({ index, 0: { length }, 1: imageDigest = '' }) => {
    const imageName = nameBefore(text, index).replace(/^[_./:-]+/, '');
    if (imageName === '') return [];
    const image = `the image '${imageName}@${imageDigest}'`;
    const message = imageDigest.startsWith('sha256:')
      ? `${image} is a part of a longer text, so it stays as it is`
      : `${image} has no 'sha256:' in front of its digest, so it stays as it is`;
    return [{ start: index - imageName.length, end: index + length, imageDigest, message }];
  });
}

/** Whether a text of 64 digits may well be the digest of an image, and not the hash of a file. */
function isPossible({ names, hasHash, hasImage, hasDigest }: TextContext, hasPrefix: boolean): boolean {
  if (isHashAttribute(names.at(-1) ?? '')) return hasImage && !hasDigest;
  if (names.slice(-2).some((each) => /digest/i.test(each)) || hasImage) return true;
  return hasHash && (hasPrefix || !names.some((each) => HASHES.test(each)));
}

/** A digest as registries have it, also where a file leaves out how it was made. */
export function withPrefix(digest: string): string {
  return digest.startsWith('sha256:') ? digest : `sha256:${digest}`;
}
