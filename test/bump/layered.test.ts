import { afterAll, describe, expect, test } from 'vitest';
import { type BumpSettings, planBump } from '../../src/bump/plan.js';
import { listPins } from '../../src/list/list-pins.js';
import { createRenderer } from '../../src/nix/render/render.js';
import { pinImage } from '../../src/pin/pin.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { type ImageContent, image, index, type LayerDescription } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const { host } = registry;
const client = createRegistryClient();
const template = await createRenderer({ template: 'layered', hashAttribute: 'hash' });
afterAll(() => client.close());

const layer = (text: string): LayerDescription => ({ bytes: Buffer.from(text) });
const of = (architecture: string, ...layers: readonly LayerDescription[]): ImageContent =>
  image({ config: `{"architecture":"${architecture}","os":"linux","config":{"Cmd":["${layers.length}"]}}`, layers });
const indexOf = (...texts: readonly string[]): ImageContent =>
  index(
    ['amd64', 'arm64'].map((architecture) => ({
      image: of(architecture, ...texts.map((text) => layer(`${text}${architecture}`))),
      platform: { os: 'linux', architecture },
    })),
  );

let count = 0;

/** A file that was written for an image, what it would be for the one that the tag has now, and a plan for it. */
async function moved(from: ImageContent, to: ImageContent, system?: string) {
  const name = `image-${count++}`;
  registry.add(`${name}:1`, from);
  const before = await written(name, system);
  registry.add(`${name}:1`, to);
  return { name, before, after: await written(name, system) };
}

async function written(name: string, ...systems: readonly (string | undefined)[]): Promise<string> {
  const platforms = systems.length > 1 ? ['linux/amd64', 'linux/arm64'] : [systems[0] ?? 'linux/amd64'];
  const pins = await Promise.all(
    platforms.map((platform) =>
      pinImage(`${host}/${name}:1`, { registries: client, platform, temporaryFolder: temporaryFolder() }),
    ),
  );
  return calls(template.render(pins));
}

/** A file without the function, whose text is long. */
function calls(text: string): string {
  return `{ pullLayeredImage }:\n${text.slice(text.indexOf('\n{', text.indexOf('\nin\n')) + 1)}`;
}

function plan(text: string, settings: Partial<BumpSettings> = {}, more: Readonly<Record<string, string>> = {}) {
  const others = Object.entries(more).map(([path, own]) => ({ path, text: own }));
  const files = { files: [{ path: 'images.nix', text }, ...others] };
  return planBump(files, { registries: client, temporaryFolder: temporaryFolder(), ...settings });
}

const ONE = of('amd64', layer('base'), layer('one'));

