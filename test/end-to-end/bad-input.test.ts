import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type FaultyRegistry, registryError, startRegistry } from '../support/faulty-registry.js';
import type { Fault } from '../support/faulty-server.js';
import { type ImageContent, image, index } from '../support/images.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CONFIG = '{"architecture":"amd64","os":"linux"}';
const LAYER = Buffer.from('a layer of some bytes');
const GOOD = image({ config: CONFIG, layers: [{ bytes: LAYER }] });
const [CONFIG_DIGEST = '', LAYER_DIGEST = ''] = GOOD.blobs.keys();

const TROUBLE = /^(?:pullpin: warning: .+\n)*pullpin: (?!warning).+\n$/;

/** A registry that serves `example/image:1`. */
function serve(content: ImageContent = GOOD, ...faults: Fault[]): Promise<FaultyRegistry> {
  return startRegistry({ images: { 'example/image:1': content }, faults });
}

/** Runs pullpin and expects one line of trouble: no other but warnings, nothing on stdout or in the folder where it ran. */
async function expectTrouble(
  args: readonly string[],
  exitCode: number,
  words: readonly (string | RegExp)[],
): Promise<void> {
  const cwd = temporaryFolder();
  const run = await runPullpin(['pin', '--retries', '0', ...args], { cwd });
  expect(run).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(TROUBLE) });
  for (const word of words) expect(run.stderr).toMatch(word);
  expect(run.stderr).not.toMatch(/\bat .*\.js:\d+|undefined|\[object/);
  expect(readdirSync(cwd)).toEqual([]);
}

describe.concurrent('a registry that cannot be reached', () => {
  test('an unknown host', () => expectTrouble(['no-such-host.invalid/image:1'], 1, ['no-such-host.invalid']));

  test('a refused connection', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    await new Promise((resolve) => server.close(resolve));
    await expectTrouble([`${host}/example/image:1`], 1, [host, /refused/]);
  });
});

describe.concurrent('a registry that refuses', () => {
  const CASES: readonly (readonly [string, Fault, number, readonly (string | RegExp)[]])[] = [
    ['401', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }, 4, ['example/image', /log in/]],
    ['403', registryError(403, 'DENIED', 'requested access is denied'), 4, ['example/image', /private/]],
    [
      '404 for the repository',
      registryError(404, 'NAME_UNKNOWN', 'unknown'),
      5,
      ['example/image', /no such repository/],
    ],
    ['404 for the tag', registryError(404, 'MANIFEST_UNKNOWN', 'unknown'), 5, ['example/image:1', /no such tag/]],
    ['404 without a word', { status: 404, body: '' }, 5, ['example/image:1', /repository or tag/]],
    ['429', { status: 429, headers: { 'ratelimit-remaining': '0' } }, 6, [/too many requests/]],
    ['500', { status: 500, body: '<html>' }, 1, [/try again later/, '500']],
    ['503', { status: 503, headers: { 'retry-after': '3600' } }, 1, [/try again/, '503']],
  ];

  test.for(CASES)('%s', async ([, fault, exitCode, words]) => {
    const registry = await serve(GOOD, { on: 'manifests/1', ...fault });
    await expectTrouble([`${registry.host}/example/image:1`], exitCode, words);
  });
});

