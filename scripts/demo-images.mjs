// The images of the demo: small, for two platforms, and the same bytes on every machine, because nothing in them is compressed.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HELLO = fileURLToPath(new URL('../fixtures/images/hello/', import.meta.url));
const OCI = 'application/vnd.oci.image';
const ARCHITECTURES = ['amd64', 'arm64'];

/**
 * The releases of each repository, oldest first: version, day on which it was made, and the tags that it has now. A release without a tag can
 * still be pulled by its digest, as in a real registry.
 *
 * @type {Readonly<Record<string, readonly (readonly [version: string, created: string, tags: readonly string[]])[]>>}
 */
const RELEASES = {
  'docker.io/library/redis': [
    ['7.2.7', '2026-01-20', ['7.2', '7.2.7']],
    ['7.4.1', '2026-02-03', ['7.4.1']],
    ['7.4.2', '2026-10-06', ['7.4', '7.4.2']],
    ['7.6.0', '2026-10-20', ['7.6', '7.6.0', '7']],
    ['8.0.1', '2026-11-03', ['8.0', '8.0.1', 'latest']],
  ],
  'docker.io/library/nginx': [
    ['1.27.1', '2026-02-17', ['1.27.1']],
    ['1.27.4', '2026-09-08', ['1.27', '1.27.4']],
    ['1.29.0', '2026-10-13', ['1.29', '1.29.0', 'latest']],
  ],
  'docker.io/library/postgres': [
    ['16.4', '2026-03-03', ['16.4', '16.4-alpine']],
    ['16.6', '2026-09-15', ['16', '16.6', '16.6-alpine']],
    ['17.2', '2026-11-10', ['17', '17.2', '17.2-alpine', 'latest']],
  ],
  'ghcr.io/acme/web': [
    ['1.27.0', '2026-01-12', []],
    ['1.27.3', '2026-04-07', ['1.27', '1.27.3']],
    ['1.29.1', '2026-10-27', ['1.29', '1.29.1', 'main', 'latest']],
  ],
  'quay.io/team/app': [['1.2.0', '2026-05-05', ['1.2']]],
};

/** What a registry keeps of one repository, by digest and by tag. */
export class Repository {
  /** @type {Map<string, { bytes: Buffer, mediaType: string }>} */
  contents = new Map();
  /** @type {Map<string, string>} */
  tags = new Map();

  /** @param {string | Uint8Array} content @param {string} mediaType */
  add(content, mediaType) {
    const bytes = Buffer.from(content);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    this.contents.set(digest, { bytes, mediaType });
    return { mediaType, digest, size: bytes.length };
  }
}

/** All repositories of the demo, by the name that a user types. @returns {Map<string, Repository>} */
export function demoRepositories() {
  const made = Object.entries(RELEASES).map(([name, releases]) => {
    const repository = new Repository();
    for (const [version, created, tags] of releases) {
      const { digest } = addRelease(repository, name, version, created);
      for (const tag of tags) repository.tags.set(tag, digest);
    }
    return /** @type {const} */ ([name, repository]);
  });
  return new Map([...made, ['registry.example/hello', hello()]]);
}

/** @param {Repository} repository @param {string} name @param {string} version @param {string} created */
function addRelease(repository, name, version, created) {
  const manifests = ARCHITECTURES.map((architecture) => {
    const layers = [
      tar('etc/os-release', 'NAME="Demo"\nVERSION_ID="1"\n'),
      tar('bin/run', `#!/bin/sh\necho "${name} ${version} on ${architecture}"\n`),
    ];
    const config = repository.add(configOf(name, version, created, architecture, layers), `${OCI}.config.v1+json`);
    const type = `${OCI}.manifest.v1+json`;
    const stored = layers.map((layer) => repository.add(layer, `${OCI}.layer.v1.tar`));
    const manifest = json({ schemaVersion: 2, mediaType: type, config, layers: stored });
    return { ...repository.add(manifest, type), platform: { architecture, os: 'linux' } };
  });
  const type = `${OCI}.index.v1+json`;
  return repository.add(json({ schemaVersion: 2, mediaType: type, manifests }), type);
}

/** @param {string} name @param {string} version @param {string} day @param {string} architecture @param {readonly Buffer[]} layers */
function configOf(name, version, day, architecture, layers) {
  const created = `${day}T12:00:00Z`;
  const labels = {
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.source': `https://github.com/acme/${name.split('/').at(-1)}`,
    'org.opencontainers.image.revision': createHash('sha1').update(`${name} ${version}`).digest('hex'),
  };
  const ids = layers.map((layer) => `sha256:${createHash('sha256').update(layer).digest('hex')}`);
  return json({
    created,
    architecture,
    os: 'linux',
    config: { Entrypoint: ['/bin/run'], Labels: labels },
    rootfs: { type: 'layers', diff_ids: ids },
    history: ids.map(() => ({ created, created_by: 'COPY rootfs /' })),
  });
}

/** The sample image of fixtures/images, as tags 1 and 1.0. */
function hello() {
  const repository = new Repository();
  const add = (/** @type {{ digest: string, mediaType: string }} */ { digest, mediaType }) => {
    const bytes = readFileSync(`${HELLO}blobs/${digest.replace(':', '/')}`);
    repository.contents.set(digest, { bytes, mediaType });
    if (!mediaType.endsWith('json') || mediaType.includes('config')) return;
    const { manifests = [], config, layers = [] } = JSON.parse(bytes.toString('utf8'));
    for (const each of [...manifests, ...(config ? [config] : []), ...layers]) add(each);
  };
  const [root] = JSON.parse(readFileSync(`${HELLO}index.json`, 'utf8')).manifests;
  add(root);
  for (const tag of ['1', '1.0']) repository.tags.set(tag, root.digest);
  return repository;
}

/** A ustar archive of one text file with all times zero. @param {string} path @param {string} text */
function tar(path, text) {
  const header = Buffer.alloc(512);
  const fields = [
    path,
    '0000755\0',
    '0000000\0',
    '0000000\0',
    octal(text.length),
    octal(0),
    '        0',
    '',
    'ustar\x0000',
  ];
  const offsets = [0, 100, 108, 116, 124, 136, 148, 157, 257];
  for (const [at, field] of fields.entries()) header.write(field, offsets[at] ?? 0);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, Buffer.from(text), Buffer.alloc(-text.length & 511), Buffer.alloc(1024)]);
}

/** @param {number} number */
function octal(number) {
  return `${number.toString(8).padStart(11, '0')}\0`;
}

/** @param {unknown} value */
function json(value) {
  return JSON.stringify(value);
}
