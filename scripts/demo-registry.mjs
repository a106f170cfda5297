// The registry of the demo: just enough of the distribution API to serve the images of demo-images.mjs, on loopback and without any network.
import { createServer } from 'node:http';
import { demoRepositories } from './demo-images.mjs';

/** A registry that stands for several: `docker.io/library/redis` is its repository `docker.io/library/redis`. */
export async function startDemoRegistry() {
  const repositories = demoRepositories();
  const server = createServer((request, response) => {
    const { status, headers, body } = answer(repositories, request.url ?? '/');
    response.writeHead(status, { 'content-length': body.length, ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const host = `127.0.0.1:${port}`;
  const registries = [...new Set([...repositories.keys()].map((name) => name.slice(0, name.indexOf('/'))))];
  return {
    host,
    repositories,
    /** A registries.conf that sends every look-up here, those of pullpin and of skopeo. */
    registriesConf: registries
      .map((registry) => `[[registry]]\nprefix = "${registry}"\nlocation = "${host}/${registry}"\ninsecure = true\n`)
      .join('\n'),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * @param {ReturnType<typeof demoRepositories>} repositories
 * @param {string} url
 * @returns {{ status: number, headers: Record<string, string>, body: Buffer }}
 */
function answer(repositories, url) {
  if (url === '/v2/') return { status: 200, headers: {}, body: Buffer.from('{}') };
  const [, name = '', kind = '', what = ''] =
    /^\/v2\/(.+)\/(manifests|blobs|tags)\/([\w.:-]+)(?:\?.*)?$/.exec(url) ?? [];
  const repository = repositories.get(name);
  if (repository === undefined) return problem('NAME_UNKNOWN', 'repository name not known to registry');
  if (kind === 'tags') {
    const body = Buffer.from(JSON.stringify({ name, tags: [...repository.tags.keys()] }));
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const digest = repository.tags.get(what) ?? what;
  const content = repository.contents.get(digest);
  if (content === undefined) return problem('MANIFEST_UNKNOWN', 'manifest unknown');
  const type = kind === 'manifests' ? content.mediaType : 'application/octet-stream';
  return { status: 200, headers: { 'content-type': type, 'docker-content-digest': digest }, body: content.bytes };
}

/** @param {string} code @param {string} message */
function problem(code, message) {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message }] }));
  return { status: 404, headers: { 'content-type': 'application/json' }, body };
}
