import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import type { Guard } from './faulty-registry.js';
import {
  type FaultyServer,
  type SeenRequest,
  type ServerAnswer,
  type ServerOptions,
  startServer,
} from './faulty-server.js';

export interface TokenServerOptions extends ServerOptions {
  /** Names and passwords; others are refused. Requests without any get a token for public repositories. */
  readonly users?: Readonly<Record<string, string>>;
  /** Identity tokens that OAuth2 refreshes. */
  readonly identityTokens?: readonly string[];
  /** Repositories that an anonymous token opens; all when absent. */
  readonly isPublic?: (repository: string) => boolean;
  /** Seconds a token holds, as the answer says; left out when undefined. */
  readonly expiresIn?: number;
  /** How the answer names the token; `token` when absent. */
  readonly field?: 'token' | 'access_token';
  /** The service that challenges name; none when null. */
  readonly service?: string | null;
  /** Signs tokens as JSON web tokens, for docker-registry: PEM texts. */
  readonly signer?: { readonly key: string; readonly cert: string };
}

/** A token server of the distribution token specification, GET and OAuth2 POST. */
export interface TokenServer extends FaultyServer {
  readonly realm: string;
  /** The header that sends clients here: `Bearer realm="…",service="…",scope="…"`. */
  challenge(scope: string): string;
  /** Opens a registry to the bearers of this server's tokens only. */
  readonly guard: Guard;
  /** No token issued so far opens anything any more. */
  revoke(): void;
}

interface Grant {
  readonly subject: string;
  readonly scope: string;
}

/** A token server for tests; it ends with the test file, or sooner by `close`. */
export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const grants = new Map<string, Grant>();
  const { service = 'tests', isPublic = () => true } = options;
  const server = await startServer((request) => issue(request, options, grants), options);
  const realm = `${server.origin}/token`;
  const challenge = (scope: string): string =>
    `Bearer realm="${realm}"${service === null ? '' : `,service="${service}"`},scope="${scope}"`;
  const guard: Guard = ({ headers }, repository) => {
    const grant = grants.get(/^Bearer (.*)$/.exec(headers['authorization'] ?? '')?.[1] ?? '');
    const scope = `repository:${repository}:pull`;
    const opens = grant?.scope.split(' ').includes(scope) && (grant.subject !== '' || isPublic(repository));
    return opens ? undefined : unauthorized({ 'www-authenticate': challenge(scope) });
  };
  return Object.assign(Object.defineProperties({}, Object.getOwnPropertyDescriptors(server)) as FaultyServer, {
    realm,
    challenge,
    guard,
    revoke: () => grants.clear(),
  });
}

function unauthorized(headers: ServerAnswer['headers'] = {}): ServerAnswer {
  return {
    status: 401,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] }),
  };
}

function issue(request: SeenRequest, options: TokenServerOptions, grants: Map<string, Grant>): ServerAnswer {
  const { pathname, searchParams } = new URL(request.path, 'http://localhost');
  if (pathname !== '/token') return { status: 404 };
  const form = request.method === 'POST' ? new URLSearchParams(request.body) : searchParams;
  const subject = request.method === 'POST' ? refreshed(form, options) : loggedIn(request, options);
  if (subject === undefined) return unauthorized();
  const scope = form.getAll('scope').join(' ');
  const token = options.signer ? signed(scope, subject, options, options.signer) : `token-${randomUUID()}`;
  grants.set(token, { subject, scope });
  const answer = {
    [options.field ?? 'token']: token,
    ...(options.expiresIn !== undefined && { expires_in: options.expiresIn }),
    issued_at: new Date().toISOString(),
  };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
}

/** The user's name; empty without credentials, undefined for wrong ones. */
function loggedIn({ headers }: SeenRequest, { users = {} }: TokenServerOptions): string | undefined {
  const encoded = /^Basic (.*)$/.exec(headers['authorization'] ?? '')?.[1];
  if (encoded === undefined) return '';
  const [, name = '', password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return password !== undefined && users[name] === password ? name : undefined;
}

function refreshed(form: URLSearchParams, { identityTokens = [] }: TokenServerOptions): string | undefined {
  const isRefresh = form.get('grant_type') === 'refresh_token';
  return isRefresh && identityTokens.includes(form.get('refresh_token') ?? '') ? 'refreshed' : undefined;
}

function signed(
  scope: string,
  subject: string,
  { service, isPublic = () => true }: TokenServerOptions,
  { key, cert }: { readonly key: string; readonly cert: string },
): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'ES256', x5c: [new X509Certificate(cert).raw.toString('base64')] };
  const access = scope.split(' ').flatMap((part) => {
    const [, type, name, actions = ''] = /^([^:]+):(.+):([^:]+)$/.exec(part) ?? [];
    const isOpen = subject !== '' || isPublic(name ?? '');
    return type === undefined || !isOpen ? [] : [{ type, name, actions: actions.split(',') }];
  });
  const times = { iat: now, nbf: now - 10, exp: now + 300 };
  const claims = { iss: 'tests', sub: subject, aud: service ?? 'tests', jti: randomUUID(), ...times, access };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
