import { printable, shellWord } from '../../errors.js';
import { apiHost } from '../../oci/docker-hub.js';
import { namedRegistry } from '../../oci/reference.js';
import { isWebPage } from './body.js';
import {
  AuthenticationError,
  type Diagnostic,
  NotFoundError,
  PROXY_LOGIN,
  RateLimitedError,
  RefusedError,
} from './errors.js';
import type { AuthLevel, HttpHead } from './http.js';

const MAX_DIAGNOSTICS = 3;
const NAME_UNKNOWN = 'NAME_UNKNOWN';

/** The diagnostics in an error document; none when it is something else. */
function parseDiagnostics(text: string): readonly Diagnostic[] {
  const errors = member(parsed(text), 'errors');
  const list = Array.isArray(errors) ? errors.slice(0, MAX_DIAGNOSTICS) : [];
  return list.map((error: unknown) => ({
    code: printableText(member(error, 'code')),
    message: printableText(member(error, 'message')),
  }));
}

/** What a request was for, as far as a failure depends on that. */
export interface Asked {
  /** What messages name: `ghcr.io/acme/web:1`. */
  readonly subject: string;
  /** `latest` is that tag where no tag was typed, and `tags` the list of them. */
  readonly what: 'tag' | 'latest' | 'tags' | 'digest' | 'blob' | 'upload' | 'token';
  /** The repository as a user names it, which may be without a registry; undefined where the request is for none. */
  readonly repository: string | undefined;
}

/** What else a refusal can say. */
export interface RefusalFacts {
  /** The host that a manifest names for a blob, where the registry itself was not asked. */
  readonly namedHost?: string | undefined;
  /** How many bytes of a blob came before. */
  readonly received?: number | undefined;
}

/** The failure that an answer stands for; its authLevel decides what a 401 or 403 means. */
export function refusal(asked: Asked, head: HttpHead, text: string, facts: RefusalFacts = {}): RefusedError {
  const { subject, repository = subject } = asked;
  const { status, authLevel = 'none', url } = head;
  const diagnostics = parseDiagnostics(text);
  const said = remark(diagnostics);
  const [ofRepository, ofHost] = [commonTo(repository), commonTo(url.host)];
  if (status === 407) return new RefusedError(subject, status, diagnostics, PROXY_LOGIN, commonTo('')(PROXY_LOGIN));
  const elsewhere = otherHost(head, facts);
  if (elsewhere !== undefined) {
    const problem = `${elsewhere}, refused the request (status ${status}${said})`;
    return new RefusedError(subject, status, diagnostics, problem, commonTo('')(problem));
  }
  if (status === 401 || status === 403) {
    const problem = accessProblem(asked, head, said, facts);
    return new AuthenticationError(subject, status, diagnostics, problem, ofRepository(problem));
  }
  if (status === 404) {
    const problem = notFoundProblem(asked, url, diagnostics);
    const isOfAll = diagnostics.some(({ code }) => code === NAME_UNKNOWN);
    return new NotFoundError(subject, status, diagnostics, problem, isOfAll ? ofRepository(problem) : undefined);
  }
  if (status === 429) {
    const retryAt = retryTime(head);
    const problem = rateProblem(head, retryAt, authLevel, said);
    const common = { key: `${status} ${url.host}`, message: problem };
    return new RateLimitedError(subject, status, diagnostics, problem, retryAt, common);
  }
  const trouble =
    status >= 500 ? 'the registry has an internal error, try again later' : 'the registry refused the request';
  const problem = `${trouble} (status ${status}${said})`;
  return new RefusedError(subject, status, diagnostics, problem, ofHost(problem));
}

/** Says a problem of everything that has a name: a repository with all its tags, or a host. */
function commonTo(name: string): (problem: string) => { key: string; message: string } {
  return (problem) => {
    const message = name === '' ? problem : `${printable(name)}: ${problem}`;
    return { key: message, message };
  };
}

/** The host that refused, when it is not the registry: its answer says nothing about the registry. */
function otherHost({ url, redirectedFrom }: HttpHead, { namedHost }: RefusalFacts): string | undefined {
  if (namedHost !== undefined) return `${namedHost}, which the manifest names for this layer`;
  return redirectedFrom && `the storage ${url.host}, to which ${redirectedFrom.host} redirects`;
}

/** When an answer's Retry-After (RFC 9110, section 10.2.3) says to come back. */
export function retryTime({ headers }: HttpHead, now = Date.now()): Date | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return new Date(now + Number(text) * 1000);
  const time = Date.parse(text);
  return /[a-z]/i.test(text) && Number.isFinite(time) ? new Date(time) : undefined;
}

/** Who says that something is missing: a name without a registry does not show that it is Docker Hub, or who stands in its place. */
function answering({ repository }: Asked, { host }: URL): string {
  if (repository !== undefined && namedRegistry(repository) !== undefined) return 'the registry';
  return host === apiHost('docker.io') ? 'Docker Hub' : host;
}

function accessProblem(asked: Asked, head: HttpHead, said: string, { received = 0 }: RefusalFacts): string {
  const { url, status, authLevel } = head;
  if (received > 0) {
    return `the registry refused to continue the download after ${received} bytes, also with a new token (status ${status}${said})`;
  }
  if (authLevel === 'credentials') {
    return `no access or no such repository: ${url.host} refused your credentials for it (status ${status}${said})`;
  }
  if (isWebPage(head)) {
    return `access was refused with a web page (status ${status}), as a proxy or a sign-in would; else the repository does not exist or is private`;
  }
  return `${answering(asked, url)} has no such repository, or it is private (status ${status}${said}); to read a private one log in with 'docker login' or 'podman login'`;
}

function notFoundProblem(asked: Asked, url: URL, diagnostics: readonly Diagnostic[]): string {
  const has = (code: string): boolean => diagnostics.some((diagnostic) => diagnostic.code === code);
  const { what } = asked;
  const place = answering(asked, url);
  if (has(NAME_UNKNOWN)) return `${place} has no such repository; check its name`;
  if (has('BLOB_UNKNOWN')) return `${place} has lost this blob, though a manifest refers to it; push the image again`;
  const list = tagsHint(asked);
  if (has('MANIFEST_UNKNOWN')) {
    if (what === 'digest')
      return `${place} has no manifest with this digest in this repository; it may have been deleted`;
    if (what === 'tag') return `${place} has no such tag, or no such repository${list}`;
    if (what === 'latest')
      return `${place} has no tag 'latest', which a name without a tag stands for, or no such repository${list}`;
  }
  return `not found: no such repository${OR_NO[what]} (status 404${remark(diagnostics)})${list}`;
}

/** What may be missing where a registry does not say it, beside the repository. */
const OR_NO: Readonly<Record<Asked['what'], string>> = {
  tag: ' or tag',
  latest: " or tag 'latest'",
  tags: ', or one without a list of tags',
  digest: ' or digest',
  blob: ' or digest',
  upload: '',
  token: '',
};

/** How to see the tags that there are, for somebody who has asked for one. */
function tagsHint({ what, repository }: Asked): string {
  const isTag = what === 'tag' || what === 'latest';
  return isTag && repository !== undefined ? `; to list its tags: pullpin tags ${shellWord(repository)}` : '';
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
