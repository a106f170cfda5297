import { discard } from '../http/body.js';
import type { AuthLevel, HttpRequest, HttpResponse, Send } from '../http/http.js';
import type { AuthMethod } from './auth-method.js';
import { type Challenge, parseChallenges } from './challenge.js';
import type { TokenRequest } from './tokens.js';

/** An `Authorization` header, and the level of access that it stands for. */
export interface AuthHeader {
  readonly text: string;
  readonly level: AuthLevel;
  readonly method: AuthMethod;
  /** How the header's token was asked for. */
  readonly token?: TokenRequest;
}

/** What a refusal asks for. */
export function challengesOf({ headers }: HttpResponse): readonly Challenge[] {
  return parseChallenges(headers.get('www-authenticate') ?? '');
}

/** Only an answer of the registry itself counts: a 403 of the storage that it redirects to is not a challenge. Some registries answer 400 to an expired token. */
export function isRefusal({ status, url }: HttpResponse, registry: URL, sent: AuthHeader | undefined): boolean {
  const isRefused = status === 401 || status === 403 || (status === 400 && sent?.token !== undefined);
  return isRefused && url.origin === registry.origin;
}

/** A new response in place of an old one, whose body is discarded. */
export async function replaced(old: HttpResponse, response: HttpResponse): Promise<HttpResponse> {
  if (old.body !== response.body) await discard(old);
  return response;
}

/** Sends a request with a header, or without one. */
export async function sendWith(
  next: Send,
  request: HttpRequest,
  header: AuthHeader | undefined,
): Promise<HttpResponse> {
  if (!header) return { ...(await next(request)), authLevel: 'none' };
  const headers = { ...request.headers, authorization: header.text };
  return { ...(await next({ ...request, headers })), authLevel: header.level };
}
