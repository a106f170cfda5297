import type { RepositoryName } from '../../oci/reference.js';
import type { Credentials } from '../credentials/credentials.js';
import { discard } from '../http/body.js';
import type { RegistryEvent } from '../http/events.js';
import {
  type AuthLevel,
  type HttpRequest,
  type HttpResponse,
  isSuccess,
  type Send,
  type Wrapper,
} from '../http/http.js';
import type { IsInsecure } from '../http/limits.js';
import { type AuthMethod, checkedRealm, chooseMethod, scopeFor } from './auth-method.js';
import type { AuthMethods } from './auth-methods.js';
import { parseChallenges } from './challenge.js';
import { basicAuthorization, isTokenRefusal, type TokenRequest, type Tokens } from './tokens.js';

/** What the repositories of all registries share. */
export interface AuthOptions {
  readonly methods: AuthMethods;
  readonly tokens: Tokens;
  /** Credentials for a repository; looked up at most once for each, and only when its registry asks for them. */
  readonly credentials?: ((name: RepositoryName) => Promise<Credentials | undefined>) | undefined;
  readonly isInsecure: IsInsecure;
  readonly log?: ((event: RegistryEvent) => void) | undefined;
}

/** An `Authorization` header, and what it says of us. */
interface AuthHeader {
  readonly text: string;
  readonly level: AuthLevel;
  /** How the header's token was asked for. */
  readonly token?: TokenRequest;
}

/** Sends requests for one repository with the authorization that its registry asks for. Each answer says at which level it was given. */
export class RepositoryAuth {
  private identity: Promise<Credentials | undefined> | undefined;

  constructor(
    private readonly name: RepositoryName,
    private readonly options: AuthOptions,
  ) {}

  readonly wrapper: Wrapper = (next) => (request) => this.send(request, next);

  private async send(request: HttpRequest, next: Send): Promise<HttpResponse> {
    const known = await this.knownHeader(request.url);
    const first = await sendWith(next, request, known);
    if (!isRefusal(first, request.url)) return first;
    const second = first.status === 401 ? await this.answer(first, request, next, known) : first;
    if (!isRefusal(second, request.url) || second.authLevel !== 'credentials') return second;
    return this.withoutCredentials(second, request, next);
  }

  /** By the method that an earlier answer named. A failure does not matter yet: the registry will say what it wants now. */
  private async knownHeader(registry: URL): Promise<AuthHeader | undefined> {
    const method = this.options.methods.get(registry.host);
    return method && this.header(method, registry, await this.credentials()).catch(() => undefined);
  }

  /** Answers the challenge of a refusal. Gives the refusal back when there is nothing to add to what was sent before. */
  private async answer(
    refused: HttpResponse,
    request: HttpRequest,
    next: Send,
    sent: AuthHeader | undefined,
  ): Promise<HttpResponse> {
    try {
      const header = await this.challengedHeader(refused, request.url, sent);
      if (!header) return refused;
      await discard(refused);
      return await sendWith(next, request, header);
    } catch (error) {
      if (isTokenRefusal(error)) return { ...refused, authLevel: (await this.credentials()) ? 'credentials' : 'none' };
      refused.body.destroy();
      throw error;
    }
  }

  private async challengedHeader(
    refused: HttpResponse,
    registry: URL,
    sent: AuthHeader | undefined,
  ): Promise<AuthHeader | undefined> {
    const { methods, tokens } = this.options;
    const credentials = await this.credentials();
    const challenges = parseChallenges(refused.headers.get('www-authenticate') ?? '');
    const method = chooseMethod(challenges, registry, this.name.repository, credentials !== undefined);
    if (method) methods.set(registry.host, method);
    if (sent?.token) await tokens.forget(sent.token, sent.text.slice('Bearer '.length));
    const header = method && (await this.header(method, registry, credentials));
    return header?.text === sent?.text ? undefined : header;
  }

  /** Where credentials were refused: a public repository is open to everyone. Gives the refusal back where this one is not. */
  private async withoutCredentials(refused: HttpResponse, request: HttpRequest, next: Send): Promise<HttpResponse> {
    const credentials = await this.credentials();
    const method = this.options.methods.get(request.url.host);
    const header = method && (await this.header(method, request.url, undefined).catch(() => undefined));
    const response = await sendWith(next, request, header);
    if (!isSuccess(response)) {
      await discard(response);
      return refused;
    }
    await discard(refused);
    if (credentials) {
      this.identity = Promise.resolve(undefined);
      const message = `${request.url.host} refused the credentials from ${credentials.source}; ${this.name.repository} was read without them`;
      this.options.log?.({ type: 'warning', message });
    }
    return response;
  }

  private async header(
    method: AuthMethod,
    registry: URL,
    credentials: Credentials | undefined,
  ): Promise<AuthHeader | undefined> {
    if (credentials?.kind === 'bearer') return { text: `Bearer ${credentials.token}`, level: 'credentials' };
    if (method.scheme === 'basic') {
      return credentials && { text: basicAuthorization(credentials), level: 'credentials' };
    }
    const token: TokenRequest = {
      realm: checkedRealm(method.realm, registry, this.options.isInsecure),
      scope: scopeFor(method, this.name.repository),
      service: method.service,
      credentials,
    };
    const level = credentials ? 'credentials' : 'anonymous token';
    return { text: `Bearer ${await this.options.tokens.get(token)}`, level, token };
  }

  /** Looked up when they are first needed, and no longer used once they were refused. */
  private credentials(): Promise<Credentials | undefined> {
    this.identity ??= this.options.credentials?.(this.name) ?? Promise.resolve(undefined);
    return this.identity;
  }
}

/** Only the registry itself speaks for itself: a 403 of the storage that it redirected us to is no challenge. */
function isRefusal({ status, url }: HttpResponse, registry: URL): boolean {
  return (status === 401 || status === 403) && url.origin === registry.origin;
}

async function sendWith(next: Send, request: HttpRequest, header: AuthHeader | undefined): Promise<HttpResponse> {
  if (!header) return { ...(await next(request)), authLevel: 'none' };
  const headers = { ...request.headers, authorization: header.text };
  return { ...(await next({ ...request, headers })), authLevel: header.level };
}
