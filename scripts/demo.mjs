// npm run demo: pins a sample image twice, from its OCI layout and from a registry on loopback, without any network.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, 'dist', 'main.cjs');
const layout = join('fixtures', 'images', 'hello');

if (!existsSync(main)) await import('./build.mjs');

/** Runs pullpin as a user would, shows what was typed, and prints what it says. */
async function pullpin(...args) {
  console.log(`$ pullpin ${args.join(' ')}`);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...args], { cwd: root });
  process.stderr.write(stderr);
  console.log(stdout);
}

const index = JSON.parse(await readFile(join(root, layout, 'index.json'), 'utf8'));
const [image] = index.manifests;

/** Just enough of the distribution API to serve one layout: manifests by tag or digest, and blobs. */
async function serve(request, response) {
  const [, kind, name = ''] = /^\/v2\/hello\/(manifests|blobs)\/([a-z0-9:.]+)$/.exec(request.url ?? '') ?? [];
  const digest = name.startsWith('sha256:') ? name : image.digest;
  const body = await readFile(join(root, layout, 'blobs', digest.replace(':', '/'))).catch(() => undefined);
  if (!kind || !body) return response.writeHead(404).end();
  const type = kind === 'manifests' ? JSON.parse(body.toString('utf8')).mediaType : 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'content-length': body.length, 'docker-content-digest': digest });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const server = createServer(serve).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
try {
  await pullpin('registry.example/hello:1', '--from', `oci:${layout}`);
  await pullpin(`127.0.0.1:${port}/hello:1`, '--final-name', 'registry.example/hello');
} finally {
  server.close();
}
