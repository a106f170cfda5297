import type { RepositoryName } from '../../oci/reference.js';
import type { Credentials } from '../credentials/credentials.js';
import { discard } from '../http/body.js';
import { type HttpRequest, type HttpResponse, isSuccess, type Send, type Standing } from '../http/http.js';
import type { RegistrySettings } from '../http/settings.js';
import type { IsInsecure } from '../http/transport.js';
import { type AuthMethod, checkedRealm, chooseMethod, formatMethod, parseMethod, scopeFor } from './auth-method.js';
import { parseChallenges } from './challenge.js';
import { basicAuthorization, isTokenRefusal, type TokenRequest, type Tokens } from './tokens.js';

/** Answers the challenges of registries. What one request learned serves all later ones to the same host. */
export interface Authorization {
  /** Sends requests for one repository with whatever its registry wants to see. Answers carry the standing in which they were given. */
  forRepository(send: Send, name: RepositoryName): Send;
}

/** Something that convinces, or shall. */
interface Proof {
  readonly header: string;
  readonly standing: Standing;
  /** What the header's token was got by. */
  readonly token?: TokenRequest;
}

export function createAuthorization(
  settings: Pick<RegistrySettings, 'credentials' | 'challengeCache' | 'log'>,
  tokens: Tokens,
  isInsecure: IsInsecure,
): Authorization {
  const { log } = settings;
  const ways = createMethods(settings.challengeCache);

  const prove = async (
    way: AuthMethod | undefined,
    registry: URL,
    repository: string,
    credentials: Credentials | undefined,
  ): Promise<Proof | undefined> => {
    if (!way) return undefined;
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
      const identity = createIdentity(() => settings.credentials?.(name) ?? Promise.resolve(undefined));

      /** By the way in that an earlier answer showed. Its failure is nobody's concern yet: the registry will say what it wants now. */
      const earlierProof = async (registry: URL): Promise<Proof | undefined> => {
        const way = ways.get(registry.host);
        return way && prove(way, registry, repository, await identity.get()).catch(() => undefined);
      };

      /** By what a refusal asks for; undefined if there is nothing to add to what was shown before. */
      const newProof = async (refused: HttpResponse, registry: URL, earlier?: Proof): Promise<Proof | undefined> => {
        const credentials = await identity.get();
        const challenges = parseChallenges(refused.headers.get('www-authenticate') ?? '');
        const way = chooseMethod(challenges, registry, repository, credentials !== undefined);
        if (way) ways.set(registry.host, way);
        if (earlier?.token) await tokens.forget(earlier.token, earlier.header.slice('Bearer '.length));
        const proof = await prove(way, registry, repository, credentials);
        return proof?.header === earlier?.header ? undefined : proof;
      };

      const answerChallenge = async (
        request: HttpRequest,
        refused: HttpResponse,
        earlier?: Proof,
      ): Promise<HttpResponse> => {
        try {
          const proof = await newProof(refused, request.url, earlier);
          if (!proof) return refused;
          await discard(refused);
          return await sendWith(send, request, proof);
        } catch (error) {
          if (isTokenRefusal(error)) return { ...refused, standing: (await identity.get()) ? 'credentials' : 'nobody' };
          refused.body.destroy();
          throw error;
        }
      };

      /** Where credentials were refused: a public repository is open to everybody. Undefined if this one is not. */
      const goWithoutCredentials = async (request: HttpRequest): Promise<HttpResponse | undefined> => {
        const refused = await identity.get();
        const proof = await prove(ways.get(request.url.host), request.url, repository, undefined).catch(
          () => undefined,
        );
        const response = await sendWith(send, request, proof);
        if (!isSuccess(response)) return void (await discard(response));
        if (refused) {
          identity.forget();
          const message = `${request.url.host} refused the credentials from ${refused.source}; ${repository} was read without them`;
          log?.({ type: 'warning', message });
        }
        return response;
      };

      return async (request) => {
        const earlier = await earlierProof(request.url);
        const first = await sendWith(send, request, earlier);
        if (!isRefusal(first, request.url)) return first;
        const second = first.status === 401 ? await answerChallenge(request, first, earlier) : first;
        if (!isRefusal(second, request.url) || second.standing !== 'credentials') return second;
        const open = await goWithoutCredentials(request);
        if (open) await discard(second);
        return open ?? second;
      };
    },
  };
}

/** The ways in that are known by host, and remembered beyond this run where there is a memory. */
function createMethods(cache: RegistrySettings['challengeCache']) {
  const known = new Map<string, AuthMethod | undefined>();
  const get = (host: string): AuthMethod | undefined => {
    if (!known.has(host)) known.set(host, parseMethod(cache?.get(host) ?? ''));
    return known.get(host);
  };
  return {
    get,
    set(host: string, way: AuthMethod): void {
      const before = get(host);
      known.set(host, way);
      if (!before || formatMethod(before) !== formatMethod(way)) cache?.set(host, formatMethod(way));
    },
  };
}

/** Who we are to one repository: looked up when it is first asked for, and no longer used once it was refused. */
function createIdentity(lookUp: () => Promise<Credentials | undefined>) {
  let found: Promise<Credentials | undefined> | undefined;
  return {
    get(): Promise<Credentials | undefined> {
      found ??= lookUp();
      return found;
    },
    forget(): void {
      found = Promise.resolve(undefined);
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
