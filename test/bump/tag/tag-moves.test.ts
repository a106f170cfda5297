import { describe, expect, test } from 'vitest';
import type { BumpPlan } from '../../../src/bump/bump-plan.js';
import { planToCommitMessage } from '../../../src/bump/output/commit-message.js';
import { planToMarkdown } from '../../../src/bump/output/markdown.js';
import { type BumpSettings, planBump } from '../../../src/bump/plan.js';
import { formatHash } from '../../../src/nix/literals/hash.js';
import { pinImage } from '../../../src/pin/pin.js';
import { createRegistryClient } from '../../../src/registry/client.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { type ImageContent, image } from '../../support/images.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const registry = await startRegistry();
const client = createRegistryClient();
const host = registry.host;
const WEB = ['1.26', '1.27', '1.27.1', '1.28', '1.28-alpine', '1.27-alpine', '2.0', '2.1-rc1', 'latest', 'deadbee'];
const IMAGES = new Map<string, ImageContent>();

function add(name: string, created = '2026-01-01T00:00:00Z'): void {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', created });
  const content = image({ config, layers: [{ bytes: Buffer.from(name) }] });
  IMAGES.set(name, content);
  registry.add(name, content);
}

for (const tag of WEB) add(`web:${tag}`);
for (const tag of ['1.27', '1.28']) add(`worker:${tag}`);
add('nightly:main-a', '2026-03-01T00:00:00Z');
add('nightly:main-b', '2026-05-01T00:00:00Z');
add('nightly:main-c', '2026-04-01T00:00:00Z');
add('nightly:other', '2026-09-01T00:00:00Z');

const digestOf = (name: string): string => IMAGES.get(name)?.root.digest ?? '';

async function hashOf(name: string, finalTag: string): Promise<string> {
  const pin = await pinImage(`${host}/${name}`, { registries: client, finalTag, temporaryFolder: temporaryFolder() });
  return pin.hash ? formatHash(pin.hash, 'sri') : '';
}

async function plan(files: string | Record<string, string>, settings: Partial<BumpSettings> = {}): Promise<BumpPlan> {
  const named = typeof files === 'string' ? { 'a.nix': files } : files;
  const pinFiles = { files: Object.entries(named).map(([path, text]) => ({ path, text })) };
  return planBump(pinFiles, { registries: client, temporaryFolder: temporaryFolder(), ...settings });
}

const text = ({ files }: BumpPlan, path = 'a.nix'): string | undefined =>
  files.find((each) => each.path === path)?.after;

/** A call of pullImage for a tag; `tagText` is what stands for its final tag. */
async function call(name: string, tag: string, tagText = `"${tag}"`, finalTag = tag): Promise<string> {
  const [image, hash] = [`${name}:${tag}`, await hashOf(`${name}:${tag}`, finalTag)];
  return `dockerTools.pullImage { imageName = "${host}/${name}"; imageDigest = "${digestOf(image)}"; hash = "${hash}"; finalImageTag = ${tagText}; }`;
}

const OCI = (name: string, tag: string): string => `"${host}/${name}:${tag}@${digestOf(`${name}:${tag}`)}"`;

describe('a rule moves tag, digest and hash together', () => {
  test.each([
    ['^1.26', '1.26', '1.28'],
    ['1.x-alpine', '1.27-alpine', '1.28-alpine'],
    ['~1.26', '1.26', '1.26'],
    ['/^(\\d+)\\.(\\d+)$/', '1.26', '2.0'],
    ['1.27.x', '1.27.1', '1.27.1'],
  ])('%s: %s becomes %s', async (rule, from, to) => {
    const source = async (tag: string) => `{ dockerTools }:\n# pullpin: ${rule}\n${await call('web', tag)}\n`;
    const planned = await plan(await source(from));
    expect(planned.problems).toEqual([]);
    expect(text(planned) ?? (await source(from))).toBe(await source(to));
    expect(await plan(await source(to))).toMatchObject({ changes: [], problems: [], counts: { current: 1 } });
  });

  test('also in a string, where digest and tag stand side by side', async () => {
    const source = (tag: string) => `{\n  # pullpin: ^1.26\n  image = ${OCI('web', tag)};\n}\n`;
    const planned = await plan(source('1.26'));
    expect(text(planned)).toBe(source('1.28'));
    expect(planned.changes).toMatchObject([
      { from: { tag: '1.26' }, to: { tag: '1.28', digest: digestOf('web:1.28') } },
    ]);
  });

  test('newest takes the image that was made last among those that match', async () => {
    const source = (tag: string) => `{\n  # pullpin: newest /^main-/\n  image = ${OCI('nightly', tag)};\n}\n`;
    expect(text(await plan(source('main-a')))).toBe(source('main-b'));
  });

  test('a pin without a tag gets the digest of the tag that its rule leads to', async () => {
    const source = (tag: string) => `{\n  # pullpin: 1.x\n  image = "${host}/web@${digestOf(`web:${tag}`)}";\n}\n`;
    expect(text(await plan(source('1.26')))).toBe(source('1.28'));
  });

  test('a comment that names the tag moves with it', async () => {
    const source = (tag: string) =>
      `{\n  # pullpin: ^1.26\n  image = "${host}/web@${digestOf(`web:${tag}`)}"; # tag: ${tag}\n}\n`;
    expect(text(await plan(source('1.26')))).toBe(source('1.28'));
  });

  test('a list of tags is asked for once', async () => {
    const before = registry.questions.length;
    await plan(`[\n# pullpin: ^1.26\n${OCI('web', '1.26')}\n# pullpin: 1.x-alpine\n${OCI('web', '1.27-alpine')}\n]\n`);
    const asked = registry.questions.slice(before).filter((question) => question.includes('tags/'));
    expect(asked).toEqual(['GET tags/list']);
  });
});

