import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type Certificates, makeCertificates } from './certificates.js';
import { RequestLog } from './request-log.js';
import { openWire, type Wire, type WireOptions } from './wire.js';

/** An address of documentation (RFC 5737), which no program treats as its own machine. It is there in the namespace of the benchmark only. */
export const SITE_ADDRESS = '192.0.2.1';

/**
 * A public registry as users meet one: TLS 1.3, and three origins. The registry answers 401 with a realm on a token host, and sends each blob on to
 * storage by a 307.
 */
export interface TlsSite {
  /** Of the registry, as images name it. */
  readonly host: string;
  /** The PEM file that clients must trust. */
  readonly bundle: string;
  /** Starts a new log of the requests, to all three origins. */
  watch(): RequestLog;
  close(): Promise<void>;
}

type Answer = (question: IncomingMessage, answer: ServerResponse) => void;

const TOKEN = 'benchmark';

/**
 * Opens the site in front of a registry, `host:port`, behind a wire for each origin.
 * @param folder takes certificates
 */
export async function openTlsSite(
  registry: string,
  folder: string,
  line: Pick<WireOptions, 'roundTrip' | 'bandwidth'>,
): Promise<TlsSite> {
  const certificates = await makeCertificates(SITE_ADDRESS, folder);
  let log = new RequestLog();
  const seen =
    (act: Answer): Answer =>
    (question, answer) => {
      const end = log.request(question.method ?? '', question.url ?? '');
      answer.on('close', end);
      act(question, answer);
    };
  const origins: Origin[] = [];
  const open = async (act: Answer): Promise<Origin> => {
    const origin = await openOrigin(seen(act), certificates, line);
    origins.push(origin);
    return origin;
  };
  const token = await open((_, answer) => sendJson(answer, 200, { token: TOKEN, expires_in: 300 }));
  const storage = await open((question, answer) => forward(question, answer, registry));
  const front = await open((question, answer) => {
    if (question.headers.authorization !== `Bearer ${TOKEN}`) challenge(question, answer, token.host);
    else if (/\/blobs\//.test(question.url ?? '')) redirect(question, answer, storage.host);
    else forward(question, answer, registry);
  });
  return {
    host: front.host,
    bundle: certificates.bundle,
    watch() {
      log = new RequestLog();
      return log;
    },
    async close() {
      await Promise.all(origins.map((origin) => origin.close()));
    },
  };
}

interface Origin {
  readonly host: string;
  close(): Promise<void>;
}

async function openOrigin(
  act: Answer,
  { key, certificate }: Certificates,
  line: Pick<WireOptions, 'roundTrip' | 'bandwidth'>,
): Promise<Origin> {
  const server = createServer({ key, cert: certificate, minVersion: 'TLSv1.3' }, act);
  server.listen(0, SITE_ADDRESS);
  await once(server, 'listening');
  // A wire costs processor time, which on loopback would be all that it adds.
  const isLoopback = line.roundTrip === 0 && line.bandwidth === undefined;
  if (isLoopback) return { host: addressOf(server), close: () => closeServer(server) };
  const wire = await openWire({ ...line, target: addressOf(server), listen: SITE_ADDRESS });
  return { host: wire.host, close: () => closeBoth(server, wire) };
}

async function closeBoth(server: Server, wire: Wire): Promise<void> {
  await wire.close();
  await closeServer(server);
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a listening TCP server has a port');
  return `${SITE_ADDRESS}:${address.port}`;
}

function challenge({ url = '' }: IncomingMessage, answer: ServerResponse, tokenHost: string): void {
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(url)?.[1];
  const scope = repository === undefined ? '' : `,scope="repository:${repository}:pull"`;
  answer.setHeader('www-authenticate', `Bearer realm="https://${tokenHost}/token",service="benchmark"${scope}`);
  sendJson(answer, 401, { errors: [{ code: 'UNAUTHORIZED', message: 'a token is needed' }] });
}

function redirect({ url = '' }: IncomingMessage, answer: ServerResponse, storageHost: string): void {
  answer.writeHead(307, { location: `https://${storageHost}${url}?signature=benchmark`, 'content-length': 0 }).end();
}

function sendJson(answer: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  answer.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

function forward(question: IncomingMessage, answer: ServerResponse, registry: string): void {
  const { method, url = '', headers } = question;
  const { authorization: _, host: __, ...passed } = headers;
  const path = url.replace(/\?.*/, '');
  const onward = request(`http://${registry}${path}`, { method, headers: passed }, (received) => {
    answer.writeHead(received.statusCode ?? 502, received.rawHeaders);
    received.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  question.pipe(onward);
}
