import type { ConnectionError } from '../http/connection-error.js';
import type { OriginSettings } from './dispatchers.js';
import { type ConnectionFacts, connectionError } from './explain-connection.js';

/** A TLS connection that failed. */
export interface TlsFailure {
  readonly error: ConnectionError;
  readonly url: URL;
  readonly facts: ConnectionFacts;
  /** Whether the server has answered a request before: then it accepts the client's certificate. */
  readonly isKnown: boolean;
  readonly isVerified: boolean;
}

/** The failure with its reason as far as it can be found out: which certificate is wrong, or that the server refused the client's. */
export async function withTlsReason(
  { error, url, facts, isKnown, isVerified }: TlsFailure,
  { proxyFor, trust }: OriginSettings,
): Promise<ConnectionError> {
  if (error.isUntrusted) {
    const { presentedChain } = await import('../tls/tls-probe.js');
    const chain = await presentedChain(url, proxyFor?.(url));
    return connectionError(error.cause, { ...facts, chain }) ?? error;
  }
  if (isKnown || !BROKEN.has(error.code)) return error;
  const { refusalOfTls } = await import('../tls/tls-probe.js');
  const refusal = await refusalOfTls(url, proxyFor?.(url), (await trust?.(url.host)) ?? {}, isVerified);
  const reason = connectionError(refusal, facts);
  return reason?.code.startsWith('ERR_SSL_') ? reason : error;
}

const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
