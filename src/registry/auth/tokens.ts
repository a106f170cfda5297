import type { Credentials } from '../credentials/credentials.js';
import { isWebPage } from '../http/body.js';
import { AuthenticationError, ProtocolError, WebPageError } from '../http/errors.js';
import { type HttpAnswer, type HttpHead, type HttpRequest, isSuccess, type Send, shownUrl } from '../http/http.js';
import { refusal } from '../http/refusal.js';
import type { Retry } from '../http/retry.js';

/** What a token server is asked for (distribution specification, "Token Authentication"). */
export interface TokenRequest {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scope: string;
  /** None for an anonymous token. */
  readonly credentials: Credentials | undefined;
}

const MAX_ANSWER = 1024 * 1024;
/** Seconds that the specification lets a client assume. */
const DEFAULT_LIFETIME = 60;
/** Seconds before its end at which a token is renewed; a quarter of its life if that is less. */
const MARGIN = 15;

interface Token {
  readonly text: string;
  /** By the clock of `Date.now`: a wrong one costs a request. */
  readonly goodUntil: number;
}

/** Fetches tokens and keeps them, in memory only, until shortly before they expire. Requests for the same token share one fetch. */
export class Tokens {
  private readonly kept = new Map<string, Promise<Token>>();
  private readonly identities = new Map<Credentials, number>();

  constructor(
    private readonly send: Send,
    private readonly retry: Retry,
  ) {}

  /** Throws an AuthenticationError when the token server refuses. */
  async get(request: TokenRequest): Promise<string> {
    const key = this.keyOf(request);
    const waiting = this.kept.get(key);
    if (waiting) {
      const token = await waiting;
      if (Date.now() < token.goodUntil) return token.text;
      // Another request, which waited as this one did, may have renewed it.
      if (this.kept.get(key) !== waiting) return this.get(request);
    }
    const fetching = this.fetch(request);
    this.kept.set(key, fetching);
    fetching.catch(() => this.kept.get(key) === fetching && this.kept.delete(key));
    return (await fetching).text;
  }

  /** The registry refused this token. */
  async forget(request: TokenRequest, token: string): Promise<void> {
    const key = this.keyOf(request);
    const waiting = this.kept.get(key);
    const known = await waiting?.catch(() => undefined);
    if (known?.text === token && this.kept.get(key) === waiting) this.kept.delete(key);
  }

  private async fetch(request: TokenRequest): Promise<Token> {
    const { credentials, realm } = request;
    const start = Date.now();
    const ask = (sent: HttpRequest): Promise<HttpAnswer> => this.retry.ask(this.send, sent, MAX_ANSWER);
    const refreshed =
      credentials?.kind === 'identity-token' ? await ask(refreshRequest(request, credentials)) : undefined;
    // Some servers know the older GET only.
    const answer = refreshed && !hasNoPost(refreshed) ? refreshed : await ask(getRequest(request));
    if (answer.status === 404 || answer.status === 405) {
      const problem = `was asked for a token and has nothing there (status ${answer.status})`;
      throw new ProtocolError(answer.url, `${problem}; the registry names a wrong token server`);
    }
    if (!isSuccess(answer)) throw tokenRefusal(realm, answer, credentials !== undefined);
    const { text, lifetime } = parseToken(answer);
    return { text, goodUntil: start + 1000 * (lifetime - Math.min(MARGIN, lifetime / 4)) };
  }

  private keyOf({ realm, service, scope, credentials }: TokenRequest): string {
    if (credentials && !this.identities.has(credentials)) this.identities.set(credentials, this.identities.size);
    return JSON.stringify([realm.href, service, scope, credentials && this.identities.get(credentials)]);
  }
}

const CLIENT = 'pullpin';

function getRequest({ realm, service, scope, credentials }: TokenRequest): HttpRequest {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  if (credentials?.kind === 'basic') url.searchParams.set('account', credentials.username);
  return { method: 'GET', url, headers: credentials ? { authorization: basicAuthorization(credentials) } : {} };
}

/** RFC 6749, section 6. */
function refreshRequest({ realm, service, scope }: TokenRequest, { token }: { readonly token: string }): HttpRequest {
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: CLIENT });
  if (service !== undefined) form.set('service', service);
  form.set('scope', scope);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: realm, headers, body: form.toString() };
}

/** Credentials as RFC 7617 sends them. docker gives identity tokens the name `<token>`. */
export function basicAuthorization(credentials: Credentials): string {
  const login =
    credentials.kind === 'basic' ? `${credentials.username}:${credentials.password}` : `<token>:${credentials.token}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

function hasNoPost({ status }: HttpHead): boolean {
  return status === 404 || status === 405 || status === 501;
}

function tokenRefusal(realm: URL, answer: HttpAnswer, hadCredentials: boolean): Error {
  // OAuth2 says 400 for a refresh token that is not valid (RFC 6749, section 5.2).
  const status = answer.status === 400 && hadCredentials ? 401 : answer.status;
  const authLevel = hadCredentials ? 'credentials' : 'none';
  const text = Buffer.from(answer.bytes).toString();
  const asked = { subject: `the token server ${shownUrl(realm)}`, what: 'token', repository: undefined } as const;
  return refusal(asked, { ...answer, status, authLevel }, text);
}

/** Whether a token server refused to give a token. */
export function isTokenRefusal(error: unknown): error is AuthenticationError {
  return error instanceof AuthenticationError;
}

function parseToken(response: HttpAnswer): { text: string; lifetime: number } {
  const { bytes, url } = response;
  if (isWebPage(response)) throw new WebPageError(url);
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.from(bytes).toString());
  } catch (cause) {
    throw new ProtocolError(url, 'was asked for a token and did not answer in JSON', { cause });
  }
  const fields = Object(answer) as Readonly<Record<string, unknown>>;
  const text = fields['token'] || fields['access_token'];
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) {
    throw new ProtocolError(url, 'was asked for a token and sent none that can be used');
  }
  const lifetime = fields['expires_in'];
  return { text, lifetime: typeof lifetime === 'number' && lifetime > 0 ? lifetime : DEFAULT_LIFETIME };
}
