import { InvalidReferenceError, parseReference, type Reference } from '../../../oci/reference.js';

/** The image that a text names without a digest; undefined for other texts. */
export function taggedReference(text: string): Reference | undefined {
  if (!/^[a-z0-9][\w.:/-]*$/.test(text)) return undefined;
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReferenceError) return undefined;
    throw error;
  }
}