describe('what holds instead of a rule', () => {
  test.each([
    ['digest', '# pullpin: digest'],
    ['a plain tag', '# pullpin: 1.26'],
    ['freeze', '# pullpin: ^1.26\n  # pullpin: freeze'],
  ])('%s: the tag stays', async (_, comments) => {
    const source = `{\n  ${comments}\n  image = ${OCI('web', '1.26')};\n}\n`;
    expect(await plan(source, { tags: 'major' })).toMatchObject({ changes: [], problems: [] });
  });

  test('two rules contradict each other', async () => {
    const source = `{\n  # pullpin: ^1.26\n  # pullpin: 2.x\n  image = ${OCI('web', '1.26')};\n}\n`;
    const { changes, problems } = await plan(source);
    expect([changes, problems.map(({ code, severity }) => [code, severity])]).toEqual([[], [['rules', 'failure']]]);
  });

  test.each([
    ['5.x', 'no-tag', /no tag of .* fits its rule '5\.x'/],
    ['/(/', 'rules', /its rule '\/\(\/'/],
  ])('a rule that leads nowhere leaves the pin alone: %s', async (rule, code, message) => {
    const { changes, problems } = await plan(`{\n  # pullpin: ${rule}\n  image = ${OCI('web', '1.26')};\n}\n`);
    expect([changes, problems[0]?.code]).toEqual([[], code]);
    expect(problems[0]?.message).toMatch(message);
  });
});

describe('--tags moves pins without a rule', () => {
  test.each([
    ['patch', '1.28'],
    ['minor', '1.28'],
    ['major', '2.0'],
  ] as const)('%s: 1.28 becomes %s', async (tags, to) => {
    const source = async (tag: string) => `{ dockerTools }: ${await call('web', tag)}`;
    const planned = await plan(await source('1.28'), { tags });
    expect(text(planned) ?? (await source('1.28'))).toBe(await source(to));
  });

  test('and no tag that is no version', async () => {
    expect(await plan(`{ image = ${OCI('web', 'latest')}; }`, { tags: 'major' })).toMatchObject({
      changes: [],
      problems: [],
    });
  });
});

