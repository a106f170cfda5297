import { isCertificateProblem } from '../tls/explain-certificate.js';
import { RegistryError } from './errors.js';

/** A server could not be reached, or the connection to it broke. */
export class ConnectionError extends RegistryError {
  constructor(
    /** `host[:port]`. */
    readonly host: string,
    /** Node's, OpenSSL's or undici's code: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `UND_ERR_BODY_TIMEOUT`. */
    readonly code: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${host}: ${problem}`, options);
  }

  /** Whether the next attempt may well succeed. */
  get isTemporary(): boolean {
    return TEMPORARY.has(this.code) || this.code === 'HPE';
  }

  /** Its certificates were seen, and not accepted. */
  get isUntrusted(): boolean {
    return isCertificateProblem(this.code);
  }

  /** The server does not speak TLS: it may speak plain HTTP. */
  get isNotTls(): boolean {
    return NOT_TLS.has(this.code) || (this.code === 'ECONNRESET' && CUT_IN_HANDSHAKE.test(String(this.cause)));
  }
}

const TEMPORARY: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

const NOT_TLS: ReadonlySet<string> = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
]);

/** Node's message for a connection that ended before the TLS handshake was complete. */
const CUT_IN_HANDSHAKE = /before secure TLS/;
