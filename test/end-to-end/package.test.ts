import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixtureImage } from '../support/fixture-images.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ALWAYS = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

describe('the packed tarball', () => {
  const folder = temporaryFolder();
  let files: string[] = [];
  const installed = join(folder, 'project/node_modules/pullpin');

  beforeAll(async () => {
    const { stdout } = await execa('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: ROOT,
    });
    const [{ filename, files: packed }] = JSON.parse(stdout);
    files = packed.map(({ path }: { path: string }) => path);
    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}');
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--omit=dev'];
    await execa('npm', ['install', ...quiet, join(folder, filename)], { cwd: project });
  }, 240_000);

  test('holds dist and templates, what npm always adds, and nothing else', () => {
    const other = files.filter((path) => !/^(dist|templates)\//.test(path));
    expect(ALWAYS).toEqual(expect.arrayContaining(other));
    expect(files).toEqual(
      expect.arrayContaining(['dist/main.cjs', 'dist/index.js', 'dist/types/index.d.ts', 'README.md']),
    );
    expect(files.filter((path) => /test|fixture|\.map$/.test(path))).toEqual([]);
  });

  test('works in an empty folder', async () => {
    const main = join(installed, 'dist/main.cjs');
    expect(await runPullpin(['--version'], { main })).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: 0 });
    const args = ['registry.example/hello:1', '--from', `oci:${fixtureImage('hello')}`];
    const pinned = await runPullpin(args, { main });
    expect(pinned.stdout).toContain('dockerTools.pullImage {');
    expect(pinned).toEqual(await runPullpin(args));
  });

  test('has an executable of the name pullpin', async () => {
    const { stdout } = await execa('npx', ['--no-install', 'pullpin', '--version'], { cwd: join(folder, 'project') });
    expect(stdout.trim()).toBe(version);
  });

  test('is a library with types', async () => {
    const project = join(folder, 'project');
    const program = `import * as pullpin from 'pullpin'; console.log(typeof pullpin.PullpinError);`;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
    expect(stdout).toBe('function');
    writeFileSync(
      join(project, 'use.ts'),
      `import { PullpinError } from 'pullpin';\nexport const e: Error = new PullpinError('x');\n`,
    );
    const nodeTypes = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', ...nodeTypes];
    await execa(join(ROOT, 'node_modules/.bin/tsc'), [...flags, 'use.ts'], { cwd: project });
  });
});
