import { expect, test } from 'vitest';
import { startRegistry } from '../../../support/faulty-registry.js';
import { gitRepository } from '../../../support/git-repository.js';
import { image } from '../../../support/images.js';
import { runInProcess, testContext } from '../../../support/run-in-process.js';

const registry = await startRegistry();
const DAY = 24 * 60 * 60 * 1000;

function add(age: number): string {
  const created = new Date(Date.now() - age * DAY).toISOString();
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', created });
  const content = image({ config, layers: [{ bytes: Buffer.from(`made ${age} days ago`) }] });
  registry.add('web:1', content);
  return content.root.digest;
}

const [OLD, NEW] = [add(100), add(3)];
const source = (digest: string): string => `"${registry.host}/web:1@${digest}"\n`;

function bump(args: readonly string[], config = '') {
  const { folder, environment } = gitRepository({ 'a.nix': source(OLD), 'pullpin.toml': config });
  return runInProcess(['bump', '--no-cache', ...args], testContext({ folder, environment }));
}

test('an image that is too new is held back, and listed with the day on which it becomes free', async () => {
  const day = new Date(Date.now() + 4 * DAY).toISOString().slice(0, 10);
  for (const args of [
    ['--cooldown', '7d'],
    ['--cooldown', '7d', '--check'],
    ['--cooldown', '1w', '-n'],
  ]) {
    const { exitCode, stdout, stderr } = await bump(args);
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toContain(
      `a.nix:1: ${registry.host}/web: 1 (${NEW.slice(7, 19)}) is too new: it becomes free on ${day}`,
    );
  }
});

test('one that is old enough is taken, and the file of the project sets the time', async () => {
  expect((await bump(['--cooldown', '2d', '--check'])).exitCode).toBe(3);
  expect((await bump(['--check'], 'cooldown = "7d"\n')).exitCode).toBe(0);
  expect((await bump(['--check'], '[bump]\ncooldown = "48h"\n')).exitCode).toBe(3);
  expect((await bump(['--check', '--cooldown', '0'], 'cooldown = "7d"\n')).exitCode).toBe(3);
});

test('the tables of both commands set how far tags move', async () => {
  const [old, newer] = ['1.0', '1.1'].map((tag) => {
    const content = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(tag) }] });
    registry.add(`app:${tag}`, content);
    return content.root.digest;
  });
  const { folder, environment } = gitRepository({
    'a.nix': `"${registry.host}/app:1.0@${old}"\n`,
    'pullpin.toml': '[bump]\ntags = "minor"\n[list]\ntags = "minor"\n',
  });
  const run = (...args: string[]) => runInProcess([...args, '--no-cache'], testContext({ folder, environment }));
  expect((await run('list', '--outdated')).stdout).toMatch(/1\.0 +1\.1 +1\.1/);
  expect((await run('bump', '--check')).exitCode).toBe(3);
  expect((await run('bump', '--json', '-n')).stdout).toContain(newer);
});

test('at the top of the file, tags is the table of another command', async () => {
  const { exitCode, stderr } = await bump(['--check'], 'tags = "minor"\n');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/pullpin\.toml:1: .*belongs below \[bump\] or \[list\]/);
});

test.each([
  [['--cooldown', 'soon'], '', /--cooldown is a time such as 7d, 12h or 2w, not 'soon'/],
  [['--cooldown', '7'], '', /--cooldown is a time/],
  [['--cooldown', '7d', '--hashes'], '', /--hashes/],
  [['--check'], 'cooldown = "x"\n', /pullpin\.toml:1: cooldown is a time such as 7d/],
])('%j with %j makes no sense', async (args, config, message) => {
  const { exitCode, stderr } = await bump(args, config);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
});
