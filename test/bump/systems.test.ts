import { describe, expect, test } from 'vitest';
import { type BumpSettings, planBump } from '../../src/bump/plan.js';
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
const perSystem = (name: string, ...entries: readonly string[]) => `{ d, stdenv }:
let
  systems = {
${entries.join('')}  };
  image = systems.\${stdenv.hostPlatform.system} or (throw "other system");
in
d.pullImage {
  imageName = "${host}/${name}";
  inherit (image) imageDigest hash;
  finalImageTag = "1";
}
`;

/** As people write it. */
const choice = (name: string, ...entries: readonly string[]) => `{ d, system }:
d.pullImage ({ imageName = "${host}/${name}"; finalImageTag = "1"; } // {
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
          message: 'it cannot be moved on aarch64-linux, and it moves on all systems together',
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
