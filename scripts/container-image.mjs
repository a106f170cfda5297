// Builds a container image of pullpin: `node scripts/container-image.mjs BASE OUTPUT`, two folders with an OCI layout. BASE has an image with Node
// (skopeo copy --all docker://…@sha256:… oci:BASE); OUTPUT is made. One layer is added, with the files of the package under /opt/pullpin, written by
// our own archive writer: owner root, dated 1970, in order of their names. The same base and the same files give the same digest.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { source } from './run-source.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const OCI = 'application/vnd.oci.image';
const PLACE = 'opt/pullpin';
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @typedef {{ mediaType: string, digest: string, size: number, platform?: unknown, annotations?: Record<string, string> }} Descriptor */

const [base, output, ...others] = process.argv.slice(2);
try {
  if (base === undefined || output === undefined || others.length > 0) throw new Error('give two folders: BASE OUTPUT');
  if (existsSync(output)) throw new Error(`${output} is there already: remove it, or name another folder`);
  console.log((await build(base, output)).digest);
} catch (error) {
  console.error(`container-image: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** @param {string} from @param {string} to @returns {Promise<Descriptor>} what the layout has at last */
async function build(from, to) {
  const [first, ...more] = JSON.parse(readFileSync(join(from, 'index.json'), 'utf8')).manifests;
  if (first === undefined || more.length > 0)
    throw new Error(`${from} must have one image or index, and it has ${more.length + (first ? 1 : 0)}`);
  const layer = await layerOfPackage();
  const made = convert(from, to, first, layer, first.digest);
  const name = { 'org.opencontainers.image.ref.name': version };
  writeFileSync(join(to, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(to, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...made, annotations: name }] }),
  );
  return made;
}

/** The tar of the files that npm would publish. @returns {Promise<Buffer>} */
async function layerOfPackage() {
  const { tarFile, TAR_END } = await source('src/archive/tar.ts');
  const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
  const [{ files }] = JSON.parse(packed.stdout);
  const paths = /** @type {string[]} */ (files.map((/** @type {{ path: string }} */ { path }) => path)).sort();
  if (!paths.includes('dist/main.cjs')) throw new Error('pullpin is not built: run npm run build');
  return Buffer.concat([...paths.map((path) => tarFile(`${PLACE}/${path}`, readFileSync(join(root, path)))), TAR_END]);
}

/**
 * Adds the layer to an image, or to each image of an index; entries for no platform (attestations) are of the base alone and are omitted.
 *
 * @param {string} from @param {string} to @param {Descriptor} descriptor @param {Buffer} layer @param {string} baseDigest
 * @returns {Descriptor}
 */
function convert(from, to, descriptor, layer, baseDigest) {
  const { mediaType, platform } = descriptor;
  const manifest = JSON.parse(blob(from, descriptor).toString('utf8'));
  if (Array.isArray(manifest.manifests)) {
    const images = manifest.manifests.filter(
      (/** @type {{ platform?: { os?: string } }} */ each) => each.platform?.os !== 'unknown',
    );
    const manifests = images.map((/** @type {Descriptor} */ each) => convert(from, to, each, layer, baseDigest));
    return put(
      to,
      JSON.stringify({ schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests }),
      `${OCI}.index.v1+json`,
    );
  }
  if (mediaType !== `${OCI}.manifest.v1+json`)
    throw new Error(`${descriptor.digest} is a ${mediaType}: copy the base with skopeo copy --format oci`);
  for (const each of manifest.layers) put(to, blob(from, each), each.mediaType);
  const added = put(to, layer, `${OCI}.layer.v1.tar`);
  const config = put(
    to,
    JSON.stringify(configWith(JSON.parse(blob(from, manifest.config).toString('utf8')), added.digest)),
    `${OCI}.config.v1+json`,
  );
  const annotations = {
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.base.digest': baseDigest,
  };
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config,
    layers: [...manifest.layers, added],
    annotations,
  });
  return { ...put(to, text, mediaType), ...(platform === undefined ? {} : { platform }) };
}

/** The config of the base, with pullpin as its program; it keeps the day of the base. @param {any} config @param {string} diffId */
function configWith(config, diffId) {
  const { created = '1970-01-01T00:00:00Z', history = [], rootfs } = config;
  return {
    ...config,
    config: { ...config.config, Entrypoint: ['node', `/${PLACE}/dist/main.cjs`], Cmd: ['--help'], WorkingDir: '/work' },
    rootfs: { ...rootfs, diff_ids: [...rootfs.diff_ids, diffId] },
    history: [...history, { created, created_by: `pullpin ${version}` }],
  };
}

/** Reads a blob, and checks that it is what its digest says. @param {string} folder @param {Descriptor} descriptor */
function blob(folder, { digest }) {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`${digest} is not a digest of sha256`);
  const bytes = readFileSync(join(folder, 'blobs', digest.replace(':', '/')));
  if (digestOf(bytes) !== digest) throw new Error(`${folder}: the bytes of ${digest} are others`);
  return bytes;
}

/** @param {string} folder @param {string | Buffer} content @param {string} mediaType @returns {Descriptor} */
function put(folder, content, mediaType) {
  const bytes = Buffer.from(content);
  const digest = digestOf(bytes);
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(folder, 'blobs', digest.replace(':', '/')), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** @param {Buffer} bytes */
function digestOf(bytes) {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
