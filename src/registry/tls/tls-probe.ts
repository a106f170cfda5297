import type { X509Certificate } from 'node:crypto';
import { request } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { proxyAuthorization } from '../proxies/proxy-authorization.js';
import { type Trust, tlsOptions } from './trust.js';

const TIME_LIMIT = 5000;
/** How long a server may take to refuse a certificate; it does so right after the handshake. */
const ALERT_LIMIT = 1000;
const MAX_CHAIN = 10;

/**
 * The certificates that a server shows, its own first, to explain why they are not trusted: Node's errors do not say it. Connects anew,
 * verifies nothing and sends nothing. Empty when that fails.
 */
export async function presentedChain(url: URL, proxy: URL | undefined): Promise<X509Certificate[]> {
  return probe(url, proxy, { rejectUnauthorized: false }, async (socket) =>
    chainOf(socket.getPeerX509Certificate()),
  ).catch(() => []);
}

/**
 * The error by which a server ends a TLS connection that it refuses, as when it wants a client certificate; undefined when it keeps
 * it. undici mostly sees only that the connection ended, because with TLS 1.3 the refusal comes after the handshake. Connects anew,
 * and sends nothing.
 */
export async function refusalOfTls(
  url: URL,
  proxy: URL | undefined,
  trust: Trust,
  rejectUnauthorized: boolean,
): Promise<Error | undefined> {
  const waiting = async (socket: TLSSocket): Promise<undefined> => {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).once('close', () => resolve());
      setTimeout(resolve, ALERT_LIMIT);
      socket.resume();
    });
  };
  return probe(url, proxy, { ...tlsOptions(trust), rejectUnauthorized }, waiting).catch((error: unknown) =>
    error instanceof Error ? error : undefined,
  );
}

async function probe<T>(
  url: URL,
  proxy: URL | undefined,
  options: ConnectionOptions,
  look: (socket: TLSSocket) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(TIME_LIMIT);
  const host = bare(url.hostname);
  const tunnel = proxy && (await openTunnel(url, proxy, signal));
  const socket = connect({
    ...options,
    ...(tunnel ? { socket: tunnel } : { host, port: Number(url.port || 443) }),
    // Over a tunnel, the name to verify is not known otherwise.
    ...(isIP(host) === 0 ? { servername: host } : { host }),
  });
  const stop = (): void => void socket.destroy(new Error('no answer in time'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).once('secureConnect', resolve);
    });
    return await look(socket);
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

function openTunnel(url: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const { hostname, port } = proxy;
  const authorization = proxyAuthorization(proxy);
  const headers = authorization === undefined ? {} : { 'proxy-authorization': authorization };
  const path = `${url.hostname}:${url.port || 443}`;
  return new Promise((resolve, reject) => {
    // A proxy that speaks TLS itself fails here, and the reason stays unknown.
    request({ host: bare(hostname), port: port || 80, method: 'CONNECT', path, headers, signal, agent: false })
      .on('connect', (response, socket) => {
        if (response.statusCode === 200) resolve(socket);
        else reject(new Error(`status ${response.statusCode}`));
      })
      .on('error', reject)
      .end();
  });
}

function chainOf(first: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let next = first; next && chain.length < MAX_CHAIN; next = next.issuerCertificate) {
    if (chain.at(-1)?.fingerprint256 === next.fingerprint256) break;
    chain.push(next);
  }
  return chain;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
