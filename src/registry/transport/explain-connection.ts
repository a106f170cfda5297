import type { X509Certificate } from 'node:crypto';
import { ConnectionError } from '../http/connection-error.js';
import { PROXY_LOGIN } from '../http/errors.js';
import { explainCertificate } from '../tls/explain-certificate.js';

/** What else is known about a connection that failed. */
export interface ConnectionFacts {
  readonly host: string;
  /** `host:port` of the proxy in between. */
  readonly proxy?: string | undefined;
  /** The certificates that the server showed, its own first, once they are known. */
  readonly chain?: readonly X509Certificate[];
  /** Milliseconds, by the name in TimeLimits. */
  readonly limits: { readonly connect: number; readonly headers: number; readonly idle: number };
}

/** The ConnectionError for what undici threw; undefined when that is not about a connection. */
export function connectionError(error: unknown, facts: ConnectionFacts): ConnectionError | undefined {
  const code = codeOf(error);
  if (code === undefined) return undefined;
  const route = facts.proxy === undefined ? '' : `(through the proxy ${facts.proxy}) `;
  return new ConnectionError(facts.host, code, route + sentence(code, facts, error), { cause: error });
}

const BROKEN = 'the connection broke before the answer was complete; try again';
/** What to check where nothing answers. Where a proxy is set, nobody is asked to set one. */
const checkRoute = ({ proxy }: ConnectionFacts): string =>
  `check the network, or whether ${proxy === undefined ? 'a proxy must be set (HTTPS_PROXY)' : 'this proxy is the right one, and gets there'}`;
const UNREACHABLE = (facts: ConnectionFacts): string => `the network has no route to it; ${checkRoute(facts)}`;
const PLAIN = (host: string): string => `it does not speak TLS; to allow plain HTTP there, add --insecure ${host}`;

const SENTENCES: Readonly<Record<string, string | ((facts: ConnectionFacts) => string)>> = {
  ENOTFOUND: 'there is no host of this name; check the spelling, or the name server',
  EAI_AGAIN: (facts) => `the name server does not answer; ${checkRoute(facts)}`,
  ECONNREFUSED: 'connection refused: nothing listens there; check the host and the port',
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  UND_ERR_SOCKET: BROKEN,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: BROKEN,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ETIMEDOUT: (facts) => `the network gave up waiting for it; ${checkRoute(facts)}`,
  // Through a proxy, it may also be the server behind it that did not set up TLS.
  UND_ERR_CONNECT_TIMEOUT: (facts) => `no connection within ${facts.limits.connect / 1000} s; ${checkRoute(facts)}`,
  ERR_TLS_HANDSHAKE_TIMEOUT: ({ limits }) =>
    `it accepted the connection, and did not set up TLS within ${limits.connect / 1000} s; try again later, or check the host and the port`,
  UND_ERR_HEADERS_TIMEOUT: ({ limits }) => `no answer within ${limits.headers / 1000} s; try again later`,
  UND_ERR_BODY_TIMEOUT: ({ limits }) => `it stopped sending: nothing came for ${limits.idle / 1000} s; try again later`,
  UND_ERR_HEADERS_OVERFLOW: 'it sends more headers than is allowed',
  ERR_SSL_WRONG_VERSION_NUMBER: ({ host }) => PLAIN(host),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ({ host }) => PLAIN(host),
  ERR_SSL_HTTP_REQUEST: ({ host }) => PLAIN(host),
};

function sentence(code: string, facts: ConnectionFacts, error: unknown): string {
  const known = SENTENCES[code];
  if (known !== undefined) return typeof known === 'string' ? known : known(facts);
  const certificate = explainCertificate(code, facts.chain ?? [], facts.host);
  if (certificate !== undefined) return certificate;
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA/.test(code)) {
    return `it refused the TLS connection (${code}); it may want a client certificate (client.cert and client.key in certs.d/${facts.host})`;
  }
  if (code === 'HPE') return 'it does not speak HTTP properly; check the host and the port';
  const status = /Proxy response \((\d{3})\)/.exec(error instanceof Error ? error.message : '')?.[1];
  // tinyproxy says 401 when it does not know the name or the password.
  if (status === '407' || status === '401') return PROXY_LOGIN;
  if (status !== undefined) return `the proxy refused to connect there (status ${status})`;
  return `the connection failed (${code})`;
}

/** Codes of misused functions, which are bugs, and of zlib. */
const OUR_FAULT = /^(Z_|ERR_(?!TLS|SSL|OSSL)|UND_ERR_(INVALID|NOT_SUPPORTED|DESTROYED|CLOSED))/;

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // undici's parser, whose errors have no code of their own.
  if (error.name === 'HTTPParserError') return 'HPE';
  // Several addresses were tried: the first error speaks for all.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const inner = error.cause instanceof Error ? codeOf(error.cause) : undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const known = code === 'UND_ERR_PRX_TLS' ? (inner ?? code) : (code ?? inner);
  return known === undefined || OUR_FAULT.test(known) ? undefined : known;
}