describe.concurrent('a layered pin becomes what the template would write now', () => {
  test.for<[string, ImageContent, ImageContent]>([
    ['with another upper layer', ONE, of('amd64', layer('base'), layer('two'))],
    ['with other layers', ONE, of('amd64', layer('x'), layer('y'))],
    ['with a layer more at the end', ONE, of('amd64', layer('base'), layer('one'), layer('two'))],
    ['with a layer more at the beginning', ONE, of('amd64', layer('zero'), layer('base'), layer('one'))],
    ['with a layer more in the middle', ONE, of('amd64', layer('base'), layer('half'), layer('one'))],
    ['with a layer less at the end', ONE, of('amd64', layer('base'))],
    ['with a layer less at the beginning', ONE, of('amd64', layer('one'))],
    ['with a layer twice', ONE, of('amd64', layer('base'), layer('base'), layer('one'), layer('one'))],
    ['with no layer left', ONE, of('amd64')],
    ['with layers for the first time', of('amd64'), ONE],
    [
      'with another config alone',
      ONE,
      image({ config: '{"architecture":"amd64","os":"linux"}', layers: [layer('base'), layer('one')] }),
    ],
  ])('%s', async ([, from, to]) => {
    const { before, after } = await moved(from, to);
    const { problems, changes, files } = await plan(before);
    expect(problems).toEqual([]);
    expect(changes).toHaveLength(1);
    expect(files[0]?.after).toBe(after);
    const again = await plan(after);
    expect(again).toMatchObject({ changes: [], problems: [], counts: { current: 1 } });
  });

  test('with a layer that stays packed', async () => {
    const zstd = { bytes: Buffer.from('packed'), mediaType: 'application/vnd.docker.image.rootfs.diff.tar.zstd' };
    const config = '{"architecture":"amd64","os":"linux"}';
    const from = image({ kind: 'docker', config, layers: [layer('a'), zstd] });
    const to = image({ kind: 'docker', config, layers: [{ ...zstd, bytes: Buffer.from('other') }, layer('a')] });
    const { before, after } = await moved(from, to);
    expect((await plan(before)).files[0]?.after).toBe(after);
  });

  test('on each system, through an index', async () => {
    const name = 'systems';
    registry.add(`${name}:1`, indexOf('a', 'b'));
    const before = await written(name, 'both', 'of them');
    registry.add(`${name}:1`, indexOf('a', 'c', 'd'));
    const { problems, changes, files } = await plan(before);
    expect(problems).toEqual([]);
    expect(changes).toHaveLength(2);
    expect(files[0]?.after).toBe(await written(name, 'both', 'of them'));
  });

  test('from placeholders', async () => {
    registry.add('filled:1', ONE);
    const after = await written('filled');
    const before = after
      .replace(/imageDigest = "[^"]+"/, 'imageDigest = ""')
      .replace(/hash = "[^"]+"/, 'hash = ""')
      .replace(/configDigest = "[^"]+"/, 'configDigest = ""')
      .replace(/layers = \[[^\]]*\]/, 'layers = [ ]');
    expect(listPins({ files: [{ path: 'images.nix', text: before }] }).pins).toMatchObject([
      { form: 'layered', state: 'incomplete' },
    ]);
    const { problems, files } = await plan(before);
    expect(problems).toEqual([]);
    expect(files[0]?.after).toBe(after);
  });

  test('with --hashes, when config or layers are not those of the digest', async () => {
    const { after } = await moved(ONE, ONE);
    const wrong = after.replace(/(configDigest = "sha256:.{9})./, '$10').replace(/layers = \[\s+"[^"]+"/, 'layers = [');
    expect(wrong).not.toBe(after);
    const { files } = await plan(wrong, { mode: 'hashes' });
    expect(files[0]?.after.replaceAll(/\s+/g, ' ')).toBe(after.replaceAll(/\s+/g, ' '));
  });
});

describe.concurrent('whatever surrounds it', () => {
  test('the function may stand elsewhere, and the values behind names', async () => {
    const { name, before, after } = await moved(ONE, of('amd64', layer('base'), layer('two')));
    const wrapped = (text: string) => {
      const list = /layers = (\[[^\]]*\])/.exec(text)?.[1] ?? '';
      const config = /configDigest = ("[^"]+")/.exec(text)?.[1] ?? '';
      const set = text
        .slice(text.indexOf('\n') + 1)
        .replace(list, 'list')
        .replace(config, 'config');
      return `{ pullLayeredImage }:\nlet\n  config = ${config};\n  list = ${list};\nin\n${set}`;
    };
    const { problems, files } = await plan(wrapped(before));
    expect(problems).toEqual([]);
    expect(files[0]?.after).toBe(wrapped(after));
    expect(listPins({ files: [{ path: 'images.nix', text: wrapped(before) }] })).toMatchObject({
      pins: [{ form: 'layered', imageName: `${host}/${name}`, arch: 'amd64', state: 'tracked' }],
      problems: [],
    });
  });

  test('a list on one line stays on one, and comments beside what changes stay', async () => {
    const { before, after } = await moved(ONE, of('amd64', layer('base'), layer('two'), layer('three')));
    const oneLine = (text: string) =>
      text.replace(
        /layers = \[\s+([^\]]*?)\s+\];/,
        (_, layers: string) => `layers = [ /* base */ ${layers.replaceAll(/\s+/g, ' ')} ]; # end`,
      );
    expect((await plan(oneLine(before))).files[0]?.after).toBe(oneLine(after));
  });

  test.for<[string, string, (text: string) => string]>([
    [
      'a comment among the layers that change',
      'a comment',
      (text) => text.replace(/\n( +"sha256:\w+"\n +\];)/, '\n# the upper one\n$1'),
    ],
    [
      'a computed layer',
      'a computed layer',
      (text) => text.replace(/("sha256:\w{60})(\w+)"\n( +\];)/, '$1${"$2"}"\n$3'),
    ],
    [
      'layers that are put together',
      'not written as one list',
      (text) => text.replace(/layers = (\[[^\]]*\]);/, 'layers = $1 ++ [ ];'),
    ],
    [
      'layers from elsewhere',
      'not written as one list',
      (text) => text.replace(/layers = \[[^\]]*\];/, 'layers = (import ./no.nix).layers;'),
    ],
    [
      'a config from elsewhere',
      'configDigest cannot be followed',
      (text) => text.replace(/configDigest = "[^"]+";/, 'configDigest = (import ./no.nix).config;'),
    ],
    ['no architecture', 'write os and arch', (text) => text.replace(/ +arch = "amd64";\n/, '')],
  ])('%s: all of it stays, and is reported', async ([, message, change]) => {
    const { before } = await moved(ONE, of('amd64', layer('x'), layer('y'), layer('z')));
    const text = change(before);
    expect(text).not.toBe(before);
    const { changes, problems, files } = await plan(text);
    expect({ changes, files }).toEqual({ changes: [], files: [] });
    const failures = problems.filter(({ severity }) => severity === 'failure');
    expect(failures).toMatchObject([{ message: expect.stringContaining(message) }]);
  });

  test('a pin whose new image has a layer from elsewhere stays', async () => {
    const foreign = { ...layer('x'), descriptor: { urls: ['https://elsewhere.example/x'] } };
    const name = 'foreign';
    registry.add(`${name}:1`, ONE);
    const before = await written(name);
    registry.add(`${name}:1`, of('amd64', foreign));
    const { changes, problems } = await plan(before);
    expect(changes).toEqual([]);
    expect(problems).toMatchObject([{ code: 'layers', message: expect.stringContaining('outside of the registry') }]);
  });

  test('two pins that share their layers stay when they would need different ones', async () => {
    const { before } = await moved(ONE, of('amd64', layer('base'), layer('two')));
    const set = /pullLayeredImage (\{[^}]*\});/.exec(before)?.[1] ?? '';
    const list = /layers = (\[[^\]]*\])/.exec(set)?.[1] ?? '';
    const own = set.replace(list, 'list');
    const text = `{ pull }: let list = ${list}; in { a = pull ${own}; b = pull ${own.replace('finalImageTag = "1";', 'finalImageTag = "1"; # pullpin: freeze')}; }`;
    const { changes, problems } = await plan(text);
    expect(changes).toEqual([]);
    expect(problems).toMatchObject([{ code: 'conflict' }]);
  });

  test('in JSON, digest and layers stay together', async () => {
    const { name, before } = await moved(ONE, of('amd64', layer('base'), layer('two')));
    const json = JSON.stringify({
      imageName: `${host}/${name}`,
      imageDigest: ONE.root.digest,
      hash: /hash = "([^"]+)"/.exec(before)?.[1],
      finalImageTag: '1',
      arch: 'amd64',
      configDigest: /configDigest = "([^"]+)"/.exec(before)?.[1],
      layers: [...before.matchAll(/^ +"(sha256:\w+)"$/gm)].map(([, digest]) => digest),
    });
    const files = { files: [{ path: 'image.json', text: json }] };
    const { changes, problems } = await planBump(files, { registries: client, temporaryFolder: temporaryFolder() });
    expect(changes).toEqual([]);
    const failures = problems.filter(({ severity }) => severity === 'failure');
    expect(failures).toMatchObject([{ code: 'held', message: expect.stringContaining('keep it in a Nix file') }]);
    const both = await plan(
      '{ pull }: pull (builtins.fromJSON (builtins.readFile ./image.json))',
      {},
      { 'image.json': json },
    );
    expect(both.changes).toEqual([]);
    expect(both.problems).not.toEqual([]);
  });
});
