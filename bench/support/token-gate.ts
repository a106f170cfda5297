import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** A server in front of a registry that lets in anonymous clients with its token, as public registries do; realm and registry are one origin. */
export interface TokenGate {
  readonly host: string;
  close(): Promise<void>;
}

const TOKEN = 'benchmark';

/** Opens a gate to a registry, `host:port`, on a free port of loopback. */
export async function openTokenGate(registry: string): Promise<TokenGate> {
  const server = createServer((question, answer) => {
    if (question.url?.startsWith('/token')) sendJson(answer, 200, { token: TOKEN, expires_in: 300 });
    else if (question.headers.authorization === `Bearer ${TOKEN}`) forward(question, answer, registry);
    else challenge(question, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a listening TCP server has a port');
  return {
    host: `127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The realm is on the host by which the client came, so that it goes through the same wire. */
function challenge({ headers: { host }, url = '' }: IncomingMessage, answer: ServerResponse): void {
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(url)?.[1];
  const scope = repository === undefined ? '' : `,scope="repository:${repository}:pull"`;
  answer.setHeader('www-authenticate', `Bearer realm="http://${host}/token",service="benchmark"${scope}`);
  sendJson(answer, 401, { errors: [{ code: 'UNAUTHORIZED', message: 'a token is needed' }] });
}

function sendJson(answer: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  answer.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

function forward(question: IncomingMessage, answer: ServerResponse, registry: string): void {
  const { method, url, headers } = question;
  const { authorization: _, ...passed } = headers;
  const onward = request(`http://${registry}${url}`, { method, headers: passed }, (received) => {
    answer.writeHead(received.statusCode ?? 502, received.rawHeaders);
    received.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  question.pipe(onward);
}
