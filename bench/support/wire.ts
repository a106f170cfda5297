import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Link } from './link.js';
import { RequestLog } from './request-log.js';

export interface WireOptions {
  /** The server that it leads to, `host:port`. */
  readonly target: string;
  /** The address that it listens at; loopback when absent. */
  readonly listen?: string;
  /** The time from a question to its answer, in milliseconds; opening a connection takes as long. */
  readonly roundTrip?: number;
  /** Bytes per second from the server to the clients; unlimited when absent. */
  readonly bandwidth?: number;
}

/** A TCP proxy that is as slow as a network, and watches the requests of plain HTTP that pass. */
export interface Wire {
  readonly host: string;
  /** Starts a new log of the requests on connections that are opened from now on; the log before ends. */
  watch(): RequestLog;
  close(): Promise<void>;
}

/** Opens a wire on a free port of loopback. */
export async function openWire({
  target,
  listen = '127.0.0.1',
  roundTrip = 0,
  bandwidth = Number.POSITIVE_INFINITY,
}: WireOptions): Promise<Wire> {
  const up = new Link({ delay: roundTrip / 2, bandwidth });
  const down = new Link({ delay: roundTrip / 2, bandwidth });
  const sockets = new Set<Socket>();
  let log = new RequestLog();
  const [host = '', port = ''] = target.split(':');
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
    const origin = connect({ host, port: Number(port), noDelay: true });
    const seen = log.connection();
    for (const socket of [client, origin]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    // The handshake of a real line takes a round trip before the first byte can be sent.
    setTimeout(() => forward(client, origin, up, { sent: (bytes) => seen.question(bytes) }), roundTrip);
    forward(origin, client, down, { arrived: () => seen.answer() });
  });
  server.listen(0, listen);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a listening TCP server has a port');
  return {
    host: `${listen}:${address.port}`,
    watch() {
      log = new RequestLog();
      return log;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Reads the requests at the client's end of the line. */
interface Watcher {
  readonly sent?: (bytes: Buffer) => void;
  readonly arrived?: () => void;
}

/** Sends what one socket receives to the other. */
function forward(from: Socket, to: Socket, link: Link, { sent, arrived }: Watcher): void {
  let underWay = 0;
  from.on('data', (bytes: Buffer) => {
    underWay += bytes.length;
    if (underWay > link.window) from.pause();
    sent?.(bytes);
    link.send(bytes.length, () => {
      underWay -= bytes.length;
      arrived?.();
      if (to.destroyed) return;
      if (to.write(bytes)) from.resume();
      else from.pause();
    });
  });
  to.on('drain', () => from.resume());
  from.on('end', () => link.send(0, () => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => link.send(0, () => to.destroySoon()));
  from.resume();
}
