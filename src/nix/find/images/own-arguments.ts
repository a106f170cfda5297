/** What fetchers call the hash of an image. Any other hash in a pin (`configHash`) is of something else. */
const OWN_HASHES: ReadonlySet<string> = new Set(['hash', 'sha256', 'outputHash']);

/** The arguments of pullImage in nixpkgs and nix2container, and the tag that people write beside them. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['imageName', 'imageDigest', 'os', 'arch', 'tlsVerify', 'finalImageName', 'finalImageTag', 'name'],
  ...['outputHashAlgo', 'tag', 'imageTag', ...OWN_HASHES],
]);

const HASH_ATTRIBUTE = /^(?:[a-z]\w*)?(?:sha256|hash)$/i;

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
  const unknown = [...all].filter((name) => !KNOWN.has(name));
  const names = isCall ? unknown : unknown.filter(isHashAttribute);
  if (names.length === 0) return undefined;
  const list = names.map((name) => `'${name}'`).join(', ');
  if (!isCall) return { code: 'other-hash', names, message: `${list}: not a hash of its image, so it stays as it is` };
  const message = `pullpin does not know the argument ${list}: the pin changes only when its old hash shows what it is made from`;
  return { code: 'unknown-argument', names, message };
}
