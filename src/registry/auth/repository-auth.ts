import { setTimeout as sleep } from 'node:timers/promises';
import type { RepositoryName } from '../../oci/reference.js';
import type { Credentials } from '../credentials/credentials.js';
import { discard } from '../http/body.js';
import type { RegistryEvent } from '../http/events.js';
import { type HttpRequest, type HttpResponse, isSuccess, type Send, type Wrapper } from '../http/http.js';
import type { IsInsecure } from '../http/limits.js';
import { type AuthHeader, challengesOf, isRefusal, replaced, sendWith } from './auth-header.js';
import { type AuthMethod, canBeAnswered, checkedRealm, chooseMethod, scopeFor } from './auth-method.js';
import type { AuthMethods, AuthSubject } from './auth-methods.js';
import { basicAuthorization, isTokenRefusal, type TokenRequest, type Tokens } from './tokens.js';

/** What the repositories of all registries share. */
export interface AuthOptions {
  readonly methods: AuthMethods;
  readonly tokens: Tokens;
  /** Credentials for a repository; looked up at most once for each, and only when its registry asks for them. */
  readonly credentials?: ((name: RepositoryName) => Promise<Credentials | undefined>) | undefined;
  readonly isInsecure: IsInsecure;
  /** Called when there is a token for what a registry has asked for, before it is tried. */
  readonly onToken?: ((url: URL) => void) | undefined;
  readonly log?: ((event: RegistryEvent) => void) | undefined;
}

/** How long a token server that an earlier answer named may take, in milliseconds; after that the registry is asked whether it still counts. */
const KNOWN_SERVER_TIME = 5000;
/** After a refused token, the registry may ask for Basic. */
const MAX_CHALLENGES = 2;

/** Sends requests for one repository with the authorization that its registry asks for. Each answer says at which level it was given. */
export class RepositoryAuth {
  private identity: Promise<Credentials | undefined> | undefined;

  /** @param isRegistry whether this is the registry itself; of a mirror, or of what replaces it, nothing is kept for later runs */
  constructor(
    private readonly name: RepositoryName,
    private readonly isRegistry: boolean,
    private readonly options: AuthOptions,
  ) {}

  readonly wrapper: Wrapper = (next) => (request) => this.send(request, next);

  /** How a request for a URL will be authorized at first; undefined where the registry has yet to say what it asks for. */
  readonly methodFor = (url: URL): AuthMethod | undefined => this.options.methods.get(this.subject(url));

  private async send(request: HttpRequest, next: Send): Promise<HttpResponse> {
    const { url } = request;
    const known = await this.knownHeader(url);
    const first = await sendWith(next, request, known);
    if (!isRefusal(first, url, known)) return this.accepted(first, known, url);
    const again = known && !canBeAnswered(challengesOf(first)) ? await this.askAgain(request, next, known) : undefined;
    if (again && !isRefusal(again, url, undefined)) return replaced(first, again);
    const answered = await this.answer(again ?? first, request, next, known).catch((error: unknown) => {
      first.body.destroy();
      throw error;
    });
    // A refusal of a request without a header says less than that of the request with one.
    const second = answered === again ? first : answered;
    if (again) await replaced(again, second);
    await replaced(first, second);
    if (!isRefusal(second, url, undefined) || second.authLevel !== 'credentials') return second;
    return this.withoutCredentials(second, request, next);
  }

  /** By the method that an earlier answer named. A failure is ignored here: the registry will say what it wants now. */
  private async knownHeader(url: URL): Promise<AuthHeader | undefined> {
    const method = this.methodFor(url);
    if (!method) return undefined;
    const timer = new AbortController();
    const header = this.header(method, url, await this.credentials()).catch(() => undefined);
    const timeUp = sleep(KNOWN_SERVER_TIME, undefined, { signal: timer.signal }).catch(() => undefined);
    return Promise.race([header, timeUp]).finally(() => timer.abort());
  }

  /**
   * The registry refused what it was sent without a challenge: a token that is too old, or a method that is not this repository's. So the
   * method is forgotten and the registry is asked without it; if it then names no method, it is asked with a new token.
   */
  private async askAgain(request: HttpRequest, next: Send, known: AuthHeader): Promise<HttpResponse> {
    const { url } = request;
    await this.forgetToken(known);
    this.options.methods.forget(this.subject(url));
    const bare = await sendWith(next, request, undefined);
    if (!isRefusal(bare, url, undefined)) {
      if (known.level === 'credentials') await this.warnOfCredentials(url);
      return bare;
    }
    if (!known.token || canBeAnswered(challengesOf(bare))) return bare;
    const renewed = await this.header(known.method, url, await this.credentials()).catch(() => undefined);
    return renewed ? replaced(bare, await this.sendNew(request, next, renewed)) : bare;
  }

