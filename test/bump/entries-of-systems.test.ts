// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { afterAll, describe, expect, test } from 'vitest';
import { type BumpSettings, planBump } from '../../src/bump/plan.js';
import { createRenderer } from '../../src/nix/render/render.js';
import { pinImage } from '../../src/pin/pin.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { type ImageContent, image, index } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const { host } = registry;
const client = createRegistryClient();
afterAll(() => client.close());

/** An index whose images have a layer of their own and one that all share. */
function indexOf(text: string, ...architectures: readonly string[]): ImageContent {
  return index(
    architectures.map((architecture) => ({
      image: image({
        config: `{"architecture":"${architecture}","os":"linux"}`,
        layers: ['base', `${text} ${architecture}`].map((each) => ({ bytes: Buffer.from(each) })),
      }),
      platform: { os: 'linux', architecture },
    })),
  );
}

const OLD = indexOf('old', 'amd64', 'arm64');
for (const [name, now] of [
  ['both', indexOf('new', 'amd64', 'arm64')],
  ['many', indexOf('many', 'amd64', 'arm64', 's390x', '386')],
  ['without', indexOf('without', 'amd64', 's390x')],
] as const) {
  registry.add(`${name}:old`, OLD);
  registry.add(`${name}:1`, now);
}
const old = OLD.root.digest;

async function plan(files: Readonly<Record<string, string>>, settings: Partial<BumpSettings> = {}) {
  const pinFiles = { files: Object.entries(files).map(([path, text]) => ({ path, text })) };
  const done = await planBump(pinFiles, { registries: client, temporaryFolder: temporaryFolder(), ...settings });
  const after = Object.fromEntries(done.files.map((file) => [file.path, file.after]));
  return { ...done, after: { ...files, ...after }, codes: done.problems.map(({ code }) => code).toSorted() };
}

/** What a template writes for some platforms of an image. */
async function written(template: string, name: string, platforms: readonly string[], tag: string): Promise<string> {
  const source = { source: client.repository({ registry: host, repository: name }) };
  const pins = await Promise.all(
    platforms.map((platform) =>
      pinImage(`${host}/${name}:${tag}`, { from: source, platform, finalTag: '1', temporaryFolder: temporaryFolder() }),
    ),
  );
  return (await createRenderer({ template, hashAttribute: 'hash' })).render(pins);
}

const BOTH = ['linux/amd64', 'linux/arm64'];

describe('entries that one file has for several systems move together', () => {
  test.each(['flake', 'layered'])('as the template %s writes them', async (template) => {
    const both = await plan({ 'a.nix': await written(template, 'both', BOTH, 'old') });
    expect(both.codes).toEqual([]);
    expect(both.after['a.nix']).toBe(await written(template, 'both', BOTH, '1'));
    const text = await written(template, 'without', BOTH, 'old');
    const without = await plan({ 'a.nix': text });
    expect(without.after['a.nix']).toBe(text);
    expect(without.codes).toEqual(['alone', 'failure']);
    expect(without.problems.find(({ code }) => code === 'alone')?.message).toBe(
      'it stays as it is, because its values for aarch64-linux cannot be changed and all systems change together: correct aarch64-linux first',
    );
  });

  const entry = (name: string, system: string, more = '') =>
    `${system}.web = dockerTools.pullImage { imageName = "${host}/${name}"; imageDigest = "${old}"; hash = ""; finalImageTag = "1"; ${more}};`;

  test.each([
    ['by the name of the system', ['x86_64-linux', 'aarch64-linux']],
    ['by the name of the architecture', ['amd64', 'arm64']],
    ['by the name of the platform', ['"linux/amd64"', '"linux/arm64"']],
  ])('as people write them, %s', async (_, [amd64 = '', arm64 = '']) => {
    const text = (name: string) => `{ dockerTools }: {\n  ${entry(name, amd64)}\n  ${entry(name, arm64)}\n}\n`;
    expect((await plan({ 'a.nix': text('both') })).changes).toHaveLength(2);
    expect(await plan({ 'a.nix': text('without') })).toMatchObject({ changes: [], codes: ['alone', 'failure'] });
  });

  test('but not pins of other names, and not without those that are frozen', async () => {
    const other = entry('without', 'aarch64-linux').replace('.web', '.other');
    const apart = `{ dockerTools }: {\n  ${entry('without', 'x86_64-linux')}\n  ${other}\n}\n`;
    expect(await plan({ 'a.nix': apart })).toMatchObject({ changes: [{}], codes: ['failure'] });
    const frozen = `{ dockerTools }: {\n  ${entry('both', 'x86_64-linux')}\n  # pullpin: freeze\n  ${entry('both', 'aarch64-linux')}\n}\n`;
    expect(await plan({ 'a.nix': frozen })).toMatchObject({ changes: [{}], codes: [] });
  });
});

