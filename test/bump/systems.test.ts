import { describe, expect, test } from 'vitest';
import { keepOnly } from '../../src/bump/keep-only.js';
import { planToCommitMessage } from '../../src/bump/output/commit-message.js';
import { planToMarkdown } from '../../src/bump/output/markdown.js';
import { planToJson } from '../../src/bump/output/plan-json.js';
import { type BumpSettings, planBump } from '../../src/bump/plan.js';
import { createRenderer } from '../../src/nix/render/render.js';
import { pinImage } from '../../src/pin/pin.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { type ImageContent, image, index } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const host = registry.host;
const client = createRegistryClient();

function content(text: string, architecture: string): ImageContent {
  return image({ config: `{"architecture":"${architecture}","os":"linux"}`, layers: [{ bytes: Buffer.from(text) }] });
}

function indexOf(text: string, ...architectures: readonly string[]): ImageContent {
  return index(
    architectures.map((architecture) => ({
      image: content(`${text} ${architecture}`, architecture),
      platform: { os: 'linux', architecture },
    })),
  );
}

const OLD = indexOf('old', 'amd64', 'arm64');
const NEW = indexOf('new', 'amd64', 'arm64');
const WITHOUT_ARM = indexOf('without', 'amd64', 's390x');
for (const [name, now] of [
  ['both', NEW],
  ['without', WITHOUT_ARM],
] as const) {
  registry.add(`${name}:old`, OLD);
  registry.add(`${name}:1`, now);
}

async function plan(text: string, settings: Partial<BumpSettings> = {}) {
  const files = { files: [{ path: 'default.nix', text }] };
  return planBump(files, { registries: client, temporaryFolder: temporaryFolder(), ...settings });
}

const digestOfOld = OLD.root.digest;
const entry = (system: string, rest = '', hash = '""') =>
  `    ${system} = { imageDigest = "${digestOfOld}"; hash = ${hash}; ${rest}};\n`;

/** As the template per-system writes it. */
const perSystem = (name: string, ...entries: readonly string[]) => `{ dockerTools, stdenv }:
let
  systems = {
${entries.join('')}  };
  image = systems.\${stdenv.hostPlatform.system} or (throw "other system");
in
dockerTools.pullImage {
  imageName = "${host}/${name}";
  inherit (image) imageDigest hash;
  finalImageTag = "1";
}
`;

/** As people write it. */
const choice = (name: string, ...entries: readonly string[]) => `{ dockerTools, system }:
dockerTools.pullImage ({ imageName = "${host}/${name}"; finalImageTag = "1"; } // {
${entries.join('')}}.\${system})
`;

describe.each([
  ['as the template writes it', perSystem],
  ['as a choice by system', choice],
])('a pin of several systems, %s', (_, write) => {
  const BOTH = [entry('x86_64-linux'), entry('aarch64-linux')];

  test('moves on all of them', async () => {
    const { changes, problems, files } = await plan(write('both', ...BOTH));
    expect(problems).toEqual([]);
    expect(changes.map(({ to }) => to.digest)).toEqual([NEW.root.digest, NEW.root.digest]);
    expect(files[0]?.after).not.toContain(digestOfOld);
    expect(new Set(changes.map(({ to }) => to.hash)).size).toBe(2);
  });

  test('stays on all of them when the index has lost one', async () => {
    const text = write('without', ...BOTH);
    const { changes, problems, files } = await plan(text);
    expect({ changes, files }).toEqual({ changes: [], files: [] });
    expect(problems).toMatchObject(
      [
        { severity: 'failure', message: expect.stringContaining('linux/arm64') },
        {
          severity: 'failure',
          code: 'alone',
          message:
            'it stays as it is, because its values for aarch64-linux cannot be changed and all systems change together: correct aarch64-linux first',
        },
      ].sort((one) => (one.code === 'alone' ? 1 : -1)),
    );
  });

  test('stays on all of them when the hash of one cannot be changed', async () => {
    const text = write('both', entry('x86_64-linux'), entry('aarch64-linux', '', 'builtins.getEnv "HASH"'));
    const { changes, problems } = await plan(text);
    expect(changes).toEqual([]);
    expect(problems.map(({ code }) => code)).toContain('alone');
  });

  test('has its hashes corrected one by one', async () => {
    const text = write('without', ...BOTH).replaceAll(digestOfOld, WITHOUT_ARM.root.digest);
    const { changes, problems } = await plan(text, { mode: 'hashes' });
    expect(changes).toHaveLength(1);
    expect(problems).toMatchObject([{ message: expect.stringContaining('linux/arm64') }]);
  });
});

