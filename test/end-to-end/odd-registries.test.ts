import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { archiveName } from '../../src/archive/docker-archive.js';
import { parseManifest } from '../../src/oci/manifest.js';
import { prefetch } from '../../src/prefetch/prefetch.js';
import { type FaultyRegistry, startRegistry } from '../support/faulty-registry.js';
import { startServer } from '../support/faulty-server.js';
import { type ImageContent, image } from '../support/images.js';
import { read } from '../support/reading.js';
import { skopeoArchive } from '../support/skopeo.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// What skopeo 1.9.3 makes of a registry's oddities, and what pullpin makes of them.

const bytes = Buffer.from('the content of a layer\n'.repeat(100));

function content(descriptor: Readonly<Record<string, unknown>> = {}): ImageContent {
  return image({ layers: [{ bytes, descriptor }], config: '{"architecture":"amd64","os":"linux"}' });
}

async function judged(registry: FaultyRegistry, { root }: ImageContent, name = 'odd') {
  const tag = '1';
  const theirs = await skopeoArchive({ image: `${registry.host}/odd@${root.digest}`, finalName: name, finalTag: tag });
  const source = read(registry.host, { retry: { retries: 0 } }, 'odd');
  const manifest = parseManifest(await source.manifest(root.digest));
  if (manifest.type !== 'image') throw new TypeError('it is an image');
  const hash = async () => {
    const target = { type: 'docker-archive', name: archiveName(name, tag) } as const;
    return prefetch({ source, manifest, temporaryFolder: temporaryFolder(), cache: undefined }, target);
  };
  const ours = await hash().then(
    ({ sha256 }) => ({ sha256: sha256.slice('sha256:'.length) }),
    (error: Error) => ({ refused: error.message }),
  );
  return { theirs, ours };
}

describe('a layer with URLs', async () => {
  const gone = await startServer(() => ({ status: 200 }));
  await gone.close();
  const missing = await startServer(() => ({ status: 404 }));
  const good = await startServer(() => ({ status: 200, body: content().blobs.values().next().value ?? '' }));
  const layer = [...content().blobs.values()][1] ?? bytes;
  const serving = await startServer(() => ({ status: 200, body: layer }));
  const at = ({ origin }: { readonly origin: string }): string => `${origin}/layer`;

  test.each([
    ['whose host does not answer', [at(gone)], true],
    ['whose first host refuses and whose second does not answer', [at(missing), at(gone)], true],
    ['whose first host does not answer and whose second has it', [at(gone), at(serving)], true],
    ['whose URL is not of the web', ['ftp://example.org/layer'], true],
    ['whose host refuses', [at(missing)], false],
    ['whose last host refuses', [at(gone), at(missing)], false],
    ['whose host has something else', [at(good)], false],
  ])('%s', async (_, urls, isTaken) => {
    const odd = content({ urls });
    const registry = await startRegistry({ images: { 'odd:1': odd } });
    const { theirs, ours } = await judged(registry, odd);
    expect(Object.keys(theirs)).toEqual([isTaken ? 'sha256' : 'refused']);
    if (isTaken) expect(ours).toEqual(theirs);
    else expect(ours).toHaveProperty('refused');
  });
});

// Go decodes what is called gzip, whatever it is, and leaves x-gzip as it is.
test.each([
  ['gzip', false],
  ['x-gzip', true],
])('Content-Encoding: %s on the blob as it is: the bytes with the right digest count', async (encoding, isTaken) => {
  const odd = content();
  const registry = await startRegistry({ images: { 'odd:1': odd } });
  const plain = await judged(registry, odd);
  registry.fail({ on: 'blobs', headers: { 'content-encoding': encoding } });
  const { theirs, ours } = await judged(registry, odd);
  expect(Object.keys(theirs)).toEqual([isTaken ? 'sha256' : 'refused']);
  expect(ours).toEqual(plain.theirs);
});

// skopeo computes a sha256 digest of what comes without a length and is not decompressed, and stops where the manifest has another digest.
test.each([
  ['without Content-Length', 'sha512', 'none', true, false],
  ['with Content-Length', 'sha512', 'none', false, true],
  ['without Content-Length', 'sha512', 'gzip', true, true],
  ['without Content-Length', 'sha256', 'none', true, true],
] as const)(
  'a layer that comes %s, with a %s digest and compression %s',
  async (_, algorithm, compression, untilClose, isTaken) => {
    const blob = compression === 'gzip' ? gzipSync(bytes) : bytes;
    const digest = `${algorithm}:${createHash(algorithm).update(blob).digest('hex')}`;
    const odd = image({
      layers: [{ bytes, compression, descriptor: { digest, size: blob.length } }],
      config: '{"architecture":"amd64","os":"linux"}',
    });
    const registry = await startRegistry({ images: { 'odd:1': odd } });
    registry.fail({ on: digest, status: 200, body: blob, untilClose });
    const { theirs, ours } = await judged(registry, odd);
    expect(Object.keys(theirs)).toEqual([isTaken ? 'sha256' : 'refused']);
    if (isTaken) expect(ours).toEqual(theirs);
    else
      expect(ours).toEqual({
        refused: `layer ${digest} came without a Content-Length; skopeo refuses that where a digest is not sha256`,
      });
  },
);

test('a layer that is longer than its manifest says', async () => {
  const odd = content({ size: 10 });
  const { theirs, ours } = await judged(await startRegistry({ images: { 'odd:1': odd } }), odd);
  expect(theirs).toHaveProperty('sha256');
  expect(ours).toEqual(theirs);
});

test.each([
  ['my_org.io/app', true],
  ['a__b.c/d/e', true],
  ['a.b_c/d', true],
  ['x_y/app', true],
  ['my_org.io', true],
  ['my_org.io:5000/app', false],
  ['my_org.io/App', false],
  ['_a.b/app', false],
  ['a-.b/app', false],
])('the final name %s', async (name, isTaken) => {
  const registry = await startRegistry({ images: { 'odd:1': content() } });
  const { theirs, ours } = await judged(registry, content(), name);
  expect(Object.keys(theirs)).toEqual([isTaken ? 'sha256' : 'refused']);
  if (isTaken) expect(ours).toEqual(theirs);
  else expect(ours).toHaveProperty('refused');
});
