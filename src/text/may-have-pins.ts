import { mayHoldDigests } from '../nix/find/images/possible-digests.js';
import type { DataFormat } from '../nix/language/data-format.js';

const TEXT_WITH_PINS = /\b(?:imageDigest|image_digest)\b|sha256:[0-9a-f]{16}|@[0-9a-f]{64}|[Pp]ull[Pp]in:/;
const IMAGE = /\bimage\b/;

/** Whether anything in a data file is like a pin, so that it has to be parsed. */
export function mayHavePins(source: string, format: DataFormat, withUnpinned: boolean): boolean {
  const isLikeOne = format === 'json' ? mayHoldDigests(source) : TEXT_WITH_PINS.test(source);
  return isLikeOne || (withUnpinned && IMAGE.test(source));
}
