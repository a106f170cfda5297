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
      readonly service?: string;
      /** With `{repository}` in the place of the repository's name. */
      readonly scope?: string;
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
  if (bearers[0]) {
    const realm = printable(bearers[0].parameters.get('realm') ?? '', 100);
    throw new ChallengeError(
      registry.host,
      `names the token server '${realm}', which is no URL; its operator must correct that`,
    );
  }
  const names = challenges.map(({ scheme }) => printable(scheme, 30)).slice(0, 3);
  if (names.length === 0) return undefined;
  throw new ChallengeError(
    registry.host,
    `asks for authentication by ${names.join(', ')}, which pullpin does not know`,
  );
}

function bearerMethod({ parameters }: Challenge, repository: string): AuthMethod {
  const realm = parameters.get('realm') ?? '';
  const service = parameters.get('service');
  const scope = parameters.get('scope')?.split(`:${repository}:`).join(`:${PLACE}:`);
  return { scheme: 'bearer', realm, ...(service && { service }), ...(scope && { scope }) };
}

/** The scope to ask for: what the registry named, else what reading a repository needs. */
export function scopeFor(method: AuthMethod & { readonly scheme: 'bearer' }, repository: string): string {
  return (method.scope ?? `repository:${PLACE}:pull`).split(PLACE).join(repository);
}

/**
 * The realm as a URL, if secrets may be sent there for this registry: over TLS anywhere (the registry's own challenge named it); over plain
 * HTTP only where the registry itself is as unprotected: both on loopback, or on one host, or named as insecure. Throws a ChallengeError.
 */
export function checkedRealm(realm: string, registry: URL, isInsecure: IsInsecure): URL {
  const url = new URL(realm);
  const isOneHost = registry.protocol === 'http:' && registry.hostname === url.hostname;
  const isLocal = isLoopback(registry.hostname) && isLoopback(url.hostname);
  if (url.protocol === 'https:' || isOneHost || isLocal || isInsecure(url.host)) return url;
  const problem = `names the token server ${shownUrl(url)}, which has no TLS; to allow it, add --insecure ${url.host}`;
  throw new ChallengeError(registry.host, problem);
}

/** A method as a line of text, for `parseMethod`. */
export function formatMethod(method: AuthMethod): string {
  return JSON.stringify(method);
}

/** A method that `formatMethod` wrote; undefined for anything else. */
export function parseMethod(text: string): AuthMethod | undefined {
  try {
    const { scheme, realm, service, scope } = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
    if (scheme === 'basic') return { scheme };
    if (scheme !== 'bearer' || typeof realm !== 'string' || !isWebAddress(realm)) return undefined;
    return {
      scheme,
      realm,
      ...(typeof service === 'string' && { service }),
      ...(typeof scope === 'string' && { scope }),
    };
  } catch {
    return undefined;
  }
}

function isWebAddress(text: string | undefined): boolean {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
