import { type FailureKind, PullpinError, printable } from '../../errors.js';
import { type AuthLevel, type HttpHead, shownUrl } from './http.js';

/** One entry of the error document that registries send (distribution specification, "Error Codes"), made printable. */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
}

/** Something went wrong between us and a registry. */
export class RegistryError extends PullpinError {}

/** A server answered with what no server may send: too much, no JSON, other content than was asked for. */
export class ProtocolError extends RegistryError {
  constructor(
    readonly url: URL,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${shownUrl(url)}: the server ${problem}`, options);
  }
}

/** A registry refused a request. `subject` is what was asked for, `registry/repository:tag`. */
export class RefusedError extends RegistryError {
  constructor(
    readonly subject: string,
    readonly status: number,
    readonly diagnostics: readonly Diagnostic[],
    problem: string,
  ) {
    super(`${printable(subject)}: ${problem}`);
  }
}

/** The registry wants other credentials, or some, or hides that the repository does not exist (status 401 or 403). */
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
  ) {
    super(subject, status, diagnostics, problem);
  }
}

const MAX_DIAGNOSTICS = 3;

/** The diagnostics in an error document; none when it is something else. */
export function parseDiagnostics(text: string): readonly Diagnostic[] {
  const errors = member(parsed(text), 'errors');
  const list = Array.isArray(errors) ? errors.slice(0, MAX_DIAGNOSTICS) : [];
  return list.map((error: unknown) => ({
    code: printableText(member(error, 'code')),
    message: printableText(member(error, 'message')),
  }));
}

/** What to do about a proxy that answers 407. */
export const PROXY_LOGIN =
  'the proxy does not take the name and password in its URL, or wants some; write them there, percent-encoded: http://NAME:PASSWORD@HOST:PORT';

/** The failure that an answer stands for; its authLevel decides what a 401 or 403 means. */
export function refusal(subject: string, head: HttpHead, text: string): RefusedError {
  const { status, authLevel = 'none' } = head;
  const diagnostics = parseDiagnostics(text);
  const said = remark(diagnostics);
  if (status === 401 || status === 403) {
    return new AuthenticationError(subject, status, diagnostics, accessProblem(head, authLevel, said));
  }
  if (status === 404) return new NotFoundError(subject, status, diagnostics, notFoundProblem(subject, diagnostics));
  if (status === 429) {
    const retryAt = retryTime(head);
    return new RateLimitedError(subject, status, diagnostics, rateProblem(head, retryAt, authLevel, said), retryAt);
  }
  if (status === 407) return new RefusedError(subject, status, diagnostics, PROXY_LOGIN);
  const trouble = status >= 500 ? 'the registry is in trouble, try again later' : 'the registry refused the request';
  return new RefusedError(subject, status, diagnostics, `${trouble} (status ${status}${said})`);
}

/** When an answer's Retry-After (RFC 9110, section 10.2.3) says to come back. */
export function retryTime({ headers }: HttpHead, now = Date.now()): Date | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return new Date(now + Number(text) * 1000);
  const time = Date.parse(text);
  return /[a-z]/i.test(text) && Number.isFinite(time) ? new Date(time) : undefined;
}

function accessProblem({ url, status }: HttpHead, authLevel: AuthLevel, said: string): string {
  if (authLevel === 'credentials') {
    return `no access or no such repository: ${url.host} refused your credentials for it (status ${status}${said})`;
  }
  return `the repository does not exist or is private (status ${status}${said}); to read a private one log in with 'docker login' or 'podman login'`;
}

function notFoundProblem(subject: string, diagnostics: readonly Diagnostic[]): string {
  const has = (code: string): boolean => diagnostics.some((diagnostic) => diagnostic.code === code);
  if (has('NAME_UNKNOWN')) return 'the registry has no such repository; check its name';
  if (has('BLOB_UNKNOWN'))
    return 'the registry has lost this blob, though a manifest refers to it; push the image again';
  if (!has('MANIFEST_UNKNOWN')) return `not found: no such repository or tag (status 404${remark(diagnostics)})`;
  return subject.includes('@')
    ? 'the registry has no manifest with this digest; it may have been deleted'
    : "the repository has no such tag; 'pullpin tags' lists those that it has";
}

function rateProblem(head: HttpHead, retryAt: Date | undefined, authLevel: AuthLevel, said: string): string {
  const remaining = head.headers.get('ratelimit-remaining');
  const left = remaining === undefined ? '' : `, ${printable(remaining, 40)} left`;
  const when = retryAt ? `try again after ${retryAt.toISOString()}` : 'try again later';
  const login = authLevel === 'credentials' ? '' : '; logging in raises the limit';
  return `too many requests for ${head.url.host} (status 429${said}${left}): ${when}${login}`;
}

function remark(diagnostics: readonly Diagnostic[]): string {
  const texts = diagnostics
    .map(({ code, message }) => message || code.toLowerCase().replaceAll('_', ' '))
    .filter(Boolean);
  return texts.length === 0 ? '' : `: ${texts.join('; ')}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function printableText(value: unknown): string {
  return typeof value === 'string' ? printable(value, 200) : '';
}