describe.concurrent('a manifest that is wrong', () => {
  const manifestOf = (fields: Readonly<Record<string, unknown>>) =>
    image({ config: CONFIG, layers: [], manifest: fields });

  test('is not JSON', async () => {
    const registry = await serve(GOOD, {
      on: 'manifests/1',
      body: '<html>',
      headers: { 'docker-content-digest': undefined },
    });
    await expectTrouble([`${registry.host}/example/image:1`], 1, [/JSON/]);
  });

  test.for([
    ['layers of another shape', { layers: {} }],
    ['layers of numbers', { layers: [1] }],
    ['no config', { config: undefined }],
    ['a config without a digest', { config: { mediaType: 'x', size: 1 } }],
    ['a text that is not a digest', { config: { mediaType: 'x', size: 1, digest: 'sha256:abc' } }],
  ] as const)('has %s', async ([, fields]) => {
    const registry = await serve(manifestOf(fields));
    await expectTrouble([`${registry.host}/example/image:1`], 1, [/manifest sha256:/]);
  });

  test('has another digest than was asked for', async () => {
    const registry = await serve(GOOD, { on: 'manifests/sha256', corrupt: true });
    await expectTrouble([`${registry.host}/example/image@${GOOD.root.digest}`], 1, [GOOD.root.digest]);
  });

  test('is of docker schema 1', async () => {
    const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
    const registry = await serve(GOOD, {
      on: 'manifests/1',
      body: '{"schemaVersion":1,"fsLayers":[],"history":[]}',
      headers: { 'content-type': type, 'docker-content-digest': undefined },
    });
    await expectTrouble([`${registry.host}/example/image:1`], 1, [/schema 1/]);
  });

  test('is an index without the platform, whose error lists those it has', async () => {
    const registry = await serve(index([{ image: GOOD, platform: { os: 'linux', architecture: 's390x' } }]));
    await expectTrouble([`${registry.host}/example/image:1`], 1, ['linux/amd64', 'linux/s390x']);
  });

  test('is an index whose image is gone', async () => {
    const registry = await serve(index([{ image: GOOD, platform: { os: 'linux', architecture: 'amd64' } }]));
    registry.remove(GOOD.root.digest);
    await expectTrouble([`${registry.host}/example/image:1`], 5, [GOOD.root.digest]);
  });
});

describe.concurrent('a blob that is wrong', () => {
  const CASES: readonly (readonly [string, string, Fault])[] = [
    ['a layer is other than described', LAYER_DIGEST, { corrupt: true }],
    ['a layer is shorter than described', LAYER_DIGEST, { body: gzipSync('short') }],
    ['a layer is longer than described', LAYER_DIGEST, { body: Buffer.concat([gzipSync(LAYER), Buffer.alloc(100)]) }],
    ['a layer is empty', LAYER_DIGEST, { body: '' }],
    ['the config is other than described', CONFIG_DIGEST, { body: CONFIG.replace('amd64', 'arm64') }],
    ['the config is longer than described', CONFIG_DIGEST, { body: `${CONFIG} ` }],
    ['the config is far too long', CONFIG_DIGEST, { body: Buffer.alloc(5 * 2 ** 20, ' ') }],
  ];

  test.for(CASES)('%s', async ([, digest, fault]) => {
    const registry = await serve(GOOD, { on: `blobs/${digest}`, ...fault });
    await expectTrouble([`${registry.host}/example/image:1`], 1, [digest]);
  });

  test('a layer is gone', async () => {
    const registry = await serve();
    registry.remove(LAYER_DIGEST);
    await expectTrouble([`${registry.host}/example/image:1`], 5, [LAYER_DIGEST]);
  });

  test('a layer breaks off every time', async () => {
    const registry = await serve(GOOD, { on: `blobs/${LAYER_DIGEST}`, cutAfter: 10 });
    await expectTrouble([`${registry.host}/example/image:1`], 1, ['example/image:1', /broke/]);
  });

  const stored = (bytes: Uint8Array) => image({ config: CONFIG, layers: [{ bytes, compression: 'none' }] });
  test.for([
    ['a corrupt gzip', stored(Buffer.concat([gzipSync(LAYER).subarray(0, 12), Buffer.alloc(20, 0xff)])), /gzip/],
    ['a gzip with rubbish behind it', stored(Buffer.concat([gzipSync(LAYER), Buffer.from('rubbish')])), /gzip/],
    ['a gzip with a wrong checksum', stored(withOtherByte(gzipSync(LAYER), -6)), /gzip|checksum/],
    ['a corrupt zstd', stored(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff])), /zstd/],
    ['bzip2', stored(Buffer.from('BZh91AY&SY')), /bzip2/],
    ['xz', stored(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00])), /xz/],
  ] as const)('a layer is %s', async ([, content, word]) => {
    const registry = await serve(content);
    await expectTrouble([`${registry.host}/example/image:1`], 1, [word, /sha256:/]);
  });

  test.for([
    ['is not JSON', 'hello', /JSON/],
    ['is JSON that is not an object', '[]', /config/],
    ['is cut', '{"os":', /JSON/],
  ] as const)('a config %s', async ([, config, word]) => {
    const registry = await serve(image({ config, layers: [{ bytes: LAYER }] }));
    await expectTrouble([`${registry.host}/example/image:1`], 1, [word]);
  });

  test("a config's size is not what the manifest says", async () => {
    const registry = await serve(image({ config: CONFIG, layers: [], configDescriptor: { size: 1 } }));
    await expectTrouble([`${registry.host}/example/image:1`], 1, [CONFIG_DIGEST, String(CONFIG.length)]);
  });

  test('an artifact is refused with the name of its kind', async () => {
    const helm = 'application/vnd.cncf.helm.config.v1+json';
    const registry = await serve(image({ config: '{}', layers: [], configDescriptor: { mediaType: helm } }));
    await expectTrouble([`${registry.host}/example/image:1`], 1, [/helm/i]);
  });
});

