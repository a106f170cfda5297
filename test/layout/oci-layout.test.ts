import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { LayoutError } from '../../src/layout/layout-files.js';
import { parseLayoutReference } from '../../src/layout/layout-reference.js';
import { openOciLayout } from '../../src/layout/oci-layout.js';
import { parseManifest } from '../../src/oci/manifest.js';
import { BlobMismatchError, digestOf } from '../../src/oci/verified.js';
import { image, index, OCI } from '../support/images.js';
import { writeLayout } from '../support/oci-layout.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CONFIG = '{"architecture":"amd64","os":"linux"}';
const LAYER = Buffer.from('hello\n');
const ONE = image({ config: CONFIG, layers: [{ bytes: LAYER, compression: 'none' }] });
const TWO = image({ kind: 'docker', config: CONFIG, layers: [] });
const LAYER_DESCRIPTOR = { digest: digestOf(LAYER), mediaType: '', size: LAYER.length };

function layout(images = { '1': ONE } as Parameters<typeof writeLayout>[1]): string {
  const folder = temporaryFolder();
  writeLayout(folder, images);
  return folder;
}

function pathOf(folder: string, digest: string): string {
  return join(folder, 'blobs/sha256', digest.slice(7));
}

async function bytesOf(blob: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of blob) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('oci:FOLDER[:TAG]', () => {
  test.each([
    ['oci:a', { folder: 'a' }],
    ['oci:a/b:1', { folder: 'a/b', tag: '1' }],
    ['oci:/a:b:c', { folder: '/a', tag: 'b:c' }],
  ])('%s', (text, reference) => {
    expect(parseLayoutReference(text)).toEqual(reference);
  });

  test.each(['', 'oci:', 'oci::1', 'oci:a:', 'a', 'docker-archive:a', 'dir:a'])(
    '%j is not a layout reference',
    (text) => {
      expect(() => parseLayoutReference(text)).toThrow(UsageError);
    },
  );
});

describe('which image is opened', () => {
  test('the only one with any tag, or the one with the given tag', async () => {
    expect((await openOciLayout({ folder: layout() })).digest).toBe(ONE.root.digest);
    const folder = layout({ '1': ONE, '2': TWO });
    expect((await openOciLayout({ folder, tag: '2' })).digest).toBe(TWO.root.digest);
    expect((await openOciLayout({ folder: layout({ '1': ONE, '2': ONE }) })).digest).toBe(ONE.root.digest);
  });

  test('several without a tag are listed, and the user is asked', async () => {
    const folder = layout({ '1': ONE, '': TWO });
    const failure = openOciLayout({ folder });
    await expect(failure).rejects.toThrow(UsageError);
    await expect(failure).rejects.toThrow(`write --from oci:${folder}:TAG with one of 1, ${TWO.root.digest}`);
  });

  test('a tag that does not exist is reported with those that do; so is an empty layout', async () => {
    await expect(openOciLayout({ folder: layout(), tag: '3' })).rejects.toThrow("it has no image '3'; there are: 1");
    await expect(openOciLayout({ folder: layout({}) })).rejects.toThrow('it holds no image');
  });
});

test('manifests and blobs are read, with the media type from the descriptor that points at them', async () => {
  const content = index([
    { image: ONE, platform: { os: 'linux', architecture: 'amd64' } },
    { image: TWO, platform: { os: 'linux', architecture: 'arm64' } },
  ]);
  const folder = layout({ '1': content });
  const { source, digest } = await openOciLayout({ folder });
  expect(source.tlsVerify).toBe(true);
  expect(await source.resolve('1')).toBe(content.root.digest);
  const root = await source.manifest(digest);
  expect(root).toEqual({ ...content.root, bytes: Buffer.from(content.root.bytes) });
  expect(await source.manifest('1')).toEqual(root);
  for (const child of [ONE, TWO]) expect(parseManifest(await source.manifest(child.root.digest)).type).toBe('image');
  expect(await bytesOf(source.blob(LAYER_DESCRIPTOR))).toBe('hello\n');
  expect(Buffer.from((await source.blobEnd(LAYER_DESCRIPTOR, 4)) ?? []).toString()).toBe('llo\n');
  expect(Buffer.from((await source.blobEnd(LAYER_DESCRIPTOR, 40)) ?? []).toString()).toBe('hello\n');
});

