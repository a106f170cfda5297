/** What fetchers call the hash of an image. Any other hash in a pin (`configHash`) is of something else. */
const OWN_HASHES: ReadonlySet<string> = new Set(['hash', 'sha256', 'outputHash']);

/** The arguments of pullImage in nixpkgs and nix2container, and the tag that people write beside them. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['imageName', 'imageDigest', 'os', 'arch', 'tlsVerify', 'finalImageName', 'finalImageTag', 'name'],
  ...['outputHashAlgo', 'tag', 'imageTag', ...OWN_HASHES],
]);

const HASH_ATTRIBUTE = /^(?:[a-z]\w*)?(?:sha256|hash)$/i;

/** Arguments that a message names, and those that are looked at: a pin has a dozen, and data may have thousands. */
const MOST_SHOWN = 5;
const MOST_LOOKED_AT = 100;

/** Whether an attribute of this name holds the hash of what a fetcher fetches. */
export function isOwnHash(name: string): boolean {
  return OWN_HASHES.has(name);
}

/** Whether an attribute of this name holds some Nix hash: `hash`, `sha256`, or a name that ends so (`configHash`, `imageSha256`). */
export function isHashAttribute(name: string): boolean {
  return HASH_ATTRIBUTE.test(name);
}

/** Something about a pin's attributes that who reads the outcome should know: which of them, and one line for people. */
export interface ArgumentCaution {
  readonly code: 'unknown-argument' | 'other-hash';
  readonly names: readonly string[];
  readonly message: string;
}

/** The remark about attributes of a pin that are not arguments of a fetcher. Arguments without a call may be read by other code as well. */
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
