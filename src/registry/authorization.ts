import type { RepositoryName } from '../oci/reference.js';
import { discard } from './body.js';
import { parseChallenges } from './challenge.js';
import type { Credentials } from './credentials.js';
import { type HttpRequest, type HttpResponse, isSuccess, type Send, type Standing } from './http.js';
import { checkedRealm, chooseWay, formatWay, parseWay, scopeFor, type Way } from './realm.js';
import type { RegistrySettings } from './settings.js';
import { basicAuthorization, isTokenRefusal, type TokenRequest, type Tokens } from './tokens.js';
import type { IsInsecure } from './transport.js';

/** Answers the challenges of registries. What one request learned serves all later ones to the same host. */
export interface Authorization {
  /** Sends requests for one repository with whatever its registry wants to see. Answers carry the standing in which they were given. */
  forRepository(send: Send, name: RepositoryName): Send;
}

/** Something that convinces, or shall. */
interface Proof {
  readonly header: string;
  readonly standing: Standing;
  readonly token?: TokenRequest;
}

export function createAuthorization(
  settings: Pick<RegistrySettings, 'credentials' | 'challengeMemory' | 'log'>,
  tokens: Tokens,
  isInsecure: IsInsecure,
): Authorization {
  const { challengeMemory, log } = settings;
  const ways = new Map<string, Way | undefined>();

  const knownWay = (host: string): Way | undefined => {
    if (!ways.has(host)) ways.set(host, parseWay(challengeMemory?.get(host) ?? ''));
    return ways.get(host);
  };

  const remember = (host: string, way: Way): void => {
    const before = ways.get(host);
    ways.set(host, way);
    if (!before || formatWay(before) !== formatWay(way)) challengeMemory?.set(host, formatWay(way));
  };

  const prove = async (
    way: Way,
    registry: URL,
    repository: string,
    credentials?: Credentials,
  ): Promise<Proof | undefined> => {
    if (credentials?.kind === 'bearer') return { header: `Bearer ${credentials.token}`, standing: 'credentials' };
    if (way.scheme === 'basic') {
      return credentials && { header: basicAuthorization(credentials), standing: 'credentials' };
    }
    const token: TokenRequest = {
      realm: checkedRealm(way.realm, registry, isInsecure),
      scope: scopeFor(way, repository),
      ...(way.service !== undefined && { service: way.service }),
      ...(credentials && { credentials }),
    };
    const standing = credentials ? 'credentials' : 'anonymous token';
    return { header: `Bearer ${await tokens.get(token)}`, standing, token };
  };

  return {
    forRepository(send, name) {
      const { repository } = name;
      let asked: Promise<Credentials | undefined> | undefined;
      let areStale = false;
      const credentials = async (): Promise<Credentials | undefined> => {
        asked ??= settings.credentials?.(name) ?? Promise.resolve(undefined);
        const found = await asked;
        return areStale ? undefined : found;
      };

      /** With the way in that an earlier answer showed; a token server that fails now will be heard when the registry insists. */
      const earlierProof = async (registry: URL): Promise<Proof | undefined> => {
        const way = knownWay(registry.host);
        if (!way) return undefined;
        const known = await credentials();
        return prove(way, registry, repository, known).catch(() => undefined);
      };

      /** After a refusal in spite of credentials: a public repository is open to everybody. Undefined if that does not help. */
      const withoutCredentials = async (
        request: HttpRequest,
        refused: HttpResponse,
      ): Promise<HttpResponse | undefined> => {
        const found = await credentials();
        if (!found) return undefined;
        const way = knownWay(request.url.host);
        const proof = way && (await prove(way, refused.url, repository).catch(() => undefined));
        const response = await sendWith(send, request, proof);
        if (!isSuccess(response)) return void (await discard(response));
        areStale = true;
        const message = `${request.url.host} refused the credentials from ${found.source} for ${repository}; it was read without them`;
        log?.({ type: 'warning', message });
        return response;
      };

      return async (request) => {
        const registry = request.url;
        const earlier = await earlierProof(registry);
        const first = await sendWith(send, request, earlier);
        if (!isRefusal(first, registry)) return first;
        let refused = first;
        if (first.status === 401) {
          const challenges = parseChallenges(first.headers.get('www-authenticate') ?? '');
          try {
            const found = await credentials();
            const way = chooseWay(challenges, registry, repository, found !== undefined);
            if (earlier?.token) tokens.forget(earlier.token, earlier.header.slice('Bearer '.length));
            if (way) remember(registry.host, way);
            const proof = way && (await prove(way, registry, repository, found));
            if (proof && proof.header !== earlier?.header) {
              await discard(first);
              refused = await sendWith(send, request, proof);
            }
          } catch (error) {
            if (!isTokenRefusal(error)) {
              first.body.destroy();
              throw error;
            }
            refused = { ...first, standing: (await credentials()) ? 'credentials' : 'nobody' };
          }
        }
        if (!isRefusal(refused, registry) || refused.standing !== 'credentials') return refused;
        const open = await withoutCredentials(request, refused);
        if (open) await discard(refused);
        return open ?? refused;
      };
    },
  };
}

/** Only the registry itself speaks for itself: a 403 of the storage that it redirected us to is no challenge. */
function isRefusal({ status, url }: HttpResponse, registry: URL): boolean {
  return (status === 401 || status === 403) && url.origin === registry.origin;
}

async function sendWith(send: Send, request: HttpRequest, proof: Proof | undefined): Promise<HttpResponse> {
  if (!proof) return { ...(await send(request)), standing: 'nobody' };
  const headers = { ...request.headers, authorization: proof.header };
  return { ...(await send({ ...request, headers })), standing: proof.standing };
}
