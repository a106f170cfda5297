import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type MachineFile, machineFiles, takeFiles } from './machine-files.js';

/** An image to measure with. */
export interface ImageShape {
  readonly name: string;
  /** Uncompressed bytes of each layer. */
  readonly layers: readonly number[];
  /** Behind an index of two platforms, as images of public registries are. */
  readonly isIndexed?: boolean;
}

const OCI = 'application/vnd.oci.image';

/** An OCI layout of the image under the cache folder, made when it is not there yet. Returns the layout's folder. */
export async function imageLayout(shape: ImageShape, cache: string): Promise<string> {
  const layout = join(cache, `${shape.name}-${digestOf(JSON.stringify(shape)).slice(7, 19)}`);
  if (existsSync(layout)) return layout;
  const building = `${layout}.part`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(join(building, 'blobs/sha256'), { recursive: true });
  await writeImage(shape, building);
  renameSync(building, layout);
  return layout;
}

/** The digests of a layout's layers as they are stored, in order. */
export function layerDigests(layout: string): string[] {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  let { manifests, layers } = read(join(layout, 'index.json'));
  while (!layers) ({ manifests, layers } = read(blobPath(layout, manifests[0].digest)));
  return layers.map(({ digest }: Descriptor) => digest);
}

async function writeImage({ name, layers, isIndexed }: ImageShape, layout: string): Promise<void> {
  const files = machineFiles().values();
  const written: Layer[] = [];
  for (const size of layers) written.push(await writeLayer(takeFiles(files, size), layout));
  const manifest = writeManifest(written, 'amd64', layout);
  const entry = { ...manifest, platform: { os: 'linux', architecture: 'amd64' } };
  const other = { ...writeManifest(written, 'arm64', layout), platform: { os: 'linux', architecture: 'arm64' } };
  const indexType = `${OCI}.index.v1+json`;
  const root = isIndexed
    ? writeJson({ schemaVersion: 2, mediaType: indexType, manifests: [entry, other] }, indexType, layout)
    : manifest;
  const named = { ...root, annotations: { 'org.opencontainers.image.ref.name': name } };
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Layer {
  readonly descriptor: Descriptor;
  readonly diffId: string;
}

/** Packs files with tar and gzip's default level, as docker does. */
async function writeLayer(files: readonly MachineFile[], layout: string): Promise<Layer> {
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--hard-dereference'];
  const input = ['--absolute-names', '--no-recursion', '--null', '--verbatim-files-from', '--files-from=-'];
  const tar = spawn('tar', ['--create', '--format=gnu', ...owner, ...input], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(tar, 'exit');
  tar.stdin.end(files.map(({ path }) => path).join('\0'));
  const stored = createHash('sha256');
  const plain = createHash('sha256');
  const temporary = join(layout, 'layer');
  const counter = { bytes: 0 };
  await pipeline(
    tar.stdout,
    (source) => passing(source, plain),
    createGzip({ chunkSize: 256 * 1024 }),
    (source) => passing(source, stored, counter),
    createWriteStream(temporary),
  );
  const [code] = await exit;
  if (code !== 0) throw new Error(`tar ended with code ${code}`);
  const digest = `sha256:${stored.digest('hex')}`;
  renameSync(temporary, blobPath(layout, digest));
  const mediaType = `${OCI}.layer.v1.tar+gzip`;
  return { descriptor: { mediaType, digest, size: counter.bytes }, diffId: `sha256:${plain.digest('hex')}` };
}

async function* passing(source: AsyncIterable<Uint8Array>, hash: Hash, counter = { bytes: 0 }) {
  for await (const chunk of source) {
    hash.update(chunk);
    counter.bytes += chunk.length;
    yield chunk;
  }
}

function writeManifest(layers: readonly Layer[], architecture: string, layout: string): Descriptor {
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
  const history = layers.map((_, index) => ({ created: '1970-01-01T00:00:00Z', created_by: `layer ${index + 1}` }));
  const config = { created: '1970-01-01T00:00:00Z', architecture, os: 'linux', config: {}, rootfs, history };
  const mediaType = `${OCI}.manifest.v1+json`;
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: writeJson(config, `${OCI}.config.v1+json`, layout),
    layers: layers.map(({ descriptor }) => descriptor),
  };
  return writeJson(manifest, mediaType, layout);
}

function writeJson(value: unknown, mediaType: string, layout: string): Descriptor {
  const text = JSON.stringify(value);
  const digest = digestOf(text);
  writeFileSync(blobPath(layout, digest), text);
  return { mediaType, digest, size: Buffer.byteLength(text) };
}

/** Where a layout has a blob. */
export function blobPath(layout: string, digest: string): string {
  return join(layout, 'blobs', digest.replace(':', '/'));
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
