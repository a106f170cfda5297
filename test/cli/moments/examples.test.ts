import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.js';
import { fixtureImage } from '../../support/fixture-images.js';
import { BOTH, startNewcomer } from '../../support/newcomer.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { Terminal } from '../../support/terminal.js';

const MAIN = fileURLToPath(new URL('../../../dist/main.cjs', import.meta.url));
const newcomer = await startNewcomer();

/** The commands of a page: behind the dollar in the blocks `console`, and without their comments in the blocks `sh`. */
function commandsOf(page: string): string[] {
  const text = readFileSync(fileURLToPath(new URL(`../../../docs/${page}`, import.meta.url)), 'utf8');
  const blocks = [...text.matchAll(/^```(?:console|sh)\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block.split('\n').flatMap((line) => /^(?:\$ )?(pullpin .*?)(?:\s+#.*)?$/.exec(line)?.[1] ?? []),
  );
}

const EXAMPLES = [
  ...new Set([
    ...COMMANDS.flatMap(({ options }) => options.examples.map(([line]) => line)),
    ...commandsOf('check.md'),
    ...commandsOf('tags.md'),
  ]),
];

/** A repository with pins, with the files that the examples name. */
function repository(): string {
  const folder = newcomer.folder();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  copyFileSync(join(folder, 'hosts/db.nix'), join(folder, 'a.nix'));
  const [image] = /postgres:[^"]+/.exec(readFileSync(join(folder, 'a.nix'), 'utf8')) ?? expect.unreachable();
  writeFileSync(join(folder, 'compose.yaml'), `services:\n  db:\n    image: ${image}\n`);
  git('init', '-b', 'main');
  git('add', '.');
  git('commit', '-m', 'pins');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  writeFileSync(join(folder, 'images.toml'), '[images.db]\nimage = "postgres:7.4"\n');
  writeFileSync(join(folder, 'own.hbs'), '{{imageName}}\n');
  execFileSync('cp', ['-r', fixtureImage('hello'), join(folder, 'result')]);
  return folder;
}

/** A pin of npins without a hash, which `bump` would report. */
function addNpins(folder: string): void {
  mkdirSync(join(folder, 'npins'));
  const cache = { type: 'Container', image_name: 'redis', image_tag: '7.4', image_digest: BOTH.root.digest };
  writeFileSync(join(folder, 'npins/sources.json'), JSON.stringify({ pins: { cache }, version: 8 }));
}

/** Types an example into a shell, as it stands in the help. */
async function type(line: string, cwd: string) {
  const bin = temporaryFolder();
  writeFileSync(join(bin, 'pullpin'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
  const shell = ['zsh', 'fish'].find((name) => line.includes(`completion ${name}`)) ?? 'bash';
  const text = shell === 'zsh' ? `autoload -Uz compinit; compinit -u; ${line}` : line;
  const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
  const env = { PATH, HOME: bin, TMPDIR: temporaryFolder(), ...newcomer.env };
  return execa(shell, ['-c', text], { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' });
}

/** What an example ends with where that is not 0: something to be done was found. */
const CODES: Readonly<Record<string, number>> = {
  'pullpin bump --check': 3,
  'pullpin check': 1,
  'pullpin lock --check': 3,
  'pullpin check --deep': 1,
  'pullpin check --hashes --fix': 1,
  'pullpin check --html pins.html': 1,
  'pullpin check --json-lines': 1,
  'pullpin check --sarif >pins.sarif': 1,
};

// These need a Nix store, or what Nix printed about a hash; page-examples.test.ts types them. npins needs verified TLS, which test/lock/page.test.ts has;
// test/shared-cache/page.test.ts has a shared cache.
const ELSEWHERE = /--store|--verify-signature|--shared-cache|pullpin explain|lock export/;

test.each(EXAMPLES.filter((line) => !/ -i$/.test(line) && !ELSEWHERE.test(line)))(
  '%s',
  { timeout: 60_000 },
  async (line) => {
    const cwd = repository();
    if (line.includes('npins/')) addNpins(cwd);
    const { exitCode, stderr, stdout } = await type(line, cwd);
    expect({ stderr: stderr.replace(/^pullpin: (?!\S+: ).*\n?|^pullpin: warning: .*\n?/gm, ''), exitCode }).toEqual({
      stderr: '',
      exitCode: CODES[line] ?? 0,
    });
    // Each shows or writes something.
    const file = /(?:> ?|--html )(\S+)$/.exec(line)?.[1];
    const isSilent = /eval|source|--clear|--hashes|--unpinned|freeze/.test(line);
    if (file) expect(existsSync(join(cwd, file))).toBe(true);
    else if (!isSilent) expect(stdout).not.toBe('');
  },
);

test('the pages have commands of each kind', () => {
  expect(EXAMPLES).toEqual(
    expect.arrayContaining([
      'pullpin bump --tags major',
      'pullpin list --outdated',
      'pullpin check',
      'pullpin bump -n --markdown',
    ]),
  );
});

test('pullpin bump -i asks, in a terminal', async () => {
  expect(EXAMPLES).toContain('pullpin bump -i');
  const settings = Object.entries(newcomer.env).map(([name, value]) => `${name}=${value}`);
  const terminal = await Terminal.run(['bump', '-i'], { cwd: repository(), environment: settings, rows: 40 });
  await terminal.screen('Which pins are to be changed?');
  await terminal.press('C-c');
  expect(await terminal.screen('exit 130')).toContain('nothing was written');
});

test.each([0, 1000])(
  'the question is as wide as usual where a terminal says that it has no columns (rows: %s)',
  async (rows) => {
    const settings = Object.entries(newcomer.env).map(([name, value]) => `${name}=${value}`);
    const terminal = await Terminal.run(['bump', '-i'], {
      cwd: repository(),
      environment: settings,
      rows: 40,
      before: `stty cols 0 rows ${rows}`,
    });
    expect(await terminal.screen('Which pins are to be changed?')).toMatch(/ acme\/web:1\.27 {2}\w+ → \w+$/m);
    await terminal.press('C-c');
    await terminal.screen('exit 130');
  },
);
