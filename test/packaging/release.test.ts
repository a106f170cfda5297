import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { cloneRepository } from '../support/checkout.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const home = temporaryFolder();
const folder = join(home, 'pullpin');
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org' },
  ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org' },
};
const git = (...args: readonly string[]) => execa('git', args, { cwd: folder, env, extendEnv: false });
const release = (...args: readonly string[]) =>
  execa('npm', ['run', '--silent', 'release', '--', '--no-tests', ...args], {
    cwd: folder,
    env,
    extendEnv: false,
    reject: false,
    timeout: 400_000,
  });
const edit = (file: string, change: (text: string) => string) =>
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
const commit = async () => {
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', 'Release');
};

let ready = '';
beforeAll(async () => {
  await cloneRepository(folder, env);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, '.git/info/exclude'), '/node_modules\n');
  edit('CHANGELOG.md', (text) => text.replace('## Unreleased\n', '## Unreleased\n\n## 7.8.9 - 2026-01-31\n'));
  edit('package.json', (text) =>
    text
      .replace(/"version": "[^"]+"/, '"version": "7.8.9"')
      .replace(
        '"publishConfig"',
        '"repository": { "type": "git", "url": "git+https://git.example/pullpin.git" },\n  "publishConfig"',
      ),
  );
  await commit();
  ready = (await git('rev-parse', 'HEAD')).stdout;
}, 120_000);
beforeEach(async () => {
  await git('reset', '--hard', '--quiet', ready);
});

test.for<[problem: string, make: () => void | Promise<void>, message: RegExp]>([
  [
    'a file that is not committed',
    () => edit('README.md', (text) => `${text} `),
    /files are not committed: README\.md$/m,
  ],
  [
    'entries that are unreleased',
    async () => {
      edit('CHANGELOG.md', (text) => text.replace('## Unreleased\n', '## Unreleased\n- More.\n'));
      await commit();
    },
    /entries under "Unreleased"/,
  ],
  [
    'another version than the changelog',
    async () => {
      edit('package.json', (text) => text.replace('"7.8.9"', '"7.9.0"'));
      await commit();
    },
    /no newest section "## 7\.9\.0 - YYYY-MM-DD"/,
  ],
  [
    'a day in the future',
    async () => {
      edit('CHANGELOG.md', (text) => text.replace('2026-01-31', '2999-01-31'));
      await commit();
    },
    /no newest section "## 7\.8\.9/,
  ],
  [
    'a tag of an older commit',
    async () => {
      await git('tag', 'v7.8.9');
      await commit();
    },
    /the tag v7\.8\.9 is there already/,
  ],
  [
    'no repository',
    async () => {
      edit('package.json', (text) => text.replace('git+https://git.example/pullpin.git', ''));
      await commit();
    },
    /no repository\.url/,
  ],
])('%s is refused before anything is built', async ([, make, message]) => {
  await make();
  const { exitCode, stdout, stderr } = await release('--tag', '--publish', '--dry-run');
  await git('tag', '--delete', 'v7.8.9').catch(() => {});
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(message);
  expect(existsSync(join(folder, 'release'))).toBe(false);
});

test('an option that is not known is refused', async () => {
  expect((await release('--publsh')).stderr).toContain('there is no option --publsh');
});

test('a dry run makes the tarball with its bill of materials, and neither tags nor publishes', {
  timeout: 500_000,
}, async () => {
  const { exitCode, stdout, stderr } = await release('--dry-run', '--tag', '--publish');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringContaining('release:') });
  expect(stdout).toMatch(/^release\/pullpin-7\.8\.9\.tgz\n {2}\d+ files, sha256 [0-9a-f]{64}$/m);
  expect(stdout).toContain('would run: git tag --annotate v7.8.9');
  expect(stdout).toContain('would run: npm publish --provenance release/pullpin-7.8.9.tgz');
  expect((await git('tag', '--list', 'v*')).stdout).toBe('');
  const bom = await execa('tar', ['-xzOf', 'release/pullpin-7.8.9.tgz', 'package/dist/sbom.cdx.json'], { cwd: folder });
  await sameAsNpm(JSON.parse(bom.stdout));
});

interface Component {
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

/** npm's own list has all packages of development; what is within the bundles must be there with the same hash. */
async function sameAsNpm({ components }: { components: readonly Component[] }): Promise<void> {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const { stdout } = await execa('npm', args, { cwd: folder, env, extendEnv: false });
  const { components: all }: { components: readonly Component[] } = JSON.parse(stdout);
  const hashes = new Map(all.map(({ purl, hashes: [hash] }) => [purl, hash?.content]));
  expect(components.length).toBeGreaterThan(30);
  for (const {
    purl,
    hashes: [hash],
  } of components)
    expect([purl, hash?.content]).toEqual([purl, hashes.get(purl)]);
}
