import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startDockerRegistry } from '../support/docker-registry.js';
import { gitRepository } from '../support/git-repository.js';
import { image } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEXT = readFileSync(join(ROOT, 'action.yml'), 'utf8');

interface Step {
  readonly shell?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { description: string; default: string }>>;
  readonly outputs: Readonly<Record<string, { description: string; value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
const action: Action = parse(TEXT);
const [build, run] = action.runs.steps;

const registry = await startDockerRegistry();
const version = (text: string) =>
  image({ config: JSON.stringify({ architecture: 'amd64', os: 'linux' }), layers: [{ bytes: Buffer.from(text) }] });
const OLD = version('old');

/** Executes the step that runs pullpin, as GitHub's runner does, and gives what it has written. */
async function runStep(cwd: string, inputs: Readonly<Record<string, string>>) {
  const temporary = temporaryFolder();
  const files = { GITHUB_OUTPUT: join(temporary, 'output'), GITHUB_STEP_SUMMARY: join(temporary, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const given = Object.entries(run?.env ?? {}).map(([name, expression]) => {
    const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression) ?? [];
    return [name, inputs[input] ?? action.inputs[input]?.default ?? ''];
  });
  const script = join(temporary, 'step.sh');
  writeFileSync(script, run?.run ?? 'exit 99');
  const { stdout, stderr, exitCode } = await execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd,
    env: {
      ...Object.fromEntries(given),
      ...{ PATH: process.env['PATH'], HOME: temporary, RUNNER_TEMP: temporary, GITHUB_ACTION_PATH: ROOT },
      ...{ GITHUB_WORKSPACE: cwd, ...files },
    },
    extendEnv: false,
    reject: false,
  });
  const outputs = readFileSync(files.GITHUB_OUTPUT, 'utf8').matchAll(/^([\w-]+)<<(.+)\n([\s\S]*?)\n\2$/gm);
  return {
    exitCode,
    stdout,
    stderr,
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
    outputs: Object.fromEntries(Array.from(outputs, ([, name = '', , value]) => [name, value])),
  };
}

/** A repository with a pin of a tag that has moved since. */
async function outdated(name: string) {
  await registry.push(name, '1', OLD);
  const folder = gitRepository({
    'images/pin.nix': `pullImage {
      imageName = "${registry.host}/${name}"; imageDigest = "${OLD.root.digest}"; finalImageTag = "1";
      os = "linux"; arch = "amd64"; sha256 = "";
    }\n`,
  }).folder;
  return folder;
}

test('action.yml has the shape of a composite action, and each input and output is described', () => {
  expect(Object.keys(action)).toEqual(['name', 'description', 'inputs', 'outputs', 'runs']);
  expect(action.runs.using).toBe('composite');
  for (const each of Object.values(action.inputs)) {
    expect(Object.keys(each)).toEqual(['description', 'default']);
    expect(typeof each.default).toBe('string');
  }
  for (const [name, { value }] of Object.entries(action.outputs))
    expect(value).toBe(`\${{ steps.run.outputs.${name} }}`);
  for (const step of action.runs.steps) expect(step.shell ?? step.uses).toBeDefined();
});

test('no script of action.yml has an expression within, and what another action would be is pinned by commit', () => {
  for (const { run: script, uses } of action.runs.steps) {
    expect(script ?? '').not.toContain('${{');
    expect(uses ?? 'a/b@0123456789012345678901234567890123456789').toMatch(/^[\w./-]+@[0-9a-f]{40}$/);
  }
  const used = [...TEXT.matchAll(/inputs\.([\w-]+) \}\}/g)].map(([, name]) => name);
  expect([...new Set(used)].toSorted()).toEqual(Object.keys(action.inputs).toSorted());
});

