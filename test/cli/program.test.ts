import { describe, expect, test } from 'vitest';
import { fixtureImage } from '../support/fixture-images.js';
import { runInProcess, testContext } from '../support/run-in-process.js';

const HELLO = ['--from', `oci:${fixtureImage('hello')}`];

describe('arguments that make no sense end with 2 and one line', () => {
  test.each<[string[], RegExp]>([
    [['pin', '--nosuch', 'x'], /there is no option --nosuch; see pullpin pin --help/],
    [['--nosuch', 'pin', 'x'], /there is no option --nosuch/],
    [['pin', 'x', '--nosuch=3'], /there is no option --nosuch;/],
    [['pin', '--', '--y'], /'--y' is not an image name/],
    [['inspect', '--constructor', 'x'], /there is no option --constructor/],
    [['digest', 'x', '-Zq'], /there is no option -Zq; see pullpin digest --help/],
    [['pin', '\u001b[31m'], /is not an image name/],
    [['pin'], /name an image/],
    [['-q'], /name an image/],
    [['digest'], /name an image/],
    [['inspect'], /name an image/],
    [['inspect', 'a', 'b'], /one image/],
    [['inspect', 'a', '--system', 'x86_64-linux', '--system', 'aarch64-linux'], /one platform/],
    [['pin', 'x', '--final-tag'], /--final-tag needs a value/],
    [['pin', 'x', '--final-tag', '--json'], /--final-tag needs a value/],
    [['pin', 'x', '--final-tag', 'a', '--final-tag', 'b'], /--final-tag was given more than once/],
    [['pin', 'x', '--digest', 'foo'], /--digest is one of index, platform, not 'foo'/],
    [['pin', 'x', '--indent', '-1'], /--indent is a whole number from 0 to 40, not '-1'/],
    [['pin', 'x', '--indent', '1e1'], /--indent is a whole number/],
    [['pin', 'x', '-q', '-v'], /--verbose and --quiet do not go together/],
    [['pin', 'x', '--quote'], /--quote goes with/],
    [['pin', 'x', 'y', '--final-tag', '1'], /go with one image/],
    [['pin', 'x', '--final-name', 'y', '-t', 'nix2container'], /no place for them/],
    [['pin', 'x', '--final-name', 'y', '--target', 'nar'], /no place for them/],
    [['pin', 'x', 'y', '-o', 'json'], /for JSON write --json/],
    [['pin', 'x', '--os', 'linux', '--platform', 'linux/arm64'], /do not go together/],
    [['pin', 'x', '--system', 'constructor'], /no images exist for the system 'constructor'/],
    [['pin', 'x', '--arch', 'x86_64'], /write amd64, or linux\/amd64 for a platform/],
    [['pin', 'x', 'y', ...HELLO], /--from reads one image/],
    [['pin', 'x', '--from', 'dir:x'], /write oci:FOLDER/],
    [['pin', 'x', '--retries', '21'], /--retries is a whole number from 0 to 20/],
    ...[
      ['pin', '-'],
      ['bump', '-'],
      ['check', '-'],
      ['list', '--outdated', '-'],
    ].map((words): [string[], RegExp] => [
      [...words, '--creds-stdin'],
      /: - and --creds-stdin cannot both read stdin: set PULLPIN_USERNAME and PULLPIN_PASSWORD /,
    ]),
    [['explain', '--creds-stdin'], /explain and --creds-stdin cannot both read stdin: set PULLPIN_USERNAME and /],
    [
      ['bump', '-i', '--creds-stdin'],
      /: --interactive and --creds-stdin cannot both read stdin: set PULLPIN_USERNAME and PULLPIN_PASSWORD /,
    ],
    [['help', 'bump', 'check'], /'check' is one word too many: write pullpin help bump, or pullpin help check\n/],
    [['help', 'bump', 'bump'], /'bump' is one word too many: write pullpin help bump\n/],
    [['help', 'bump', './x.nix'], /'\.\/x\.nix' is one word too many: write pullpin help bump\n/],
    [['help', 'bump', 'check', '--help'], /'check' is one word too many: write pullpin help bump, or /],
    [['help', 'pin', '--final-tag'], /--final-tag needs a value/],
    [['help', 'lock', 'add', 'redis'], /'redis' is one word too many: write pullpin help lock\n/],
    [['help', 'lock', 'toString'], /'toString' is one word too many: write pullpin help lock\n/],
    [['help', 'dgiest', 'bump'], /there is no command 'dgiest'; did you mean digest\?/],
    [['pin', 'x', '--function', 'f; x'], /not the name of a Nix function/],
    [
      ['dgiest', 'redis'],
      /there is no command 'dgiest'; did you mean digest\? For an image of that name: pullpin pin dgiest\n/,
    ],
  ])('%j', async (args, words) => {
    const { exitCode, stdout, stderr } = await runInProcess(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(/^pullpin: [^\p{C}]+\n$/u);
  });
});

describe('words stay as typed', () => {
  test.each<[string[], RegExp]>([
    [['x', '--final-tag', '7.10'], /finalImageTag = "7\.10"/],
    [['x', '--final-tag', '0x10'], /finalImageTag = "0x10"/],
    [['x:1e3'], /finalImageTag = "1e3"/],
    [['7', '--final-tag', '1'], /imageName = "7"/],
    [['--platform', 'linux/arm64', 'x'], /imageName = "x";[\s\S]*arch = "arm64"/],
    [['--insecure', 'a.example', 'x'], /imageName = "x"/],
    [['-t', 'attrs', 'x'], /^\{\n/],
    [['pin', 'pin'], /imageName = "pin"/],
    [['x', '--json=false'], /^dockerTools/],
  ])('%j', async (args, words) => {
    const { exitCode, stdout, stderr } = await runInProcess([...args, ...HELLO]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(words);
  });

  test('help is in English in every locale, and goes to stdout on request', async () => {
    const context = testContext({ environment: { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' } });
    expect(await runInProcess(['--help'], context)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(context.said.stdout).toMatch(/Commands:[\s\S]*Registries [\s\S]*Environment:/);
    for (const command of ['pin', 'digest', 'inspect'])
      expect((await runInProcess([command, '--help'])).stdout).toMatch(new RegExp(`pullpin \\[?${command}\\b`));
  });

  test.each([
    [
      ['help', 'lock', '--help'],
      ['lock', '--help'],
    ],
    [
      ['help', 'lock', 'add', '--help'],
      ['lock', '--help'],
    ],
    [
      ['--help', 'help', 'lock'],
      ['lock', '--help'],
    ],
    [
      ['help', 'lock', '--nosuch', '--help'],
      ['lock', '--help'],
    ],
    [
      ['help', 'lock', '-h'],
      ['lock', '-h'],
    ],
    [['help', '--help'], ['--help']],
    [['help', '-h'], ['-h']],
  ])('%j shows the help of %j', async (words, same) => {
    const { stdout, stderr, exitCode } = await runInProcess(words);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toBe((await runInProcess(same)).stdout);
  });

  test.each(['', 'pin', 'bump', 'list', 'digest', 'inspect', 'tags', 'cache'])(
    'the help of %j fits a pipe and breaks no word; -h is one screen',
    async (command) => {
      const words = command === '' ? [] : [command];
      const [short, long] = [await runInProcess([...words, '-h']), await runInProcess([...words, '--help'])];
      expect(short.stdout.split('\n').length).toBeLessThan(51);
      for (const { stdout, stderr, exitCode } of [short, long]) {
        expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
        expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
        expect(stdout).not.toMatch(/\[(?:string|boolean|array|default)/);
      }
      expect(long.stdout).toContain('PULLPIN_USERNAME');
    },
  );

  test('without words: help on stderr, and exit code 2', async () => {
    const { exitCode, stdout, stderr } = await runInProcess([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('pullpin [pin] IMAGE...');
  });
});
