import { printable, UsageError } from '../errors.js';
import { type Digest, isDigest } from './digest.js';

/** Names a repository in a registry. `registry` is `host[:port]`, `docker.io` for Docker Hub; `repository` has Docker Hub's `library/` filled in. */
export interface RepositoryName {
  readonly registry: string;
  readonly repository: string;
  /** As it was typed, for messages; the full name when omitted. */
  readonly name?: string;
  /** The tag that was typed behind the name. */
  readonly tag?: string | undefined;
}

/**
 * An image as a user names it: `[registry/]repository[:tag][@digest]`.
 * `name` is what was typed in front of tag and digest, to be written into Nix as it stands.
 */
export interface Reference extends RepositoryName {
  readonly name: string;
  readonly digest?: Digest | undefined;
}

/** An image name that no registry can have; the message points at the offending part. */
export class InvalidReferenceError extends UsageError {
  constructor(
    readonly text: string,
    readonly problem: string,
  ) {
    super(`'${printable(text)}' is not an image name: ${problem}`);
  }
}

// The grammar of distribution/reference, written so that no input makes the match slow: runs of dashes are atomic.
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;
const IPV6 = /^\[[0-9a-fA-F:.]+\]$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const MAX_NAME_LENGTH = 255;

/**
 * Parses an image name by the grammar and the defaults that docker and skopeo share: `redis` is `docker.io/library/redis`; the part
 * before the first slash is a registry when it has a dot or a colon or is `localhost`. Throws a InvalidReferenceError.
 *
 * @example
 * ```js
 * import { parseReference } from 'pullpin';
 *
 * const { registry, repository, tag } = parseReference('redis:7.4');
 * console.log(registry, repository, tag); // docker.io library/redis 7.4
 * ```
 */
export function parseReference(text: string): Reference {
  if (/^[a-z+-]+:\/\//.test(text)) throw new InvalidReferenceError(text, "omit the 'scheme://'");
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : parseReferenceDigest(text, text.slice(at + 1));
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const isBareIpv6 = named.startsWith('[') && !named.includes('/');
  const name = colon < 0 || isBareIpv6 ? named : named.slice(0, colon);
  const tag = colon < 0 || isBareIpv6 ? undefined : parseTag(text, named.slice(colon + 1));
  return { name, ...splitName(name, text), tag, digest };
}

/** A reference as it is, or as it is written. Throws an InvalidReferenceError. */
export function toReference(reference: Reference | string): Reference {
  return typeof reference === 'string' ? parseReference(reference) : reference;
}

/** The registry and the repository that a name without tag and digest stands for. Throws a InvalidReferenceError that quotes `text`. */
export function splitName(name: string, text: string = name): RepositoryName {
  if (name === '') throw new InvalidReferenceError(text, 'the name is empty');
  const named = namedRegistry(name);
  const registry = named === undefined ? 'docker.io' : parseRegistry(text, named);
  const path = named === undefined ? name : name.slice(named.length + 1);
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  for (const component of path.split('/')) checkComponent(text, component);
  if (`${registry}/${repository}`.length > MAX_NAME_LENGTH) {
    throw new InvalidReferenceError(text, `the name has more than ${MAX_NAME_LENGTH} characters`);
  }
  return { registry, repository };
}

/** The registry in front of a name, as it is written; undefined where there is none, which stands for Docker Hub. */
export function namedRegistry(name: string): string | undefined {
  const first = name.slice(0, Math.max(name.indexOf('/'), 0));
  return /[.:[]/.test(first) || first === 'localhost' ? first : undefined;
}

/** Whether this is a path by distribution's grammar, without a registry in front, and not too long. */
export function isRepositoryPath(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && text.split('/').every((component) => COMPONENT.test(component));
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** The full name of a repository: `docker.io/library/redis`. */
export function formatRepository({ registry, repository }: RepositoryName): string {
  return `${registry}/${repository}`;
}

/** A repository's name as it is written and in full; only as written when it is not one. */
export function imageSpellings(name: string): string[] {
  try {
    return [...new Set([name, formatRepository(splitName(name))])];
  } catch (error) {
    if (error instanceof InvalidReferenceError) return [name];
    throw error;
  }
}

/** The last part of an image's name: `web` of `ghcr.io/acme/web`. */
export function shortName(imageName: string): string {
  return imageName.slice(imageName.lastIndexOf('/') + 1);
}

/** A name or a part of one without the slashes at its end. */
export function withoutFinalSlashes(text: string): string {
  // The pattern begins at the first slash of a row only: else a long row would be read again from each of its slashes.
  return text.replace(/(?<!\/)\/+$/, '');
}

/**
 * A reference as it was typed, in its shortest form.
 *
 * @example
 * ```js
 * import { formatReference, parseReference } from 'pullpin';
 *
 * console.log(formatReference({ ...parseReference('ghcr.io/acme/web:1.27'), tag: '1.29' })); // ghcr.io/acme/web:1.29
 * ```
 */
export function formatReference({ name, tag, digest }: Pick<Reference, 'name' | 'tag' | 'digest'>): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** What a reference is looked up by. */
export function tagOrDigestOf({ tag, digest }: Pick<Reference, 'tag' | 'digest'>): string {
  return digest ?? tag ?? 'latest';
}

function parseTag(text: string, tag: string): string {
  if (isTag(tag)) return tag;
  if (tag === '')
    throw new InvalidReferenceError(text, 'nothing follows the colon; write a tag there, or omit the colon');
  if (/^sha(256|512):/.test(tag)) throw new InvalidReferenceError(text, "a digest follows '@', not ':'");
  if (tag.length > 128)
    throw new InvalidReferenceError(text, `its tag has ${tag.length} characters, at most 128 are allowed`);
  const problem = `the tag '${printable(tag)}' may only have letters, digits, '_', '.' and '-', and must not begin with '.' or '-'`;
  throw new InvalidReferenceError(text, problem);
}

function parseReferenceDigest(text: string, digest: string): Digest {
  if (isDigest(digest)) return digest;
  if (digest.startsWith('sha512:'))
    throw new InvalidReferenceError(text, 'Nix and skopeo pin images by sha256 digests only');
  const shown = `the digest '${printable(digest)}'`;
  const hex = /^sha256:([0-9a-f]+)$/.exec(digest)?.[1];
  const problem = hex
    ? `has ${hex.length} hex digits, and should have 64`
    : 'must be sha256: and 64 lower-case hex digits';
  throw new InvalidReferenceError(text, `${shown} ${problem}`);
}

function parseRegistry(text: string, registry: string): string {
  const [, host = registry, port] = /^(.*?)(?::([^:\]]*))?$/.exec(registry) ?? [];
  if (port !== undefined && !(/^[0-9]{1,5}$/.test(port) && Number(port) > 0 && Number(port) <= 65535)) {
    throw new InvalidReferenceError(
      text,
      `the port '${printable(port)}' of the registry is not a number from 1 to 65535`,
    );
  }
  if (!HOST.test(host) && !IPV6.test(host)) {
    throw new InvalidReferenceError(text, `the registry '${printable(host)}' is not a host name or address`);
  }
  return registry === 'index.docker.io' ? 'docker.io' : registry;
}

function checkComponent(text: string, component: string): void {
  if (COMPONENT.test(component)) return;
  if (component === '') throw new InvalidReferenceError(text, 'a part between slashes is empty');
  const problem = /[A-Z]/.test(component) ? 'has capital letters; repository names are lower case' : RULES;
  throw new InvalidReferenceError(text, `'${printable(component)}' ${problem}`);
}

const RULES = "may only have lower-case letters and digits, with single '.', '_', '__' or dashes between them";