test('the step builds pullpin where it is not built, and not for a program that is given', async () => {
  const folder = temporaryFolder();
  const log = join(folder, 'log');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\necho "$@" >>${log}\n`, { mode: 0o755 });
  const env = { PATH: `${folder}/bin:${process.env['PATH']}`, GITHUB_ACTION_PATH: folder };
  const execute = (program: string) =>
    execa('bash', ['-eo', 'pipefail', '-c', build?.run ?? 'exit 9'], { env: { ...env, PULLPIN_PROGRAM: program } });
  await execute('/usr/bin/pullpin');
  expect(existsSync(log)).toBe(false);
  await execute('');
  expect(readFileSync(log, 'utf8')).toBe('ci --no-audit --no-fund\nrun --silent build\n');
  cpSync(join(ROOT, 'dist/main.cjs'), join(folder, 'dist/main.cjs'));
  await execute('');
  expect(readFileSync(log, 'utf8').split('\n')).toHaveLength(3);
});

test('check writes annotations, a summary and the outputs, and fails as pullpin does', async () => {
  const folder = await outdated('action/check');
  const { exitCode, stdout, summary, outputs } = await runStep(folder, {});
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^::error file=images\/pin\.nix,line=1,col=1,title=pullpin%3A [\w-]+::/m);
  expect(summary).toMatch(/^## pullpin check\n\n1 pin checked\.\n\n\| level \| where \| what \| what to do \|\n/);
  expect(summary).toContain('| error | images&#47;pin&#46;nix:1 | ');
  expect(outputs).toMatchObject({ 'exit-code': '1', changed: 'false', title: '', 'commit-message-file': '' });
  expect(summary).toContain(readFileSync(outputs['body-file'] ?? '', 'utf8'));
  expect(await runStep(folder, { 'fail-on': 'never' })).toMatchObject({ exitCode: 0, outputs: { 'exit-code': '1' } });
});

test('bump changes the files, and writes the pull request: title, body and commit message', async () => {
  const folder = await outdated('action/bump');
  await registry.push('action/bump', '1', version('new'));
  const options = '--unproven\n';
  const { exitCode, stderr, outputs, summary } = await runStep(folder, { command: 'bump', paths: 'images', options });
  expect(stderr).not.toContain('rror');
  expect(exitCode).toBe(0);
  expect(outputs).toMatchObject({ 'exit-code': '0', changed: 'true' });
  const message = readFileSync(outputs['commit-message-file'] ?? '', 'utf8');
  expect(message.split('\n')[0]).toBe(outputs['title']);
  expect(outputs['title']).toContain('action/bump');
  const body = readFileSync(outputs['body-file'] ?? '', 'utf8');
  expect(body).toContain('| image | from | to | version | in |');
  expect(summary).toBe(`## pullpin bump\n\n${body}`);
  expect(readFileSync(join(folder, 'images/pin.nix'), 'utf8')).toContain(version('new').root.digest);
  const again = await runStep(folder, { command: 'bump' });
  expect(again).toMatchObject({ exitCode: 0, outputs: { changed: 'false', title: '', 'commit-message-file': '' } });
});

test('fail-on: error lets an outdated pin pass', async () => {
  const folder = await outdated('action/moved');
  await runStep(folder, { command: 'bump', options: '--hashes' });
  await registry.push('action/moved', '1', version('newer'));
  expect(await runStep(folder, {})).toMatchObject({ exitCode: 3 });
  expect(await runStep(folder, { 'fail-on': 'error' })).toMatchObject({ exitCode: 0, outputs: { 'exit-code': '3' } });
});

test.each([
  [{ command: 'cache' }, 'command must be check or bump, not "cache"'],
  [{ 'fail-on': 'x' }, 'fail-on must be any or error or never, not "x"'],
  [{ options: 'minor' }, 'each line of options begins with -, as in --tags=minor; "minor" does not'],
  [{ program: '/gone' }, 'cannot run /gone: '],
])('a wrong input ends with one line that names it: %o', async (inputs, message) => {
  const { exitCode, stderr } = await runStep(temporaryFolder(), inputs);
  expect(stderr).toMatch(/^pullpin action: .*$/);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(2);
});

test('no word of an input reaches a shell or becomes an option or a line of an output', async () => {
  const folder = temporaryFolder();
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$@" >args\nprintf "{}\\nEOF\\nchanged=true\\n"\n', {
    mode: 0o755,
  });
  const word = '$(touch hacked)`touch hacked`; touch hacked';
  const { outputs } = await runStep(folder, { command: 'bump', program, paths: `${word}\n--output=x` });
  expect(existsSync(join(folder, 'hacked'))).toBe(false);
  expect(readFileSync(join(folder, 'args'), 'utf8')).toMatch(/\n--\n\$\(touch hacked\).*\n--output=x\n$/);
  expect(outputs).toMatchObject({ changed: 'false' });
});
