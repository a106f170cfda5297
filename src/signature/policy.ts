import { printable, UsageError } from '../errors.js';
import { canonicalRegistry } from '../oci/docker-hub.js';
import { formatRepository, InvalidReferenceError, type RepositoryName, splitName } from '../oci/reference.js';

/** The images below a name must be signed by a key, or by the signer that a file names. */
export interface SignatureRule {
  /** `registry[/path]`, the name of a repository or of something above it; empty for all images. */
  readonly name: string;
  /** The file with the public key, or the TOML file that says who signs, as it was written. */
  readonly keyFile: string;
}

/** Reads a value of --verify-signature, `[NAME=]KEY`. Throws a UsageError. */
export function parseSignatureRule(text: string): SignatureRule {
  const at = text.indexOf('=');
  const [name, keyFile] = at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
  const shown = `--verify-signature '${printable(text, 200)}'`;
  if (keyFile === '')
    throw new UsageError(
      `${shown} names no file with a public key, such as cosign.pub, or who signs, such as acme.toml`,
    );
  const full = name === '' ? '' : fullName(name);
  if (full !== undefined) return { name: full, keyFile };
  throw new UsageError(
    `${shown} is not [NAME=]KEY with the name of a registry or a repository, such as ghcr.io/acme=acme.pub`,
  );
}

/** Whether a file of a rule names who signs, and is no key. */
export function isKeyless(file: string): boolean {
  return file.endsWith('.toml');
}

/** The files of the closest name; none where no rule is for the image. Several for one name are alternatives. */
export function keyFilesFor(rules: readonly SignatureRule[], image: RepositoryName): readonly string[] {
  const own = formatRepository({ ...image, registry: canonicalRegistry(image.registry) });
  const fitting = rules.filter(({ name }) => isWithin(own, name));
  const closest = Math.max(...fitting.map(({ name }) => name.length));
  return [...new Set(fitting.filter(({ name }) => name.length === closest).map(({ keyFile }) => keyFile))];
}

/** The rules of two files: what the stronger one says of a name holds also for all below it. */
export function joinedRules(stronger: readonly string[], weaker: readonly string[]): string[] {
  const rules = stronger.map(parseSignatureRule);
  const isOpen = (text: string): boolean => !rules.some(({ name }) => isWithin(parseSignatureRule(text).name, name));
  return [...stronger, ...weaker.filter(isOpen)];
}

function isWithin(name: string, above: string): boolean {
  return above === '' || name === above || name.startsWith(`${above}/`);
}

/** `ghcr.io` and `ghcr.io/acme` are as they stand, and `redis` is a repository of Docker Hub. */
function fullName(name: string): string | undefined {
  const isRegistry = !name.includes('/') && /[.:[]|^localhost$/.test(name);
  try {
    if (!isRegistry) return canonical(splitName(name));
    return canonicalRegistry(splitName(`${name}/x`).registry);
  } catch (error) {
    if (error instanceof InvalidReferenceError) return undefined;
    throw error;
  }
}

function canonical(name: RepositoryName): string {
  return formatRepository({ ...name, registry: canonicalRegistry(name.registry) });
}
