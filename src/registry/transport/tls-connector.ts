import { connect } from 'node:net';
import { type Trust, tlsOptions } from '../tls/trust.js';
import { buildConnector, type Connector, type ConnectorCallback, errors } from './undici.js';

/** Whom a connection trusts, and how long it may take to open, in milliseconds. */
export interface TlsConnectorOptions {
  readonly trust: Trust;
  readonly rejectUnauthorized: boolean;
  /** The limit for name look-up, connection and handshake together, in milliseconds. */
  readonly timeout: number;
}

/**
 * Opens TLS connections for undici. It loads the authorities to trust while the first connection is on its way to the server: that takes 20
 * to 50 ms of computing, which undici would do before it sends anything.
 */
export function createTlsConnector({ trust, rejectUnauthorized, timeout }: TlsConnectorOptions): Connector {
  let ready: Promise<Connector> | undefined;
  const build = async () => buildConnector({ ...tlsOptions(trust), rejectUnauthorized, timeout: 0 });
  const prepare = (): Promise<Connector> => {
    ready ??= build();
    return ready;
  };
  return (options, callback) => {
    const socket = connect({ host: options.hostname, port: Number(options.port || 443) });
    let isOver = false;
    const end: ConnectorCallback = (...outcome) => {
      clearTimeout(timer);
      if (!isOver) callback(...outcome);
      isOver = true;
    };
    const fail = (error: Error): void => {
      socket.destroy();
      end(error, null);
    };
    const timer = setTimeout(() => fail(new errors.ConnectTimeoutError()), timeout).unref();
    socket
      // At this point the name is resolved, and the connection is about to be opened.
      .once('connectionAttempt', () => setImmediate(() => prepare().catch(() => undefined)))
      .once('connect', () => {
        prepare()
          .then((upgrade) => upgrade({ ...options, httpSocket: socket }, end))
          .catch(fail);
      })
      .on('error', fail);
  };
}
