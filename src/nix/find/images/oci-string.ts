import { InvalidReferenceError, parseReference } from '../../../oci/reference.js';
import { sliceText } from '../../values/text.js';
import type { TextValue } from '../../values/value.js';

/** The parts of `name[:tag]@sha256:…`, each with its place in the file. */
export interface OciString {
  readonly imageName: TextValue;
  readonly tag?: TextValue;
  readonly imageDigest: TextValue;
}

const PINNED = /^[^\s@]+@sha256:[0-9a-f]{64}$/;
const NEARLY = /^[^\s@:/][^\s@]*[@:]sha256:[0-9a-fA-F]{16,}$/;
/** Matches a longer text that contains an image: an option, an assignment, a list. */
const LONGER = /^-|[^\w.:/@+-]/;

/** Parses such a text. Returns undefined for any other text, and an error for a text that is almost one. */
export function parseOciString(value: TextValue): OciString | InvalidReferenceError | undefined {
  const { text } = value;
  if (!PINNED.test(text))
    return NEARLY.test(text) && !text.includes('://') && !LONGER.test(text) ? failure(text) : undefined;
  if (text.includes('://') || LONGER.test(text)) return undefined;
  try {
    const { name, tag } = parseReference(text);
    const imageDigest = sliceText(value, text.indexOf('@') + 1, text.length);
    const imageName = sliceText(value, 0, name.length);
    if (tag === undefined) return { imageName, imageDigest };
    return { imageName, tag: sliceText(value, name.length + 1, name.length + 1 + tag.length), imageDigest };
  } catch (error) {
    if (error instanceof InvalidReferenceError) return error;
    throw error;
  }
}

function failure(text: string): InvalidReferenceError | undefined {
  try {
    parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReferenceError) return error;
    throw error;
  }
  return undefined;
}