describe('--systems all', () => {
  test('gives layered pins the entries that the template would have written, and takes others away', async () => {
    const many = await plan({ 'a.nix': await written('layered', 'many', BOTH, 'old') }, { systems: 'all' });
    expect(many.codes).toEqual([]);
    const all = [...BOTH, 'linux/s390x', 'linux/386'];
    expect(many.after['a.nix']).toBe(await written('layered', 'many', all, '1'));
    expect((await plan(many.after, { systems: 'all' })).changes).toEqual([]);
    const without = await plan({ 'a.nix': await written('layered', 'without', BOTH, 'old') }, { systems: 'all' });
    expect(without.codes).toEqual([]);
    expect(without.after['a.nix']).toBe(await written('layered', 'without', ['linux/amd64', 'linux/s390x'], '1'));
  });

  const call = (name: string, table: string, key: string) =>
    `{ dockerTools, stdenv, lib }:\ndockerTools.pullImage ({ imageName = "${host}/${name}"; finalImageTag = "1"; } // (${table}).\${${key}})\n`;
  const keysIn = (text = '') => [...text.matchAll(/^ *("?[\w/-]+"?)(?: =|:) \{/gm)].map(([, key]) => key);

  test.each([
    ['architectures', ['amd64', 'arm64'], 'stdenv.hostPlatform.go.GOARCH', ['s390x', '"386"']],
    ['processors', ['x86_64', 'aarch64'], 'stdenv.hostPlatform.parsed.cpu.name', ['s390x', 'i686']],
    [
      'platforms',
      ['"linux/amd64"', '"linux/arm64"'],
      '"linux/${stdenv.hostPlatform.go.GOARCH}"',
      ['"linux/s390x"', '"linux/386"'],
    ],
    [
      'platforms with a dash',
      ['linux-amd64', 'linux-arm64'],
      '"linux-${stdenv.hostPlatform.go.GOARCH}"',
      ['linux-s390x', 'linux-386'],
    ],
  ])('knows keys that are %s', async (_, keys, key, added) => {
    const table = `{\n${keys.map((each) => `    ${each} = { imageDigest = "${old}"; hash = ""; };\n`).join('')}  }`;
    const done = await plan({ 'a.nix': call('many', table, key) }, { systems: 'all' });
    expect(done.codes).toEqual([]);
    expect(keysIn(done.after['a.nix'])).toEqual([...keys, ...added]);
    expect(new Set(done.after['a.nix']?.match(/sha256-.{44}/g)).size).toBe(4);
    const fewer = await plan({ 'a.nix': call('without', table, key) }, { systems: 'all' });
    expect(keysIn(fewer.after['a.nix'])).toEqual([keys[0], added[0]]);
    expect((await plan(done.after, { systems: 'all' })).changes).toEqual([]);
  });

  const json = (newline: string, ...systems: readonly string[]) =>
    [
      '{',
      ...systems.map(
        (system, at) => `  "${system}": { "imageDigest": "${old}", "hash": "" }${at < systems.length - 1 ? ',' : ''}`,
      ),
      '}',
      '',
    ].join(newline);

  test.each([
    ['on lines', json('\n', 'x86_64-linux', 'aarch64-linux')],
    ['on lines of Windows', json('\r\n', 'x86_64-linux', 'aarch64-linux')],
    ['in another order', json('\n', 'aarch64-linux', 'x86_64-linux')],
    ['on one line', json(' ', 'x86_64-linux', 'aarch64-linux')],
    ['among others', `{"a": 1, "web": ${json('\n', 'x86_64-linux', 'aarch64-linux').trim()}, "b": [2, 3]}`],
  ])('changes a table in a JSON file, %s', async (_, table) => {
    const read = table.includes('"web"') ? '(lib.importJSON ./images.json).web' : 'lib.importJSON ./images.json';
    const nix = (name: string) => call(name, read, 'stdenv.hostPlatform.system');
    const many = await plan({ 'a.nix': nix('many'), 'images.json': table }, { systems: 'all' });
    expect(many.codes).toEqual([]);
    const [before, after] = [table, many.after['images.json'] ?? ''].map((text) => JSON.parse(text));
    const systemsOf = (value: { web?: object }) => Object.keys(value.web ?? value);
    expect(systemsOf(after)).toEqual([...systemsOf(before), 's390x-linux', 'i686-linux']);
    expect({ a: after.a, b: after.b }).toEqual({ a: before.a, b: before.b });
    expect(many.after['images.json']?.includes('\r\n')).toBe(table.includes('\r\n'));
    if (!table.includes('web') && table.includes('\n'))
      expect(many.after['images.json']?.split(/\r?\n/)).toHaveLength(table.split(/\r?\n/).length + 2);
    const without = await plan({ 'a.nix': nix('without'), 'images.json': table }, { systems: 'all' });
    expect(without.codes).toEqual([]);
    expect(systemsOf(JSON.parse(without.after['images.json'] ?? ''))).toEqual(['x86_64-linux', 's390x-linux']);
    expect((await plan(without.after, { systems: 'all' })).changes).toEqual([]);
  });
});
