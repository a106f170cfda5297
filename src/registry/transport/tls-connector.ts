import { connect, type Socket } from 'node:net';
import { type Trust, tlsOptions } from '../tls/trust.js';
import { buildConnector, type Connector, type ConnectorOptions, errors } from './undici.js';

/** Whom a connection trusts, and how long it may take to open, in milliseconds. */
export interface TlsConnectorOptions {
  readonly trust: Trust;
  readonly rejectUnauthorized: boolean;
  /** The limit for name look-up, connection and handshake together, in milliseconds. */
  readonly timeout: number;
}

/** A connection on its way, or open: the one of TCP, and the one with TLS on top of it. */
interface Opening {
  readonly socket: Socket;
  readonly connection: Promise<Socket>;
}

/** A server accepted the connection, and then did not set up TLS in time. */
class HandshakeTimeoutError extends Error {
  /** As Node calls it where it is the server that waits. */
  readonly code = 'ERR_TLS_HANDSHAKE_TIMEOUT';
}

/**
 * Opens TLS connections for undici, also some before they are needed. It loads the authorities to trust while the first connection is on its way
 * to the server: that takes 20 to 50 ms of computing, which undici would do before it sends anything.
 */
export class TlsConnector {
  /** Connections that no request has yet, oldest first; they are on their way, or open. */
  private readonly ahead: Opening[] = [];
  private ready: Promise<Connector> | undefined;

  constructor(private readonly options: TlsConnectorOptions) {}

  /** For undici's pool. */
  readonly connect: Connector = (options, callback) => {
    const { connection } = this.ahead.shift() ?? this.open(options);
    connection.then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };

  /** Opens connections to an origin before requests want them. A failure is left to the request that will open one anew. */
  openAhead({ hostname, host, port, protocol }: URL, count: number): void {
    // A URL has an IPv6 address in brackets, and undici gives the address alone.
    const options = { hostname: hostname.replace(/^\[(.*)\]$/, '$1'), host, port, protocol };
    for (let opened = 0; opened < count; opened += 1) {
      const opening = this.open(options);
      this.ahead.push(opening);
      const drop = (): void => {
        const at = this.ahead.indexOf(opening);
        if (at >= 0) this.ahead.splice(at, 1);
      };
      // A server closes a connection that is idle for too long.
      opening.connection.then((socket) => socket.once('close', drop).once('end', drop), drop);
    }
  }

  /** Closes the connections that no request has taken. */
  closeUnused(): void {
    for (const { socket } of this.ahead.splice(0)) socket.destroy();
  }

  private open(options: ConnectorOptions): Opening {
    const socket = connect({ host: options.hostname, port: Number(options.port || 443) });
    const connection = this.connected(socket, options).catch((error: unknown) => {
      socket.destroy();
      throw error;
    });
    return { socket, connection };
  }

  private connected(socket: Socket, options: ConnectorOptions): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const late = (): void =>
        reject(socket.connecting ? new errors.ConnectTimeoutError() : new HandshakeTimeoutError());
      const timer = setTimeout(late, this.options.timeout).unref();
      const upgrade = async (): Promise<void> => {
        try {
          resolve(await overTls(await this.prepared(), { ...options, httpSocket: socket }));
        } catch (error) {
          reject(error);
        } finally {
          clearTimeout(timer);
        }
      };
      socket
        // At this point the name is resolved, and the connection is about to be opened.
        .once('connectionAttempt', () => setImmediate(() => this.prepared().catch(() => undefined)))
        .once('connect', () => void upgrade())
        .on('error', (error) => {
          clearTimeout(timer);
          reject(error);
        });
    });
  }

  private prepared(): Promise<Connector> {
    this.ready ??= this.prepare();
    return this.ready;
  }

  private async prepare(): Promise<Connector> {
    const { trust, rejectUnauthorized } = this.options;
    return buildConnector({ ...tlsOptions(trust), rejectUnauthorized, timeout: 0 });
  }
}

/** A connection with TLS on top of one without. */
function overTls(connector: Connector, options: ConnectorOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    connector(options, (error, socket) => (socket ? resolve(socket) : reject(error)));
  });
}