  /** Answers the challenges of a refusal. Returns the refusal when there is nothing to add to what was sent before. */
  private async answer(
    refusal: HttpResponse,
    request: HttpRequest,
    next: Send,
    known: AuthHeader | undefined,
  ): Promise<HttpResponse> {
    let [refused, sent] = [refusal, known];
    for (let count = 0; count < MAX_CHALLENGES && refused.status === 401; count += 1) {
      try {
        const header = await this.challengedHeader(refused, request.url, sent, count > 0);
        if (!header) break;
        const response = await this.sendNew(request, next, header);
        if (refused !== refusal) await replaced(refused, response);
        [refused, sent] = [response, header];
      } catch (error) {
        if (isTokenRefusal(error))
          return { ...refused, authLevel: (await this.credentials()) ? 'credentials' : 'none' };
        refused.body.destroy();
        throw error;
      }
    }
    return refused;
  }

  private async challengedHeader(
    refused: HttpResponse,
    url: URL,
    sent: AuthHeader | undefined,
    isSecond: boolean,
  ): Promise<AuthHeader | undefined> {
    const credentials = await this.credentials();
    const method = chooseMethod(challengesOf(refused), url, this.name.repository, credentials !== undefined);
    if (isSecond && method?.scheme === sent?.method.scheme) return undefined;
    if (method) this.options.methods.set(this.subject(url), method);
    if (sent) await this.forgetToken(sent);
    const header = method && (await this.header(method, url, credentials));
    if (header?.token) this.options.onToken?.(url);
    return header?.text === sent?.text ? undefined : header;
  }

  /** Used when credentials were refused: a public repository can be read without any. Returns the refusal when this one is not public. */
  private async withoutCredentials(refused: HttpResponse, request: HttpRequest, next: Send): Promise<HttpResponse> {
    const method = this.options.methods.get(this.subject(request.url));
    const header = method && (await this.header(method, request.url, undefined).catch(() => undefined));
    const response = await sendWith(next, request, header);
    if (!isSuccess(response)) {
      await discard(response);
      return refused;
    }
    await this.warnOfCredentials(request.url);
    return replaced(refused, this.accepted(response, header, request.url));
  }

  private async warnOfCredentials({ host }: URL): Promise<void> {
    const credentials = await this.credentials();
    if (!credentials) return;
    this.identity = Promise.resolve(undefined);
    const message = `${host} refused the credentials from ${credentials.source}; ${this.name.repository} was read without them`;
    this.options.log?.({ type: 'warning', message });
  }

  private async sendNew(request: HttpRequest, next: Send, header: AuthHeader): Promise<HttpResponse> {
    const response = await sendWith(next, request, header);
    return isRefusal(response, request.url, header) ? response : this.accepted(response, header, request.url);
  }

  private accepted(response: HttpResponse, header: AuthHeader | undefined, url: URL): HttpResponse {
    if (header) this.options.methods.keep(this.subject(url), header.method);
    return response;
  }

  private async header(
    method: AuthMethod,
    url: URL,
    credentials: Credentials | undefined,
  ): Promise<AuthHeader | undefined> {
    if (credentials?.kind === 'bearer') return { text: `Bearer ${credentials.token}`, level: 'credentials', method };
    if (method.scheme === 'basic') {
      return credentials && { text: basicAuthorization(credentials), level: 'credentials', method };
    }
    const token: TokenRequest = {
      realm: checkedRealm(method.realm, url, this.options.isInsecure),
      scope: scopeFor(method, this.name.repository),
      service: method.service,
      credentials,
    };
    const level = credentials ? 'credentials' : 'anonymous token';
    return { text: `Bearer ${await this.options.tokens.get(token)}`, level, method, token };
  }

  private async forgetToken({ token, text }: AuthHeader): Promise<void> {
    if (token) await this.options.tokens.forget(token, text.slice('Bearer '.length));
  }

  private subject(url: URL): AuthSubject {
    const isVerified = url.protocol === 'https:' && !this.options.isInsecure(url.host);
    return { url, repository: this.name.repository, isTrusted: this.isRegistry && isVerified };
  }

  /** Looked up when they are first needed, and no longer used once they were refused. */
  private credentials(): Promise<Credentials | undefined> {
    this.identity ??= this.options.credentials?.(this.name) ?? Promise.resolve(undefined);
    return this.identity;
  }
}
