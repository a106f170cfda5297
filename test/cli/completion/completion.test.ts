import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { SCRIPTS, SHELLS, type Shell } from '../../../src/cli/completion/scripts.js';
import { runInProcess, testContext } from '../../support/run-in-process.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const MAIN = fileURLToPath(new URL('../../../dist/main.cjs', import.meta.url));
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const folder = temporaryFolder();
const home = temporaryFolder();
const bin = join(home, 'bin');

beforeAll(() => {
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, 'hosts'));
  writeFileSync(
    join(folder, 'pins.nix'),
    `[ "ghcr.io/acme/web:1@${digest('a')}" "redis:7@${digest('b')}" "evil$(touch x):1@${digest('c')}" ]\n`,
  );
  mkdirSync(bin);
  symlinkSync(MAIN, join(bin, 'pullpin'));
  chmodSync(MAIN, 0o755);
});

/** What a shell's script would get. */
async function completions(shell: Shell, ...words: string[]): Promise<string[]> {
  const { stdout, exitCode } = await runInProcess(['__complete', shell, ...words], testContext({ folder }));
  expect(exitCode).toBe(0);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('what may follow', () => {
  test.each<[string[], string[]]>([
    [['b'], ['bump']],
    [['co'], ['config', 'completion']],
    [['-q', 'b'], ['bump']],
    [['bump', '--dry'], ['--dry-run']],
    [['--dry'], ['--dry-run']],
    [['digest', '--dry'], []],
    [
      ['pin', '--no-c'],
      ['--no-config', '--no-cache'],
    ],
    [['pin', '--hash-format', 'n'], ['nix32']],
    [['pin', '--hash-format=n'], ['--hash-format=nix32']],
    [
      ['pin', '-t', 'n'],
      ['nix2container', 'nix2container-manifest', 'npins'],
    ],
    [['pin', '-t', './x'], [':file']],
    [
      ['pin', '-qt', 'n'],
      ['nix2container', 'nix2container-manifest', 'npins'],
    ],
    [['bump', '-nq', '--dry'], []],
    [
      ['bump', '--digest', ''],
      ['keep', 'index', 'platform'],
    ],
    [
      ['pin', '--digest', ''],
      ['index', 'platform'],
    ],
    [['pin', '--system', 'aarch64-l'], ['aarch64-linux']],
    [
      ['pin', '--platform', 'linux/arm'],
      ['linux/arm64', 'linux/arm'],
    ],
    [['pin', '--output', ''], [':file']],
    [['bump', 're'], ['redis']],
    [['bump', 'ghcr'], ['ghcr.io/acme/web']],
    [['bump', 'hos'], [':file']],
    [['list', '--exclude', 'w'], ['web']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['completion', 'bash', ''], []],
    [['inspect', '-q', '--qui'], []],
    [['pin', 're'], []],
    [['help', 'b'], ['bump']],
    [
      ['help', 'lock', ''],
      ['add', 'remove', 'freeze', 'unfreeze', 'show', 'import', 'export'],
    ],
    [['help', 'completion', 'b'], ['bash']],
    [['help', 'digest', ''], []],
    [['help', 'lock', 'add', ''], []],
    [
      [],
      [
        'pin',
        'bump',
        'check',
        'list',
        'lock',
        'digest',
        'inspect',
        'tags',
        'templates',
        'explain',
        'doctor',
        'config',
        'completion',
        'cache',
        'help',
      ],
    ],
  ])('%j', async (words, expected) => {
    expect(await completions('zsh', ...words)).toEqual(expected);
  });

  test.each([
    [['lock']],
    [['templates']],
    [['cache']],
    [['completion']],
    [['help', 'lock']],
    [['pin', '--template']],
    [['help']],
    [[]],
    [['bump']],
  ])('each word behind %j has its meaning beside it, which begins with a capital', async (words) => {
    const { stdout } = await runInProcess(['__complete', 'zsh', ...words, ''], testContext({ folder }));
    // What is written as it stands, such as name:tag@digest, has no capital.
    expect(stdout).toMatch(/^(?:[\w./-]+\t(?:[A-Z][^\t\n]+|name:tag@digest, [^\t\n]+)\n)+$/);
  });

  test('bash splits words at = and :', async () => {
    expect(await completions('bash', 'pin', '--hash-format', '=', 'n')).toEqual(['nix32']);
    expect(await completions('bash', 'pin', '--hash-format', '=')).toEqual(['sri', 'nix32', 'hex']);
  });

  test('a name that means something to a shell is not offered, and an unknown shell gets nothing', async () => {
    expect(await completions('zsh', 'bump', 'evil')).toEqual([':file']);
    const { stdout, exitCode } = await runInProcess(['__complete', 'tcsh', 'b']);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
  });
});

const START: Readonly<Record<Shell, { readonly command: string; readonly setup: string }>> = {
  bash: { command: 'bash --norc --noprofile -i', setup: `PS1=; eval "$(pullpin completion bash)"` },
  zsh: {
    command: 'zsh -f -i',
    setup: 'PROMPT=; autoload -U compinit; compinit -u -D; source <(pullpin completion zsh)',
  },
  fish: { command: 'fish --no-config --interactive', setup: 'pullpin completion fish | source' },
};

/** Types into a shell that runs on a terminal of its own, and waits until `wanted` stands there. */
async function typeInto(shell: Shell, keys: string, wanted: string): Promise<void> {
  const { command, setup } = START[shell];
  const driver = `
zmodload zsh/zpty
TERM=dumb zpty -e shell ${JSON.stringify(command)}
zpty -w shell ${quoted(`${setup}; printf 'rea%s\\n' dy`)}
zpty -r shell out '*ready*'
zpty -w -n shell ${quoted(keys)}
zpty -r shell out ${quoted(`*${wanted}*`)}
zpty -d shell
`;
  await execa('zsh', ['-f', '-c', driver], {
    cwd: folder,
    env: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, HOME: home, LC_ALL: 'C.UTF-8' },
    extendEnv: false,
    timeout: 30_000,
  });
}

function quoted(text: string): string {
  return `$'${text.replace(/[\\']/g, '\\$&').replaceAll('\t', '\\t').replaceAll('\n', '\\n')}'`;
}

describe.each(SHELLS)('%s', (shell) => {
  test('completes a command, an option, a value and a pin', async () => {
    await typeInto(shell, 'pullpin bum\t', 'bump ');
    await typeInto(shell, 'pullpin bump --dry\t', 'dry-run ');
    await typeInto(shell, 'pullpin pin --hash-format ni\t', 'nix32 ');
    await typeInto(shell, 'pullpin bump ghcr\t', 'acme/web');
  });

  test('completes files where a file is wanted', async () => {
    await typeInto(shell, 'pullpin pin --output pin\t', 'pins.nix');
  });

  test('evaluates nothing of what was typed', async () => {
    // The line is taken back then, and the shell's answer to another one shows that it is through with the first.
    for (const word of ['$(touch touched)', '`touch touched`', '"$(touch touched)"', '--output=$(touch touched)'])
      await typeInto(shell, `pullpin pin ${word} --hash-f\t\u0015printf 'do%s\\n' ne\n`, 'done');
    expect(readdirSync(folder).sort()).toEqual(['.git', 'hosts', 'pins.nix']);
  });

  test('has a script of at most 15 lines', () => {
    expect(SCRIPTS[shell].trim().split('\n').length).toBeLessThanOrEqual(15);
  });
});
