import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixtureImage } from '../support/fixture-images.js';
import { installPacked, type Project } from '../support/packed.js';
import { runPullpin } from '../support/run-pullpin.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ALONE = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

describe('the packed tarball', () => {
  let project: Project;
  const main = () => join(project.installed, 'dist/main.cjs');

  beforeAll(async () => {
    project = await installPacked();
  }, 240_000);

  test('holds the programs, the templates, the pages, and nothing else', () => {
    const { packed } = project;
    expect(packed.filter((path) => !/^(dist|templates|docs)\//.test(path)).sort()).toEqual(ALONE);
    const needed = ['dist/main.cjs', 'dist/index.js', 'dist/types/index.d.ts', 'docs/library.md', 'docs/bump.md'];
    expect(packed).toEqual(expect.arrayContaining(needed));
    expect(packed.filter((path) => /test|fixture|\.map$/.test(path))).toEqual([]);
  });

  test('is the one package that is installed', () => {
    expect(readdirSync(join(project.folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'pullpin',
    ]);
    const { packages } = JSON.parse(readFileSync(join(project.folder, 'package-lock.json'), 'utf8'));
    expect(Object.keys(packages)).toEqual(['', 'node_modules/pullpin']);
    expect(readdirSync(project.installed)).not.toContain('node_modules');
  });

  test('has the licences of the packages that are within', () => {
    const licences = readFileSync(join(project.installed, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['yargs-parser', 'undici', 'execa', 'handlebars', 'smol-toml', 'semver'])
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });

  test('pins and lists', async () => {
    expect(await runPullpin(['--version'], { main: main() })).toEqual({
      stdout: `${version}\n`,
      stderr: '',
      exitCode: 0,
    });
    const args = ['registry.example/hello:1', '--from', `oci:${fixtureImage('hello')}`];
    const pinned = await runPullpin(args, { main: main() });
    expect(pinned.stdout).toContain('dockerTools.pullImage {');
    expect(pinned).toEqual(await runPullpin(args));
    writeFileSync(join(project.folder, 'pin.nix'), `{ dockerTools }: ${pinned.stdout}`);
    const listed = await runPullpin(['list', join(project.folder, 'pin.nix')], { main: main() });
    expect(listed.stdout).toContain('registry.example/hello');
  });

  test('has an executable of the name pullpin', async () => {
    const { stdout } = await execa('npx', ['--no-install', 'pullpin', '--version'], { cwd: project.folder });
    expect(stdout.trim()).toBe(version);
  });
});

test('the built executable has its run bit', async () => {
  expect(statSync(join(ROOT, 'dist/main.cjs')).mode & 0o111).toBe(0o111);
  expect((await execa(join(ROOT, 'dist/main.cjs'), ['--version'])).stdout).toBe(version);
});
