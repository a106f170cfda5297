import type { SetValue } from '../../values/value.js';

/** The names that fetchers use for the hash of an image. Any other hash in a pin (`configHash`) is the hash of something else. */
const OWN_HASHES: ReadonlySet<string> = new Set(['hash', 'sha256', 'outputHash']);

/** The arguments of pullImage in nixpkgs and nix2container, and the names under which people write a tag beside them. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['imageName', 'imageDigest', 'os', 'arch', 'tlsVerify', 'finalImageName', 'finalImageTag', 'name'],
  ...['outputHashAlgo', 'tag', 'imageTag', ...OWN_HASHES],
]);

const HASH_ATTRIBUTE = /^(?:[a-z]\w*)?(?:sha256|hash)$/i;

// How many arguments a message names, and how many are checked: a pin has about twelve, other data may have thousands.
const MOST_SHOWN = 5;
const MOST_LOOKED_AT = 100;

/** Whether an attribute with this name holds the hash of the fetched image. */
export function isOwnHash(name: string): boolean {
  return OWN_HASHES.has(name);
}

/** Whether a set has such an attribute. */
export function hasOwnHash({ attributes }: SetValue): boolean {
  return [...attributes.keys()].some(isOwnHash);
}

/** Matches a text that may be a hash, whatever it is called. */
export const MAY_BE_HASH = /^[\w+/=:-]{32,}$/;

/** Whether an attribute with this name holds any Nix hash: `hash`, `sha256`, or a name with this ending (`configHash`, `imageSha256`). */
export function isHashAttribute(name: string): boolean {
  return HASH_ATTRIBUTE.test(name);
}

/** A caution about attributes of a pin: their names, and one line for the user. */
export interface ArgumentCaution {
  readonly code: 'unknown-argument' | 'other-hash';
  readonly names: readonly string[];
  readonly message: string;
}

/**
 * The caution about attributes that are not arguments of a fetcher. When the call is not in sight, other code may read most attributes, so only
 * hashes get a caution.
 */
export function argumentCaution(all: Iterable<string>, isCall: boolean): ArgumentCaution | undefined {
  const names: string[] = [];
  let looked = 0;
  for (const name of all) {
    if (names.length > MOST_SHOWN || ++looked > MOST_LOOKED_AT) break;
    if (!KNOWN.has(name) && (isCall || isHashAttribute(name))) names.push(name);
  }
  if (names.length === 0) return undefined;
  const shown = names.slice(0, MOST_SHOWN).map((name) => `'${name}'`);
  const list = [...shown, ...(names.length > MOST_SHOWN ? ['more'] : [])].join(', ');
  if (!isCall) return { code: 'other-hash', names, message: `${list}: not a hash of its image, so it stays as it is` };
  const message = `pullpin does not know the argument ${list}: the pin changes only when its old hash shows what it is made from`;
  return { code: 'unknown-argument', names, message };
}