test('moves without a system that is frozen: that is the wish of its user', async () => {
  const frozen = `    # pullpin: freeze\n${entry('aarch64-linux')}`;
  const { changes, problems } = await plan(perSystem('both', entry('x86_64-linux'), frozen));
  expect(problems).toEqual([]);
  expect(changes).toHaveLength(1);
});

const MANY = indexOf('many', 'amd64', 'arm64', 's390x', 'mips64le');
registry.add('many:1', MANY);
registry.add('many:old', OLD);

/** What a template writes for a pin that was made from one of these indexes. */
async function pinned(name: string, template: string, platforms: readonly string[], tag = 'old'): Promise<string> {
  const source = { source: client.repository({ registry: host, repository: name }) };
  const pins = await Promise.all(
    platforms.map((platform) =>
      pinImage(`${host}/${name}:${tag}`, { from: source, platform, finalTag: '1', temporaryFolder: temporaryFolder() }),
    ),
  );
  return (await createRenderer({ template })).render(pins);
}

const asFile = (text: string) => `{ dockerTools, stdenv }:\n${text}`;
const systemsIn = (text = '') => [...text.matchAll(/^ *"?((?:\w+)-(?:linux|darwin))"? = /gm)].map(([, name]) => name);

describe('--systems all', () => {
  test('adds an entry for each system of the image, as the template would have written it', async () => {
    const text = asFile(await pinned('many', 'per-system', ['linux/amd64', 'linux/arm64']));
    const { changes, problems, files } = await plan(text, { systems: 'all' });
    expect(problems).toEqual([]);
    expect(changes.filter(({ systems }) => systems)).toMatchObject([
      { systems: { added: ['s390x-linux', 'mips64el-linux'], dropped: [] }, to: { digest: MANY.root.digest } },
    ]);
    const all = ['linux/amd64', 'linux/arm64', 'linux/s390x', 'linux/mips64le'];
    expect(files[0]?.after).toBe(asFile(await pinned('many', 'per-system', all, '1')));
    expect((await plan(files[0]?.after ?? '', { systems: 'all' })).changes).toEqual([]);
  });

  test('drops an entry whose platform is gone, and adds another one', async () => {
    const text = asFile(await pinned('without', 'per-system', ['linux/amd64', 'linux/arm64']));
    const { changes, problems, files } = await plan(text, { systems: 'all' });
    expect(problems).toEqual([]);
    expect(changes.find(({ systems }) => systems)?.systems).toEqual({
      added: ['s390x-linux'],
      dropped: ['aarch64-linux'],
    });
    expect(files[0]?.after).toBe(asFile(await pinned('without', 'per-system', ['linux/amd64', 'linux/s390x'], '1')));
    const done = await plan(text, { systems: 'all' });
    for (const shown of [planToMarkdown(done), planToCommitMessage(done)])
      expect(shown).toContain('`+s390x-linux -aarch64-linux`');
    expect(planToJson(done).changes.map(({ systems }) => systems)).toEqual([
      null,
      { added: ['s390x-linux'], dropped: ['aarch64-linux'] },
    ]);
  });

  describe('an entry whose platform is gone', () => {
    const table = (more: string) => `{ dockerTools, system, lib }:
let
  systems = {
${entry('x86_64-linux')}${entry('aarch64-linux')}  };
in
{
  web = dockerTools.pullImage ({ imageName = "${host}/without"; finalImageTag = "1"; } // systems.\${system});
  ${more}
}
`;
    const planFiles = (files: Readonly<Record<string, string>>) =>
      planBump(
        { files: Object.entries(files).map(([path, text]) => ({ path, text })), read: (path) => files[path] },
        { registries: client, temporaryFolder: temporaryFolder(), systems: 'all' },
      );

    test.each([
      ['an attribute', 'note = "it is ${systems.aarch64-linux.imageDigest}";'],
      ['a whole entry', 'note = systems.aarch64-linux;'],
      ['a fallback', 'note = systems.aarch64-linux or { };'],
      ['an inherit', 'inherit (systems) aarch64-linux;'],
      ['getAttr', 'note = builtins.getAttr "aarch64-linux" systems;'],
      ['attrByPath', 'note = lib.attrByPath [ "aarch64-linux" ] { } systems;'],
      ['an argument', 'note = f systems.aarch64-linux.hash;'],
      ['a name that is bound', 'note = let s = "aarch64-linux"; in systems.${s}.hash;'],
      ['the set by another name', 'note = let t = systems; in t.aarch64-linux.hash;'],
      ['with', 'note = with systems; aarch64-linux;'],
    ])('stays when something reads it by its name: %s', async (_, more) => {
      const { files, problems } = await planFiles({ 'a.nix': table(more) });
      expect(systemsIn(files[0]?.after ?? table(more))).toContain('aarch64-linux');
      expect(problems).toContainEqual(
        expect.objectContaining({
          code: 'systems',
          message:
            'aarch64-linux is gone from the index and cannot be dropped, because a.nix:10 reads that entry by its name: remove both by hand',
        }),
      );
    });

    test.each([
      ['nothing more', ''],
      ['a function over all entries', 'notes = lib.mapAttrs (system: each: each.imageDigest) systems;'],
      ['all names', 'notes = builtins.attrNames systems;'],
      ['the same choice', 'note = systems.${system}.imageDigest;'],
      ['another table', 'note = { aarch64-linux = "x"; }.aarch64-linux;'],
      ['packages of that system', 'note = lib.packages.aarch64-linux.web;'],
    ])('is dropped beside %s', async (_, more) => {
      const { files, problems } = await planFiles({ 'a.nix': table(more) });
      expect(problems).toEqual([]);
      expect(files[0]?.after).not.toContain('aarch64-linux = {\n');
      expect(files[0]?.after.match(/imageDigest = /g)).toHaveLength(2);
    });

    test.each([
      ['nix', 'import ./t.nix', `{\n${entry('x86_64-linux')}${entry('aarch64-linux')}}\n`],
      [
        'json',
        'lib.importJSON ./t.json',
        JSON.stringify(
          Object.fromEntries(
            ['x86_64-linux', 'aarch64-linux'].map((system) => [system, { imageDigest: digestOfOld, hash: '' }]),
          ),
          null,
          2,
        ),
      ],
    ])('stays when another file reads it: %s', async (extension, expression, text) => {
      const a = `{ dockerTools, system, lib }: dockerTools.pullImage ({ imageName = "${host}/without"; finalImageTag = "1"; } // (${expression}).\${system})\n`;
      const b = `{ lib }:\n(${expression}).aarch64-linux.hash\n`;
      const { files, problems } = await planFiles({ 'a.nix': a, 'b.nix': b, [`t.${extension}`]: text });
      expect(files.find(({ path }) => path.startsWith('t.'))?.after ?? text).toContain('aarch64-linux');
      expect(problems.map(({ message }) => message)).toContainEqual(expect.stringContaining('because b.nix:2 reads'));
      const alone = await planFiles({ 'a.nix': a, [`t.${extension}`]: text });
      expect(alone.problems).toEqual([]);
      expect(alone.files[0]?.after).not.toContain('aarch64-linux');
    });
  });

  test('drops a variant that is gone, although another one of its architecture is there', async () => {
    const arm = (text: string, ...variants: readonly string[]) =>
      index(
        variants.map((variant) => {
          const platform = { os: 'linux', architecture: 'arm', variant };
          return {
            image: image({ config: JSON.stringify(platform), layers: [{ bytes: Buffer.from(text + variant) }] }),
            platform,
          };
        }),
      );
    registry.add('arm:old', arm('old', 'v6', 'v7'));
    registry.add('arm:1', arm('new', 'v7'));
    const text = asFile(await pinned('arm', 'per-system', ['linux/arm/v6', 'linux/arm/v7']));
    expect(systemsIn(text)).toEqual(['armv6l-linux', 'armv7l-linux']);
    const { problems, files } = await plan(text, { systems: 'all' });
    expect(problems).toEqual([]);
    expect(systemsIn(files[0]?.after)).toEqual(['armv7l-linux']);
  });

  test('changes the table of a pin that is up to date, and of nothing else', async () => {
    const text = asFile(await pinned('many', 'per-system', ['linux/amd64'], '1'));
    const { changes, files } = await plan(text, { systems: 'all' });
    expect(changes).toMatchObject([{ from: { digest: MANY.root.digest }, to: { digest: MANY.root.digest } }]);
    expect(systemsIn(files[0]?.after)).toEqual(['x86_64-linux', 'aarch64-linux', 's390x-linux', 'mips64el-linux']);
  });

  test('keep is the default', async () => {
    const text = asFile(await pinned('many', 'per-system', ['linux/amd64', 'linux/arm64'], '1'));
    expect(await plan(text)).toMatchObject({ changes: [], files: [] });
  });

  test('an entry of a Mac stays, and is no pattern for others', async () => {
    const entries = [entry('x86_64-linux'), entry('aarch64-linux'), entry('"aarch64-darwin"')];
    const { problems, files } = await plan(perSystem('many', ...entries), { systems: 'all' });
    expect(problems).toEqual([]);
    expect(systemsIn(files[0]?.after)).toEqual([
      ...['x86_64-linux', 'aarch64-linux', 'aarch64-darwin', 's390x-linux', 'mips64el-linux'],
    ]);
  });

  test('without a download, the plan only lists the pins that should change', async () => {
    const text = asFile(await pinned('many', 'per-system', ['linux/amd64'], '1'));
    const before = registry.questions.length;
    const { changes, files } = await plan(text, { systems: 'all', mode: 'digests' });
    expect(changes).toMatchObject([
      { edits: [], systems: { added: ['aarch64-linux', 's390x-linux', 'mips64el-linux'] } },
    ]);
    expect(files).toEqual([]);
    expect(registry.questions.slice(before).filter((question) => question.includes('blobs'))).toEqual([]);
  });

  test('a table of hashes alone, on one line, with the digest beside it', async () => {
    const text = `{ dockerTools, system }: dockerTools.pullImage {
  imageName = "${host}/many"; imageDigest = "${digestOfOld}"; finalImageTag = "1";
  sha256 = { x86_64-linux = ""; aarch64-linux = ""; }.\${system};
}`;
    const { problems, files } = await plan(text, { systems: 'all' });
    expect(problems).toEqual([]);
    expect(files[0]?.after).toMatch(
      /sha256 = \{ x86_64-linux = "sha256-.{44}"; aarch64-linux = "sha256-.{44}"; s390x-linux = "sha256-.{44}"; mips64el-linux = "sha256-.{44}"; \}\.\$\{system\};/,
    );
    expect(new Set(files[0]?.after.match(/sha256-.{44}/g)).size).toBe(4);
  });

  test('a fallback for the systems without an entry is the reason that none is added', async () => {
    const text = `{ dockerTools, system }: dockerTools.pullImage { imageName = "${host}/many"; finalImageTag = "1"; imageDigest = "${digestOfOld}";
  hash = { x86_64-linux = ""; aarch64-linux = ""; }.\${system} or ""; }`;
    const { changes, problems } = await plan(text, { systems: 'all' });
    expect(changes.map(({ systems }) => systems)).toEqual([undefined, undefined, undefined]);
    expect(problems).toMatchObject([
      { code: 'systems', message: expect.stringContaining("do not stand in its table, as behind 'or'") },
    ]);
  });

  test('a table in an imported file', async () => {
    const main = `{ dockerTools, system }: dockerTools.pullImage ({ imageName = "${host}/many"; finalImageTag = "1"; } // (import ./table.nix).\${system})\n`;
    const table = `{\n${entry('x86_64-linux')}}\n`;
    const files = {
      files: [
        { path: 'default.nix', text: main },
        { path: 'table.nix', text: table },
      ],
    };
    const done = await planBump(files, { registries: client, temporaryFolder: temporaryFolder(), systems: 'all' });
    expect(done.problems).toEqual([]);
    expect(done.files.map(({ path }) => path)).toEqual(['table.nix']);
    expect(systemsIn(done.files[0]?.after)).toHaveLength(4);
  });

  test.each([
    [
      'an if on the system',
      `{ dockerTools, stdenv }: dockerTools.pullImage { imageName = "${host}/many"; finalImageTag = "1"; imageDigest = "${digestOfOld}";
        hash = if stdenv.isx86_64 then "" else throw "no"; }`,
      'not written as one table',
    ],
    [
      'an arch beside the table',
      `{ dockerTools, system }: dockerTools.pullImage { imageName = "${host}/many"; finalImageTag = "1"; arch = "amd64"; imageDigest = "${digestOfOld}";
        hash = { x86_64-linux = ""; }.\${system}; }`,
      'arch or layers do not stand in the table',
    ],
    [
      'names that only one system has',
      perSystem('many', entry('x86_64-linux', 'tlsVerify = !false; ')),
      'cannot be changed',
    ],
  ])('reports what it cannot change, and moves the rest: %s', async (_, text, message) => {
    const { changes, problems } = await plan(text, { systems: 'all' });
    expect(problems).toMatchObject([
      { code: 'systems', severity: 'failure', message: expect.stringContaining(message) },
    ]);
    expect(changes).toMatchObject([{ to: { digest: MANY.root.digest } }]);
  });

  test('does nothing to a table that cannot move', async () => {
    const entries = [entry('x86_64-linux'), entry('aarch64-linux', '', 'builtins.getEnv "HASH"')];
    const { changes, files } = await plan(perSystem('many', ...entries), { systems: 'all' });
    expect({ changes, files }).toEqual({ changes: [], files: [] });
  });

  test('a comment above an entry that is dropped is not lost, and one beside it goes along', async () => {
    const entries = [
      entry('x86_64-linux'),
      `    # our little machine\n${entry('aarch64-linux').replace('\n', ' # small\n')}`,
    ];
    const { files } = await plan(perSystem('without', ...entries), { systems: 'all' });
    expect(files[0]?.after).toContain('# our little machine');
    expect(files[0]?.after).not.toContain('# small');
  });
});

test('of a table that moves, no new entry is written beside old ones that were not chosen', async () => {
  const text = perSystem('many', entry('x86_64-linux'), entry('aarch64-linux'));
  const pinFiles = { files: [{ path: 'default.nix', text }] };
  const whole = await plan(text, { systems: 'all' });
  expect(keepOnly(whole, () => true, pinFiles).files).toEqual(whole.files);
  const some = keepOnly(
    whole,
    ({ pin, systems }) => systems !== undefined || pin.systems?.[0] === 'x86_64-linux',
    pinFiles,
  );
  expect(some.changes).toHaveLength(1);
  expect(some.problems).toMatchObject([{ code: 'systems', message: expect.stringContaining('were not chosen') }]);
  expect(systemsIn(some.files[0]?.after)).toEqual(['x86_64-linux', 'aarch64-linux']);
});