describe('a version that is used in several places', () => {
  const both = (tag: string, rest = '') =>
    `let\n  # pullpin: ^1.26\n  version = "${tag}";\nin {\n  a = "${host}/web:\${version}@${digestOf(`web:${tag}`)}";\n  b = "${host}/worker:\${version}@${digestOf(`worker:${tag}`)}";${rest}\n}\n`;

  test('changes once, with all its pins', async () => {
    const planned = await plan(both('1.27'));
    expect(planned.problems).toEqual([]);
    expect(text(planned)).toBe(both('1.28'));
  });

  test('in a call, through a name, a function and another file', async () => {
    const files = async (tag: string) => ({
      'versions.nix': `{\n  # pullpin: ^1.26\n  web = "${tag}";\n}\n`,
      'a.nix': `{ dockerTools }:\nlet\n  versions = import ./versions.nix;\n  pull = tag: dockerTools.pullImage { imageName = "${host}/web"; imageDigest = "${digestOf(`web:${tag}`)}"; hash = "${await hashOf(`web:${tag}`, `v${tag}`)}"; finalImageTag = "v\${tag}"; tag = tag; };\nin {\n  web = pull versions.web;\n}\n`,
    });
    const planned = await plan(await files('1.27'));
    expect(planned.problems).toEqual([]);
    for (const [path, after] of Object.entries(await files('1.28'))) expect(text(planned, path)).toBe(after);
  });

  test.each([
    ['an attribute', '\n  version = version;', 7],
    ['an inherited attribute', '\n  inherit version;', 7],
    ['another text', '\n  url = "https://example.com/web-${version}.tar.gz";', 7],
    ['an unknown function', '\n  c = mkWeb version;', 7],
    ['a name of its own', '\n  c = let v = version; in fetch { rev = v; };', 7],
  ])('stays when %s uses it, and that line is named', async (_, rest, line) => {
    const { changes, problems } = await plan(both('1.27', rest));
    expect(changes).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['tag', 'tag']);
    expect(problems[0]?.message).toContain(`its tag at a.nix:3 is also used at a.nix:${line}`);
  });

  test.each([
    ['a table', 't.${v}', ''],
    ['a table, quoted', 't."v${v}"', ''],
    ['getAttr', 'builtins.getAttr v t', ''],
    ['attrByPath', 'lib.attrByPath [ v ] null t', ''],
    ['a comparison', 'if v == "1.27" then "D" else "X"', ''],
    ['a comparison with a name', 'if isOld then "D" else "X"', 'isOld = lib.versionOlder v "1.28";'],
    ['has-attribute', 'if t ? ${v} then "D" else "X"', ''],
    ['a file', 'lib.importJSON (./. + "/locks/${v}.json")', ''],
    ['a file in a path', 'import ./locks/${v}.nix', ''],
    ['the text of a file', 'builtins.readFile "${./locks}/${v}"', ''],
  ])('stays when %s is read by it', async (_, digest, binding) => {
    const image = await call('web', '1.27', 'v');
    const own = digestOf('web:1.27');
    const source = `{ dockerTools, lib }: let
  # pullpin: ^1.26
  v = "1.27";
  t = { "1.27" = "${own}"; "v1.27" = "${own}"; };
  ${binding}
in ${image.replace(`"${own}"`, digest.replace('"D"', `"${own}"`))}`;
    const files = { 'a.nix': source, 'locks/1.27.json': `"${own}"`, 'locks/1.27.nix': `"${own}"`, 'locks/1.27': own };
    const { changes, problems, files: written } = await plan(files);
    expect([changes, written]).toEqual([[], []]);
    expect(problems).not.toEqual([]);
  });

  test('stays when another file uses it', async () => {
    const { changes, problems } = await plan({
      'versions.nix': '{\n  # pullpin: ^1.26\n  web = "1.27";\n}\n',
      'a.nix': `let versions = import ./versions.nix; in "${host}/web:\${versions.web}@${digestOf('web:1.27')}"`,
      'b.nix': '{ fetchurl }:\nfetchurl {\n  url = "https://example.com/${(import ./versions.nix).web}";\n}\n',
    });
    expect([changes, problems.length]).toEqual([[], 1]);
    expect(problems[0]?.message).toContain('its tag at versions.nix:3 is also used at b.nix:3');
  });

  test('a text that names the image by it moves as well', async () => {
    const source = async (tag: string) =>
      `{ dockerTools }:\nlet\n  # pullpin: ^1.26\n  web = { imageName = "${host}/web"; imageDigest = "${digestOf(`web:${tag}`)}"; hash = "${await hashOf(`web:${tag}`, tag)}"; finalImageTag = "${tag}"; };\nin {\n  image = "\${web.imageName}:\${web.finalImageTag}";\n  imageFile = dockerTools.pullImage web;\n}\n`;
    const planned = await plan(await source('1.27'));
    expect(planned.problems).toEqual([]);
    expect(text(planned)).toBe(await source('1.28'));
  });

  test('stays when one of its pins cannot move, or has no such version', async () => {
    const frozen = both('1.27').replace('  b = ', '  # pullpin: freeze\n  b = ');
    expect(await plan(frozen)).toMatchObject({ changes: [], problems: [{ code: 'conflict' }] });
    const apart = both('1.27').replace('^1.26', '/^(\\d+)\\.(\\d+)$/');
    expect((await plan(apart)).problems.map(({ code }) => code)).toEqual(['conflict', 'conflict']);
  });
});

