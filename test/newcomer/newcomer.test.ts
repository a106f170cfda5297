import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, ROOT } from '../docs/support/markdown.js';
import { readSession } from '../docs/support/session.js';
import { cloneRepository } from '../support/checkout.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What README says is needed, git for `git clone`, and the shell in which npm runs scripts. */
const PROGRAMS = ['node', 'npm', 'git', 'sh'];

/** A person with an account of her own on a machine that has these programs, where nothing of pullpin was ever run. */
const home = temporaryFolder();
const bin = join(home, 'bin');
const checkout = join(home, 'pullpin');
const env: Record<string, string> = {
  HOME: home,
  PATH: [bin, join(home, '.local/bin')].join(':'),
  LANG: 'C.UTF-8',
  // Programs of all users are a matter for root; npm lets others choose this folder.
  npm_config_prefix: join(home, '.local'),
};

const README = blocksOf('README.md');
const blockWith = (word: string): Block => {
  const found = README.find(({ text }) => text.includes(word));
  if (!found) throw new Error(`README has no block with: ${word}`);
  return found;
};

/** Runs a block or a command as she types it; what it prints on both streams. */
async function type(command: string, cwd = checkout): Promise<string> {
  const { all, exitCode } = await execa('sh', ['-c', command], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
    stripFinalNewline: false,
    timeout: 500_000,
  });
  expect(exitCode, `${command}\n${all}`).toBe(0);
  return all;
}

beforeAll(async () => {
  mkdirSync(bin);
  for (const name of PROGRAMS) {
    const { stdout } = await execa('sh', ['-c', `command -v ${name}`]);
    symlinkSync(realpathSync(stdout), join(bin, name));
  }
  // Where npm finds packages is a matter of this machine, and so are those that it has downloaded already: nothing is loaded twice.
  const { stdout: cache } = await execa('npm', ['config', 'get', 'cache'], { cwd: ROOT });
  const { stdout: settings } = await execa('npm', ['config', 'get', 'userconfig'], { cwd: ROOT });
  Object.assign(env, { npm_config_cache: cache, npm_config_userconfig: settings, npm_config_prefer_offline: 'true' });
  for (const [name, value = ''] of Object.entries(process.env))
    if (/^npm_config_(?:registry|.*proxy)$|_proxy$|^(?:NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$/i.test(name))
      env[name] = value;
  await cloneRepository(checkout, env);
}, 120_000);

describe('a newcomer with Node, npm and git', { timeout: 550_000 }, () => {
  test('tries it, and sees what README shows', async () => {
    const printed = await type(blockWith('npm run demo').text);
    const session = readSession(printed.slice(printed.indexOf('$ pullpin')));
    const shown = readSession(blockWith('$ pullpin redis:7.4\n').text);
    expect(shown.length).toBeGreaterThan(1);
    for (const { command, printed: text } of shown)
      expect(session.find((each) => each.command === command)?.printed.trimEnd()).toBe(text.trimEnd());
  });

  test('types the commands of README in the shell of the demo', async () => {
    const { command, printed } = readSession(blockWith('--template oci-string').text)[0]!;
    expect(await type(`npm run --silent demo -- sh -c '${command}'`)).toBe(printed);
  });

  test('installs it, and has both programs and their page of the manual', async () => {
    await type(blockWith('npm install --global').text);
    const version = await type('pullpin --version', home);
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
    const words = `registry.example/hello:1 --from oci:${checkout}/fixtures/images/hello`;
    expect(await type(`pullpin ${words}`, home)).toMatch(/^dockerTools\.pullImage \{\n/);
    expect(await type('nix-prefetch-docker --help', home)).toContain('nix-prefetch-docker');
    await type(`node -e 'fs.accessSync("${home}/.local/share/man/man1/pullpin.1")'`, home);
  });

  test('has a checkout without files that git does not know', async () => {
    const { stdout } = await execa('git', ['status', '--porcelain'], { cwd: checkout, env, extendEnv: false });
    const changed = stdout.split('\n').filter((line) => line.startsWith('??'));
    const { stdout: own } = await execa('git', ['-c', 'safe.directory=*', 'status', '--porcelain'], { cwd: ROOT });
    expect(changed.filter((line) => !own.includes(line.slice(3)))).toEqual([]);
  });
});
