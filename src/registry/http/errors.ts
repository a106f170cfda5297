import { type FailureKind, PullpinError, printable } from '../../errors.js';
import { shownUrl } from './http.js';

/** One entry of the error document that registries send (distribution specification, "Error Codes"), made printable. */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
}

/** Something went wrong between us and a registry. */
export class RegistryError extends PullpinError {}

/** What to do about a proxy that answers 407. */
export const PROXY_LOGIN =
  'the proxy refuses the name and password in its URL, or needs some; write them there, percent-encoded: http://NAME:PASSWORD@HOST:PORT';

/** A server's answer breaks the protocol: it is too long, not JSON, or not the content that was asked for. */
export class ProtocolError extends RegistryError {
  constructor(
    readonly url: URL,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    const message = `${url.host}: the server ${problem}`;
    super(`${shownUrl(url)}: the server ${problem}`, { ...options, common: { key: message, message } });
  }
}

/** A server answered with a web page: a sign-in page, or one of a proxy. */
export class WebPageError extends ProtocolError {
  constructor(url: URL) {
    super(url, 'sent a web page; a proxy or a sign-in may be in the way');
  }
}

/** A registry refused a request. `subject` is what was asked for, `registry/repository:tag`. */
export class RefusedError extends RegistryError {
  constructor(
    readonly subject: string,
    readonly status: number,
    readonly diagnostics: readonly Diagnostic[],
    problem: string,
    common?: PullpinError['common'],
  ) {
    super(`${printable(subject)}: ${problem}`, { common });
  }
}

/** The registry wants credentials, or other ones, or hides that the repository does not exist (status 401 or 403). */
export class AuthenticationError extends RefusedError {
  override readonly kind: FailureKind = 'authentication';
}

/** There is no such repository, tag, manifest or blob (status 404). */
export class NotFoundError extends RefusedError {
  override readonly kind: FailureKind = 'not-found';
}

/** Too many requests (status 429). `retryAt` is when the registry says to come back. */
export class RateLimitedError extends RefusedError {
  override readonly kind: FailureKind = 'rate-limited';
  constructor(
    subject: string,
    status: number,
    diagnostics: readonly Diagnostic[],
    problem: string,
    readonly retryAt: Date | undefined,
    common?: PullpinError['common'],
  ) {
    super(subject, status, diagnostics, problem, common);
  }
}
