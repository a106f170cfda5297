import { type FailureKind, printable } from '../../errors.js';
import { RegistryError } from '../http/errors.js';
import { shownUrl } from '../http/http.js';
import type { IsInsecure } from '../http/limits.js';
import { isLoopback } from '../http/private-address.js';
import type { Challenge } from './challenge.js';

/** A registry asks for an authentication that we cannot, or must not, give. */
export class ChallengeError extends RegistryError {
  override readonly kind: FailureKind = 'authentication';
  constructor(
    readonly host: string,
    problem: string,
  ) {
    super(`${host}: ${problem}`);
  }
}

/** How a registry wants requests authorized, as it said itself. Kept between requests and, without secrets, between runs. */
export type AuthMethod =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'bearer';
      readonly realm: string;
      readonly service?: string | undefined;
      /** With `{repository}` in the place of the repository's name. */
      readonly scope?: string | undefined;
    };

const PLACE = '{repository}';

/**
 * The best of the methods that a server offers: a bearer token, else basic authentication if there are credentials for it. Undefined when
 * the server offers none, or only one that needs credentials. Throws a ChallengeError when it offers only what we cannot do.
 */
export function chooseMethod(
  challenges: readonly Challenge[],
  registry: URL,
  repository: string,
  hasCredentials: boolean,
): AuthMethod | undefined {
  const bearers = challenges.filter(({ scheme }) => scheme === 'bearer');
  const bearer = bearers.find(({ parameters }) => isWebAddress(parameters.get('realm')));
  if (bearer) return bearerMethod(bearer, repository);
  const offersBasic = challenges.some(({ scheme }) => scheme === 'basic');
  if (offersBasic) return hasCredentials ? { scheme: 'basic' } : undefined;
  if (challenges.length > 0) throw new ChallengeError(registry.host, unknownMethod(challenges, bearers[0]));
  return undefined;
}

function unknownMethod(challenges: readonly Challenge[], bearer: Challenge | undefined): string {
  if (!bearer) {
    const names = challenges.map(({ scheme }) => printable(scheme, 30)).slice(0, 3);
    return `asks for authentication by ${names.join(', ')}, which pullpin does not know`;
  }
  const realm = bearer.parameters.get('realm');
  if (realm === undefined) return 'asks for a token and does not name a token server; its operator must correct that';
  return `names the token server '${printable(realm, 100)}', which is not a web address; its operator must correct that`;
}

/** Whether a refusal says which authentication it wants. `Bearer error="invalid_token"` without a realm (RFC 6750) only says that a token is not valid. */
export function canBeAnswered(challenges: readonly Challenge[]): boolean {
  return challenges.some(({ scheme, parameters }) => scheme !== 'bearer' || parameters.has('realm'));
}

/** Whether a method that one repository of a registry named holds for all of them: its scope names the repository by its path. */
export function isHostWide(method: AuthMethod): boolean {
  return method.scheme === 'basic' || (method.scope ?? PLACE).split(' ').every((part) => part.includes(PLACE));
}

function bearerMethod({ parameters }: Challenge, repository: string): AuthMethod {
  const realm = parameters.get('realm') ?? '';
  const service = parameters.get('service');
  const scope = parameters.get('scope')?.split(`:${repository}:`).join(`:${PLACE}:`);
  return { scheme: 'bearer', realm, service: service || undefined, scope: scope || undefined };
}

/** Where a method's tokens come from. */
export function tokenServerOf(method: AuthMethod | undefined): URL | undefined {
  return method?.scheme === 'bearer' ? new URL(method.realm) : undefined;
}

/** The scope to ask for: what the registry named, else what reading a repository needs. */
export function scopeFor(method: AuthMethod & { readonly scheme: 'bearer' }, repository: string): string {
  return (method.scope ?? `repository:${PLACE}:pull`).split(PLACE).join(repository);
}

/**
 * The realm as a URL, if secrets may be sent there for this registry: over TLS anywhere (the registry's own challenge named it); over plain
 * HTTP only where it is named as insecure, or where the registry itself speaks plain HTTP and is on the same host, or both are on loopback.
 * Throws a ChallengeError.
 */
export function checkedRealm(realm: string, registry: URL, isInsecure: IsInsecure): URL {
  const url = new URL(realm);
  const isNear = registry.hostname === url.hostname || (isLoopback(registry.hostname) && isLoopback(url.hostname));
  if (url.protocol === 'https:' || (registry.protocol === 'http:' && isNear) || isInsecure(url.host)) return url;
  const problem = `names the token server ${shownUrl(url)}, which has no TLS; to allow it, add --insecure ${url.host}`;
  throw new ChallengeError(registry.host, problem);
}

/** A method as a line of text, for `parseMethod`. */
export function formatMethod(method: AuthMethod): string {
  return JSON.stringify(method);
}

/** A method that `formatMethod` wrote; undefined for anything else, and for a token server without TLS. */
export function parseMethod(text: string): AuthMethod | undefined {
  try {
    const { scheme, realm, service, scope } = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
    if (scheme === 'basic') return { scheme };
    if (scheme !== 'bearer' || typeof realm !== 'string' || !/^https:/i.test(realm) || !isWebAddress(realm))
      return undefined;
    return {
      scheme,
      realm,
      service: typeof service === 'string' ? service : undefined,
      scope: typeof scope === 'string' ? scope : undefined,
    };
  } catch {
    return undefined;
  }
}

function isWebAddress(text: string | undefined): boolean {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