describe.concurrent('a command line that makes no sense', () => {
  test.for([
    ['no image', []],
    ['an image that is not a name', ['Hello World']],
    ['a tag in capitals of a name', ['registry.example/Hello:1']],
    ['an unknown option', ['registry.example/hello:1', '--no-such-option']],
    ['an unknown platform', ['registry.example/hello:1', '--platform', 'linux']],
    ['an unknown system', ['registry.example/hello:1', '--system', 'amiga']],
    ['an unknown hash attribute', ['registry.example/hello:1', '--hash-attr', 'md5']],
    ['an option twice', ['registry.example/hello:1', '--final-tag', '1', '--final-tag', '2']],
    ['an option without its value', ['registry.example/hello:1', '--final-tag']],
    ['a text that is not a function', ['registry.example/hello:1', '--function', 'a b']],
    ['an indent out of range', ['registry.example/hello:1', '--indent', '41']],
    ['a layout that is not named', ['registry.example/hello:1', '--from', 'docker:x']],
  ] as const)('%s', async ([, args]) => {
    const { exitCode, stdout, stderr } = await runPullpin(['pin', ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^pullpin: [^\n]+\n/);
  });
});

describe.concurrent('files', () => {
  test('a template with a mistake gives its file and line', async () => {
    const registry = await serve();
    const template = join(temporaryFolder(), 'mine.hbs');
    writeFileSync(template, 'one\ntwo {{#if tag}}\nthree');
    await expectTrouble([`${registry.host}/example/image:1`, '--template', template], 1, [/mine\.hbs:[23]/]);
  });

  test('a template with a value that does not exist', async () => {
    const registry = await serve();
    const template = join(temporaryFolder(), 'mine.hbs');
    writeFileSync(template, 'one\n{{noSuchThing}}\n');
    await expectTrouble([`${registry.host}/example/image:1`, '--template', template], 1, [/mine\.hbs/, 'noSuchThing']);
  });

  test('a template that does not exist', async () => {
    await expectTrouble(['registry.example/hello:1', '--template', './none.hbs'], 2, [/none\.hbs/]);
  });

  test('an output file that cannot be written', async () => {
    const registry = await serve();
    const folder = join(temporaryFolder(), 'folder');
    mkdirSync(folder);
    await expectTrouble([`${registry.host}/example/image:1`, '--output', folder], 1, [folder]);
    await expectTrouble([`${registry.host}/example/image:1`, '--output', join(folder, 'none/block.nix')], 1, [folder]);
    expect(readdirSync(folder)).toEqual([]);
    chmodSync(folder, 0o700);
  });

  test('an output file is left as it was when the pin fails', async () => {
    const registry = await serve(GOOD, { on: 'blobs/', corrupt: true });
    const folder = temporaryFolder();
    await expectTrouble([`${registry.host}/example/image:1`, '--output', join(folder, 'block.nix')], 1, [/sha256:/]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a folder that is not a layout, or a damaged layout', async () => {
    const folder = temporaryFolder();
    await expectTrouble(['registry.example/hello:1', '--from', `oci:${folder}`], 1, [folder]);
    writeFileSync(join(folder, 'index.json'), '{"schemaVersion":2,"manifests":[]}');
    await expectTrouble(['registry.example/hello:1', '--from', `oci:${folder}`], 1, [folder]);
  });
});

test('one failure of several loses nothing of the others, and is not a success', async () => {
  const registry = await serve();
  const name = `${registry.host}/example/image`;
  const { stdout, stderr, exitCode } = await runPullpin(['pin', `${name}:1`, `${name}:none`, `${name}:1`]);
  expect(stdout.match(/dockerTools\.pullImage \{/g)).toHaveLength(2);
  expect(stderr).toContain(`${name}:none`);
  expect(exitCode).toBe(5);
});

function withOtherByte(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes);
  const position = copy.length + at;
  copy[position] = (copy[position] ?? 0) ^ 1;
  return copy;
}
