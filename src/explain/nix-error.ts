import { stripVTControlCharacters } from 'node:util';
import { PullpinError } from '../errors.js';
import { parseHash } from '../nix/literals/hash.js';
import type { Digest } from '../oci/digest.js';

/** What Nix says when a download does not have the hash that a file gives. */
export interface Mismatch {
  /** The hash in the file. */
  readonly specified: Digest;
  /** The hash of what Nix has downloaded. */
  readonly got: Digest;
  /** The name in the store of what was downloaded, such as `docker-image-redis-7.4.tar`; undefined where Nix has not printed it. */
  readonly name: string | undefined;
}

/** More mismatches than these are not looked at. */
const MOST = 20;
/** CI and system logs put a time or the name of a program in front of each line. */
const SPECIFIED = /(?:^|\s)(?:specified|wanted|expected):\s*(\S+)/;
const DERIVATION = /derivation '[^']*\/[0-9a-z]{32}-([^']+?)(?:\.drv)?'/;
const GOT = /(?:^|\s)(?:got|actual):\s*(\S+)/;

/** Finds the mismatches in what Nix has printed: `specified: sha256-…` and, below it, `got: sha256-…`, in the forms of all versions of Nix. */
export function readMismatches(text: string): Mismatch[] {
  const found: Mismatch[] = [];
  let specified: Digest | undefined;
  let name: string | undefined;
  for (const line of stripVTControlCharacters(text).split('\n')) {
    name = DERIVATION.exec(line.slice(0, 1000))?.[1] ?? name;
    specified = hashIn(SPECIFIED, line) ?? specified;
    const got = hashIn(GOT, line);
    if (!got) continue;
    if (specified) found.push({ specified, got, name });
    [specified, name] = [undefined, undefined];
    if (found.length === MOST) break;
  }
  return found;
}

function hashIn(pattern: RegExp, line: string): Digest | undefined {
  const [, text] = pattern.exec(line.slice(0, 500)) ?? [];
  if (text === undefined) return undefined;
  try {
    return parseHash(text).hash;
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}
