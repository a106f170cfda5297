import { connect } from 'node:net';
import { buildConnector, errors } from 'undici';
import type { Trust } from './trust.js';

export interface TlsConnectorOptions {
  readonly trust: Trust;
  readonly rejectUnauthorized: boolean;
  /** For name, connection and handshake together, in milliseconds. */
  readonly timeout: number;
}

/** A Trust as Node's connections take it. */
export function tlsOptions({ ca, secureContext, ...client }: Trust) {
  return { ...client, ...(ca && { ca: [...ca] }), ...(secureContext && { secureContext: secureContext() }) };
}

/**
 * Opens connections of TLS for undici, and loads the authorities to trust while the first of them is on its way to the server: that is 20 to 50
 * ms of mere computing, and undici would do it before anything is sent.
 */
export function createTlsConnector({
  trust,
  rejectUnauthorized,
  timeout,
}: TlsConnectorOptions): buildConnector.connector {
  let ready: Promise<buildConnector.connector> | undefined;
  const build = async () => buildConnector({ ...tlsOptions(trust), rejectUnauthorized, timeout: 0 });
  const prepare = (): Promise<buildConnector.connector> => {
    ready ??= build();
    return ready;
  };
  return (options, callback) => {
    const socket = connect({ host: options.hostname, port: Number(options.port || 443) });
    let isOver = false;
    const end: buildConnector.Callback = (...outcome) => {
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
      // The name is known by now, and the kernel about to be asked.
      .once('connectionAttempt', () => setImmediate(() => prepare().catch(() => undefined)))
      .once('connect', () => {
        prepare()
          .then((upgrade) => upgrade({ ...options, httpSocket: socket }, end))
          .catch(fail);
      })
      .on('error', fail);
  };
}
