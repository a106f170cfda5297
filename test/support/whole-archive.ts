import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { ImageContent } from './images.js';

// What src/prefetch does while it streams, done as plainly as can be: everything in memory, no hints, no shared code. It takes images
// that are well-formed, and throws for those that skopeo refuses.

interface Stored {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

/** The whole docker-archive of an image. */
export function wholeArchive(content: ImageContent, name: string, tag: string): Uint8Array {
  const { config, layers } = JSON.parse(content.root.bytes.toString()) as { config: Stored; layers: Stored[] };
  const files = new Map<string, Uint8Array>();
  const diff = layers.map((layer) => {
    const isZstd = /^application\/vnd\.oci\..*\+zstd$/.test(layer.mediaType);
    if (files.has(layer.digest) && !isZstd) return layer.digest;
    const bytes = blobOf(content, layer.digest);
    const plain = isDecompressed(layer.mediaType) ? decompressed(bytes) : bytes;
    const digest = plain === bytes ? layer.digest : `sha256:${sha256(plain)}`;
    files.set(digest, files.get(digest) ?? plain);
    return digest;
  });
  if (files.has(config.digest)) throw new Error('the config is a layer');
  const isUnchanged = layers.every(({ digest }, at) => diff[at] === digest);
  if (isUnchanged && layers.some(({ mediaType }) => mediaType.endsWith('tar+zstd')))
    throw new Error('zstd in name only');

  const configFile = `${config.digest.slice(7)}.json`;
  const legacy = diff.length === 0 ? [] : legacyLayers(diff, blobOf(content, config.digest));
  const last = legacy.at(-1)?.id;
  return Buffer.concat([
    ...[...files].map(([digest, bytes]) => file(`${digest.slice(7)}.tar`, bytes)),
    file(configFile, blobOf(content, config.digest)),
    ...legacy.flatMap(({ id, json }, at) => [
      header(`${id}/layer.tar`, 0, `../${diff[at]?.slice(7)}.tar`),
      file(`${id}/VERSION`, Buffer.from('1.0')),
      file(`${id}/json`, json),
    ]),
    file(
      'manifest.json',
      Buffer.from(
        `[{"Config":"${configFile}","RepoTags":["${name}:${tag}"],"Layers":[${diff.map((digest) => `"${digest.slice(7)}.tar"`)}]}]`,
      ),
    ),
    file('repositories', Buffer.from(last === undefined ? '{}' : `{"${name}":{"${tag}":"${last}"}}`)),
    Buffer.alloc(1024),
  ]);
}

/** The whole NAR of the folder that `skopeo copy … dir:` writes. */
export function wholeNar(content: ImageContent): Uint8Array {
  const { config, layers } = JSON.parse(content.root.bytes.toString()) as { config: Stored; layers: Stored[] };
  const files = new Map<string, Uint8Array>([
    ...[config, ...layers].map(({ digest }) => [digest.slice(7), blobOf(content, digest)] as const),
    ['manifest.json', content.root.bytes],
    ['version', Buffer.from('Directory Transport Version: 1.1\n')],
  ]);
  const entries = [...files.keys()].sort().map((name) => {
    const node = ['(', 'type', 'regular', 'contents', files.get(name) ?? '', ')'];
    return strings('entry', '(', 'name', name, 'node', ...node, ')');
  });
  return Buffer.concat([strings('nix-archive-1', '(', 'type', 'directory'), ...entries, strings(')')]);
}

function strings(...values: (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.from(value);
      const framed = Buffer.alloc(8 + Math.ceil(bytes.length / 8) * 8);
      framed.writeBigUInt64LE(BigInt(bytes.length));
      bytes.copy(framed, 8);
      return framed;
    }),
  );
}

function blobOf(content: ImageContent, digest: string): Uint8Array {
  const bytes = (content.blobs as ReadonlyMap<string, Uint8Array>).get(digest);
  if (!bytes) throw new Error(`no blob ${digest}`);
  return bytes;
}

function isDecompressed(mediaType: string): boolean {
  return /^application\/vnd\.(oci\.image\.layer\.|docker\.image\.rootfs\.(foreign\.)?diff\.tar(\.gzip)?$)/.test(
    mediaType,
  );
}

function decompressed(bytes: Uint8Array): Uint8Array {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (magic.startsWith('1f8b08')) return gunzipSync(bytes);
  if (magic === '28b52ffd') return execFileSync('zstd', ['-dcq'], { input: bytes, maxBuffer: 2 ** 28 });
  return bytes;
}

function legacyLayers(diff: readonly string[], config: Uint8Array): { id: string; json: Uint8Array }[] {
  const fromConfig = configMembers(Buffer.from(config).toString('latin1'));
  let [chain, parent] = ['', ''];
  return diff.map((digest, at) => {
    chain = at === 0 ? digest : `sha256:${sha256(`${chain} ${digest}`)}`;
    const members: Record<string, string> = at === diff.length - 1 ? { ...fromConfig } : {};
    if (at > 0) members['parent'] = `"${parent}"`;
    const id = sha256(object({ ...members, layer_id: `"${chain}"` }));
    parent = id;
    return { id, json: object({ ...members, id: `"${id}"` }) };
  });
}

const KEYS = ['architecture', 'config', 'container', 'container_config', 'created', 'docker_version', 'os'];
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** The seven members that docker knew, each as Go would write it; the text has a character for each byte. */
function configMembers(text: string): Record<string, string> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error('no object');
  const members = Object.fromEntries(KEYS.map((key) => [key, 'null']));
  let [depth, key] = [0, ''];
  for (const [at, token] of (text.match(TOKENS) ?? []).entries()) {
    if (/^[}\]]/.test(token)) depth -= 1;
    const isBetween = depth === 0 || (depth === 1 && token === ',');
    if (depth === 1 && key === '' && token.startsWith('"')) key = `${at} ${JSON.parse(token)}`;
    else if (isBetween) key = '';
    else if (depth === 1 && token === ':') members[nameOf(key)] = '';
    else if (key !== '') members[nameOf(key)] += token;
    if (/^[{[]/.test(token)) depth += 1;
  }
  return Object.fromEntries(KEYS.map((name) => [name, goText(members[name] ?? 'null')]));
}

function nameOf(key: string): string {
  return key.slice(key.indexOf(' ') + 1);
}

function goText(text: string): string {
  const escapes: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };
  return text
    .replace(/[<>&]/g, (letter) => escapes[letter] ?? '')
    .replaceAll('\u00e2\u0080\u00a8', '\\u2028')
    .replaceAll('\u00e2\u0080\u00a9', '\\u2029');
}

function object(members: Record<string, string>): Uint8Array {
  const parts = Object.keys(members)
    .sort()
    .map((key) => `"${key}":${members[key]}`);
  return Buffer.from(`{${parts.join(',')}}`, 'latin1');
}

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function file(name: string, data: Uint8Array): Uint8Array {
  return Buffer.concat([header(name, data.length), data, Buffer.alloc(-data.length & 511)]);
}

function header(name: string, size: number, link?: string): Uint8Array {
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  const fields = [
    name.padEnd(100, '\0'),
    octal(link === undefined ? 0o444 : 0, 7),
    octal(0, 7),
    octal(0, 7),
    octal(size, 11),
    octal(0, 11),
    ' '.repeat(8),
    link === undefined ? '0' : '2',
    (link ?? '').padEnd(100, '\0'),
    'ustar\x0000',
    '\0'.repeat(64),
    octal(0, 7),
    octal(0, 7),
    '\0'.repeat(167),
  ];
  const block = Buffer.from(fields.join(''), 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)} `, 148, 'latin1');
  return block;
}