describe('the error for a damaged layout says what is wrong', () => {
  test.each<[string, (folder: string) => void, RegExp]>([
    ['no index', (folder) => rmSync(join(folder, 'index.json')), /index\.json is missing/],
    [
      'an index that is not JSON',
      (folder) => writeFileSync(join(folder, 'index.json'), '{'),
      /index\.json is not what .*not valid JSON/,
    ],
    [
      'an index of another kind',
      (folder) => writeFileSync(join(folder, 'index.json'), '{"layers":[]}'),
      /index\.json .*'layers' belongs to another kind/,
    ],
    [
      'an index that is too large',
      (folder) => writeFileSync(join(folder, 'index.json'), Buffer.alloc(4 * 1024 * 1024 + 1, ' ')),
      /larger than 4 MiB/,
    ],
    [
      'a folder in place of the index',
      (folder) => {
        rmSync(join(folder, 'index.json'));
        mkdirSync(join(folder, 'index.json'));
      },
      /index\.json is not a regular file/,
    ],
    [
      'a link in place of the index',
      (folder) => {
        rmSync(join(folder, 'index.json'));
        symlinkSync('oci-layout', join(folder, 'index.json'));
      },
      /is a link, and links are not followed/,
    ],
    [
      'a pipe in place of the index',
      (folder) => {
        rmSync(join(folder, 'index.json'));
        execFileSync('mkfifo', [join(folder, 'index.json')]);
      },
      /index\.json is not a regular file/,
    ],
    [
      'a missing manifest',
      (folder) => rmSync(pathOf(folder, ONE.root.digest)),
      /blobs\/sha256\/[0-9a-f]{64} is missing/,
    ],
  ])('%s', async (_, damage, words) => {
    const folder = layout();
    damage(folder);
    const reading = openOciLayout({ folder }).then(({ source, digest }) => source.manifest(digest));
    await expect(reading).rejects.toThrow(LayoutError);
    await expect(reading).rejects.toThrow(words);
    await expect(reading).rejects.toThrow(`OCI layout ${folder}: `);
  });

  test('a tarball, or a folder that does not exist', async () => {
    const file = join(temporaryFolder(), 'image.tar');
    writeFileSync(file, '');
    await expect(openOciLayout({ folder: file })).rejects.toThrow(/it is a file, not a folder: unpack it, .*tar=false/);
    await expect(openOciLayout({ folder: `${file}.gone` })).rejects.toThrow('there is no such folder');
  });

  test('blobs: a missing one, a folder, a link out of the layout, a manifest that was changed', async () => {
    const folder = layout();
    const { source, digest } = await openOciLayout({ folder });
    const blob = pathOf(folder, LAYER_DESCRIPTOR.digest);
    rmSync(blob);
    await expect(bytesOf(source.blob(LAYER_DESCRIPTOR))).rejects.toThrow('is missing');
    mkdirSync(blob);
    await expect(bytesOf(source.blob(LAYER_DESCRIPTOR))).rejects.toThrow('is not a regular file');
    rmSync(blob, { recursive: true });
    symlinkSync('/etc/hostname', blob);
    await expect(bytesOf(source.blob(LAYER_DESCRIPTOR))).rejects.toThrow('links are not followed');
    await expect(source.blobEnd(LAYER_DESCRIPTOR, 4)).rejects.toThrow('links are not followed');
    writeFileSync(pathOf(folder, digest), `${readFileSync(pathOf(folder, digest))} `);
    await expect(source.manifest(digest)).rejects.toThrow(BlobMismatchError);
  });

  test('an index that names no media type, or no digest', async () => {
    const folder = layout();
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ manifests: [{ digest: ONE.root.digest }] }));
    const { source, digest } = await openOciLayout({ folder });
    expect(() => parseManifest({ ...ONE.root, mediaType: '' })).toThrow('no media type');
    expect((await source.manifest(digest)).mediaType).toBe('');
    writeFileSync(
      join(folder, 'index.json'),
      JSON.stringify({ manifests: [{ digest: '../../x', mediaType: OCI.manifest }] }),
    );
    await expect(openOciLayout({ folder })).rejects.toThrow(
      "index.json lists an image by '../../x', which is not a sha256 digest",
    );
  });
});

test('a layout behind a link is a layout, and an interruption ends the reading', async () => {
  const link = join(temporaryFolder(), 'link');
  symlinkSync(layout(), link);
  const abort = new AbortController();
  const { source } = await openOciLayout({ folder: link }, { signal: abort.signal });
  expect(await bytesOf(source.blob(LAYER_DESCRIPTOR))).toBe('hello\n');
  abort.abort();
  await expect(bytesOf(source.blob(LAYER_DESCRIPTOR))).rejects.toThrow('aborted');
});