describe('a container that runs the archive of a pin', () => {
  const container = async (tag: string, image = `"${host}/web:${tag}"`) =>
    `{ dockerTools }:\n{\n  web = {\n    image = ${image};\n    imageFile =\n      # pullpin: ^1.26\n      ${await call('web', tag)};\n  };\n}\n`;

  test('names the new tag as well, because it would pull the old one', async () => {
    const planned = await plan(await container('1.27'));
    expect(planned.problems).toEqual([]);
    expect(text(planned)).toBe(await container('1.28'));
  });

  test('is left alone when another pin has the same digest and the same name', async () => {
    const frozen = (await container('1.27')).replace('# pullpin: ^1.26', '# pullpin: freeze');
    const files = [
      { path: 'a.nix', text: await container('1.27') },
      { path: 'b.nix', text: frozen },
    ];
    const planned = await planBump({ files }, { registries: client, temporaryFolder: temporaryFolder() });
    expect(planned.problems).toEqual([]);
    expect(planned.files.map(({ path, after }) => [path, after])).toEqual([['a.nix', await container('1.28')]]);
  });

  test('is left alone when it runs something else', async () => {
    const planned = await plan(await container('1.27', '"other:1.27"'));
    expect(text(planned)).toBe(await container('1.28', '"other:1.27"'));
  });

  test('holds the pin where its image is not written in one place', async () => {
    const image = `builtins.concatStringsSep ":" [ "${host}/web" (builtins.concatStringsSep "." [ "1" "27" ]) ]`;
    const moved = await plan(await container('1.27', image));
    expect(text(moved)).toContain('[ "1" "28" ]');
    const major = (await container('1.27', image)).replace('^1.26', '/^(\\d+)\\.(\\d+)$/');
    const { changes, problems } = await plan(major);
    expect([changes, problems.map(({ code }) => code)]).toEqual([[], ['tag']]);
    expect(problems[0]?.message).toContain('the container at a.nix:4 runs');
  });
});

test('a tag in the name of an attribute is not changed', async () => {
  const source = `{\n  # pullpin: ^1.26\n  "1.26" = "${host}/web@${digestOf('web:1.26')}";\n}\n`;
  const { changes, problems } = await plan(source);
  expect([changes, problems.map(({ code }) => code)]).toEqual([[], ['tag']]);
});

test('bump --check finds a tag that should move, and downloads nothing', async () => {
  const before = registry.questions.length;
  const planned = await plan(`{\n  # pullpin: ^1.26\n  image = ${OCI('web', '1.26')};\n}\n`, { mode: 'digests' });
  expect(planned.changes).toMatchObject([{ from: { tag: '1.26' }, to: { tag: '1.28' }, edits: [] }]);
  expect(registry.questions.slice(before).filter((question) => question.includes('blobs'))).toEqual([]);
});

test('an image without a digest gets its new tag and a digest', async () => {
  const source = `{\n  # pullpin: ^1.26\n  image = "${host}/web:1.26";\n}\n`;
  const pinFiles = { files: [{ path: 'a.nix', text: source }], withUnpinned: true };
  const planned = await planBump(pinFiles, { registries: client, temporaryFolder: temporaryFolder() });
  expect(text(planned)).toBe(`{\n  # pullpin: ^1.26\n  image = ${OCI('web', '1.28')};\n}\n`);
});

test.each([
  [
    'compose.yaml',
    (tag: string) => `services:\n  web:\n    # pullpin: ^1.26\n    image: ${OCI('web', tag).slice(1, -1)}\n`,
  ],
  [
    'values.yaml',
    (tag: string) =>
      `image:\n  # pullpin: ^1.26\n  repository: ${host}/web\n  tag: "${tag}@${digestOf(`web:${tag}`)}"\n`,
  ],
  ['images.toml', (tag: string) => `# pullpin: ^1.26\nweb = ${OCI('web', tag)}\n`],
])('a rule holds in %s, too', async (path, source) => {
  const planned = await plan({ [path]: source('1.26') });
  expect(planned.problems).toEqual([]);
  expect(text(planned, path)).toBe(source('1.28'));
});

test('--tags moves the tag of an npins pin in JSON', async () => {
  const source = async (tag: string) =>
    JSON.stringify({
      pins: {
        web: {
          type: 'Container',
          image_name: `${host}/web`,
          image_tag: tag,
          image_digest: digestOf(`web:${tag}`),
          hash: await hashOf(`web:${tag}`, tag),
        },
      },
    });
  const planned = await plan({ 'sources.json': await source('1.26') }, { tags: 'minor' });
  expect(planned.problems).toEqual([]);
  expect(text(planned, 'sources.json')).toBe(await source('1.28'));
});

test('the commit message and the table say from which tag to which', async () => {
  const planned = await plan(`{\n  # pullpin: ^1.26\n  image = ${OCI('web', '1.26')};\n}\n`);
  expect(planToCommitMessage(planned)).toMatch(
    new RegExp(`^Bump ${host}/web:1\\.26 → 1\\.28\\n\\n- \`${host}/web:1\\.26 → 1\\.28\`: \\w{12} → \\w{12}\\n$`),
  );
  expect(planToMarkdown(planned)).toContain(`| \`${host}/web:1.26 → 1.28\` |`);
});
