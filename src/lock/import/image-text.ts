import { printable } from '../../errors.js';
import { digestFlaw } from '../../nix/find/images/flaws.js';
import { parseHash } from '../../nix/literals/hash.js';
import { type Digest, isDigest, parseDigest } from '../../oci/digest.js';
import { ImportError } from './imported-images.js';

/** A digest as a tool recorded it; undefined where it recorded none. Throws an ImportError. */
export function recordedDigest(text: string | undefined): Digest | undefined {
  if (text === undefined || text === '') return undefined;
  if (isDigest(text)) return parseDigest(text);
  throw new ImportError(digestFlaw(text) ?? 'its digest is not filled in');
}

/** A hash as a tool recorded it, in any form of Nix; undefined where it recorded none. Throws a HashError. */
export function recordedHash(text: string | undefined): Digest | undefined {
  return text === undefined || text === '' ? undefined : parseHash(text).hash;
}

/** Throws an ImportError for a text that depends on variables or is a template. */
export function checkPlain(text: string, key: string): void {
  const [part] = /\$\{[^}]*\}?|\$\w*|\{\{.*/s.exec(text) ?? [];
  if (part !== undefined)
    throw new ImportError(`its ${key} depends on ${printable(part, 50)}: write the value in its place`);
}
