import { nameBefore } from './name-before.js';
import { isHashAttribute } from './own-arguments.js';

/** A digest in a text, which may be part of a pin: its position, and the message for the case that it belongs to no pin. */
export interface PossibleDigest {
  readonly start: number;
  readonly end: number;
  readonly imageDigest: string;
  readonly message: string;
}

/** The attributes around a text, the nearest last, and whether a Nix hash stands beside the text. */
export interface TextContext {
  readonly names: readonly string[];
  readonly hasHash: boolean;
}

const DIGEST = /^(sha256:)?[0-9a-f]{64}$/;
/** Matches a digest after the name of an image, anywhere in a text. */
const DIGEST_BEHIND = /@(sha256:[0-9a-f]{64})(?![0-9a-f])/g;
/**
 * The digests of images in a text: the whole text, when its attribute has the name of a digest or a hash stands beside it; otherwise each digest
 * after the name of an image.
 */
export function possibleDigests(text: string, { names, hasHash }: TextContext): PossibleDigest[] {
  const name = names.at(-1) ?? '';
  const match = DIGEST.exec(text);
  if (match) {
    const isCalledDigest = names.slice(-2).some((each) => /digest/i.test(each));
    const isOne = !isHashAttribute(name) && (isCalledDigest || (hasHash && match[1] !== undefined));
    const message = `${name === '' ? '' : `${name}: `}'${text}' belongs to no pin that can be followed, so it stays as it is`;
    return isOne ? [{ start: 0, end: text.length, imageDigest: text, message }] : [];
  }
  return Array.from(text.matchAll(DIGEST_BEHIND)).flatMap(({ index, 0: { length }, 1: imageDigest = '' }) => {
    const imageName = nameBefore(text, index).replace(/^[_./:-]+/, '');
    if (imageName === '') return [];
    const message = `the image '${imageName}@${imageDigest}' is a part of a longer text, so it stays as it is`;
    return [{ start: index - imageName.length, end: index + length, imageDigest, message }];
  });
}
