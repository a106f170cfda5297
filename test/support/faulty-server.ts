import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';

/** A request as the server saw it; `line` is what tests compare: `GET /v2/hello/manifests/latest`, the query included. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly line: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** The connection's number, from 0. */
  readonly connection: number;
  /** Whether the client showed a certificate that the server's authority signed. */
  readonly clientCertificate: boolean;
}

export interface ServerAnswer {
  readonly status: number;
  /** An undefined value leaves a header out that would be sent otherwise. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: string | Uint8Array;
}

/** What goes wrong, and when. The first fault that fits a request and is not used up applies. */
export interface Fault extends Partial<ServerAnswer> {
  /** Part of the request line, or a pattern for it; every request when absent. */
  readonly on?: string | RegExp;
  /** Spares this many fitting requests first. */
  readonly after?: number;
  /** Strikes this often; always when absent. */
  readonly times?: number;
  /** Waits so long before the answer, in milliseconds; Infinity never answers. */
  readonly delay?: number;
  /** Waits for this before the answer. */
  readonly until?: Promise<void>;
  /** Closes the connection at once, without an answer. */
  readonly reset?: boolean;
  /** Sends so many bytes of the body, then breaks the connection. */
  readonly cutAfter?: number;
  /** Sends so many bytes of the body, then nothing more, and keeps the connection open. */
  readonly stallAfter?: number;
  /** Sends one byte after the other, with so many milliseconds between them, without end. */
  readonly drip?: number;
  /** Changes one byte in the middle of the body. */
  readonly corrupt?: boolean;
  /** Sends no Content-Length: the body's end is the connection's end. */
  readonly untilClose?: boolean;
  /** Looks at the request too, for what the fields above cannot say; its answer replaces the server's. */
  readonly answer?: (request: SeenRequest, answer: ServerAnswer) => ServerAnswer;
}

export interface ServerCertificate {
  readonly key: string | Uint8Array;
  readonly cert: string | Uint8Array;
  /** Asks clients for a certificate of this authority. */
  readonly clientCa?: string | Uint8Array;
  /** Refuses clients without one. */
  readonly requireClient?: boolean;
}

export interface ServerOptions {
  readonly tls?: ServerCertificate;
  readonly faults?: readonly Fault[];
  /** `127.0.0.1` when absent. */
  readonly address?: string;
}

/** A server on a free port of loopback that fails on request. It ends with the test file, or sooner by `close`. */
export interface FaultyServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** `http://127.0.0.1:port`, https with a certificate. */
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
  /** How often `GET /v2/` came, by which a client finds out what the server speaks; no fault strikes it that does not name it. */
  readonly pings: number;
  /** The request lines seen so far, without those of `pings`. */
  readonly lines: readonly string[];
  /** How many connections clients made. */
  readonly connections: number;
  /** How many of them are open now. */
  readonly openConnections: number;
  /** How many requests are being answered now. */
  readonly underWay: number;
  /** The most requests that were being answered at one time. */
  readonly mostAtOnce: number;
  /** Adds faults in front of those that are there. */
  fail(...faults: readonly Fault[]): void;
  /** Forgets all faults. */
  heal(): void;
  /** Forgets the requests seen so far. */
  forget(): void;
  close(): Promise<void>;
}

const PING = 'GET /v2/';

const running = new Set<() => Promise<void>>();
afterAll(() => Promise.all([...running].map((close) => close())));

export async function startServer(
  handle: (request: SeenRequest) => ServerAnswer | Promise<ServerAnswer>,
  options: ServerOptions = {},
): Promise<FaultyServer> {
  const requests: SeenRequest[] = [];
  const sockets = new Map<Socket, number>();
  const counts = { connections: 0, pings: 0, now: 0, most: 0 };
  let faults = (options.faults ?? []).map(armed);

  const listener = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    counts.now += 1;
    counts.most = Math.max(counts.most, counts.now);
    response.once('close', () => {
      counts.now -= 1;
    });
    const request = await seen(message, sockets.get(connectionOf(message.socket)) ?? -1);
    if (request.line === PING) counts.pings += 1;
    else requests.push(request);
    const fault = faults.find((candidate) => candidate.strikes(request))?.fault ?? {};
    if (fault.delay !== undefined) await pause(fault.delay, response);
    await fault.until;
    if (fault.reset || response.destroyed) return void message.socket.destroy();
    const usual = fault.status !== undefined ? { status: fault.status } : await handle(request);
    const planned = fault.answer?.(request, usual) ?? usual;
    const answer: ServerAnswer = {
      status: planned.status,
      headers: { ...planned.headers, ...fault.headers },
      body: fault.body ?? planned.body ?? '',
    };
    write(request, response, answer, fault);
  };

  const { tls } = options;
  const server = tls
    ? createTlsServer(
        {
          key: Buffer.from(tls.key),
          cert: Buffer.from(tls.cert),
          ...(tls.clientCa !== undefined && { ca: Buffer.from(tls.clientCa), requestCert: true }),
          rejectUnauthorized: tls.requireClient ?? false,
        },
        listener,
      )
    : createServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, counts.connections++);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  server.keepAliveTimeout = 60_000;
  const address = options.address ?? '127.0.0.1';
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const host = `${address.includes(':') ? `[${address}]` : address}:${port}`;

  const close = async (): Promise<void> => {
    if (!running.delete(close)) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets.keys()) socket.destroy();
    await closed;
  };
  running.add(close);
  return {
    host,
    origin: `${tls ? 'https' : 'http'}://${host}`,
    requests,
    get lines() {
      return requests.map(({ line }) => line);
    },
    get pings() {
      return counts.pings;
    },
    get connections() {
      return counts.connections;
    },
    get openConnections() {
      return sockets.size;
    },
    get underWay() {
      return counts.now;
    },
    get mostAtOnce() {
      return counts.most;
    },
    fail: (...more) => {
      faults = [...more.map(armed), ...faults];
    },
    heal: () => {
      faults = [];
    },
    forget: () => {
      requests.length = 0;
      counts.most = 0;
    },
    close,
  };
}

function armed(fault: Fault) {
  let met = 0;
  return {
    fault,
    strikes({ line }: SeenRequest): boolean {
      const { on = '', after = 0, times = Number.POSITIVE_INFINITY } = fault;
      if (!(typeof on === 'string' ? line.includes(on) : on.test(line))) return false;
      if (line === PING && fault.on !== PING) return false;
      met += 1;
      return met > after && met <= after + times;
    },
  };
}

async function seen(message: IncomingMessage, connection: number): Promise<SeenRequest> {
  let body = '';
  for await (const piece of message) body += String(piece);
  const { method = '', url: path = '' } = message;
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, value?.toString()]));
  const authorized = 'authorized' in message.socket && message.socket.authorized === true;
  return { method, path, line: `${method} ${path}`, headers, body, connection, clientCertificate: authorized };
}

// A TLS socket wraps the one that the connection event showed.
function connectionOf(socket: Socket): Socket {
  return '_parent' in socket && socket._parent ? (socket._parent as Socket) : socket;
}

async function pause(milliseconds: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const time = Number.isFinite(milliseconds) ? milliseconds : 2 ** 30;
  await sleep(time, undefined, { signal: gone.signal }).catch(() => undefined);
}

function write(request: SeenRequest, response: ServerResponse, answer: ServerAnswer, fault: Fault): void {
  const body = Buffer.from(answer.body ?? '');
  const sent = fault.corrupt ? corrupted(body) : body;
  const headers = { 'content-length': String(body.length), ...answer.headers };
  if (fault.drip !== undefined) Object.assign(headers, { 'content-length': undefined });
  if (fault.untilClose) Object.assign(headers, { 'content-length': undefined, connection: 'close' });
  // Nothing that the server would add by itself: absent headers are quirks too.
  response.removeHeader('transfer-encoding');
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  if (fault.untilClose) response.useChunkedEncodingByDefault = false;
  if (fault.drip !== undefined) {
    drip(response, fault.drip);
    return;
  }
  const end = fault.cutAfter ?? fault.stallAfter;
  if (request.method === 'HEAD' || end === undefined || end >= sent.length) return void response.end(sent);
  response.flushHeaders();
  const part = sent.subarray(0, end);
  const stop = () => fault.cutAfter !== undefined && response.socket?.destroySoon();
  if (part.length === 0) stop();
  else response.write(part, stop);
}

function drip(response: ServerResponse, milliseconds: number): void {
  const timer = setInterval(() => response.write(' '), milliseconds);
  response.once('close', () => clearInterval(timer));
}

function corrupted(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
