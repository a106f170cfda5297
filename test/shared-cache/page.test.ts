import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { BOTH, startNewcomer } from '../support/newcomer.js';
import { entriesIn } from '../support/shared-cache.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// The page is followed from its top to its end, in one shell. Only the folder of the example is another one, for nobody has /srv/pullpin-cache.

const MAIN = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));
const PAGE = readFileSync(fileURLToPath(new URL('../../docs/shared-cache.md', import.meta.url)), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
const LINES = BLOCKS.flatMap((block) => block.split('\n').flatMap((line) => /^\$ (.*)$/.exec(line)?.[1] ?? []));
const OF_HELP = COMMANDS.flatMap(({ options }) => options.examples.map(([line]) => line)).filter((line) =>
  line.includes('--shared-cache'),
);
const newcomer = await startNewcomer();

async function follow(script: string, cwd: string, environment: Readonly<Record<string, string>> = {}) {
  const bin = temporaryFolder();
  writeFileSync(join(bin, 'pullpin'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
  const home = { HOME: temporaryFolder(), TMPDIR: temporaryFolder() };
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, ...home, ...newcomer.env, ...environment };
  return execa('bash', ['-e', '-c', script], { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' });
}

/** The folder of the newcomer, with a pin whose hash is still to be found. */
function pinsToHash(): string {
  const folder = newcomer.folder();
  const values = `imageName = "redis"; imageDigest = "${BOTH.root.digest}"; hash = ""; finalImageTag = "7.4"; os = "linux"; arch = "amd64";`;
  writeFileSync(join(folder, 'new.nix'), `{ dockerTools }: dockerTools.pullImage { ${values} tlsVerify = false; }\n`);
  return folder;
}

test('the commands of docs/shared-cache.md set up a shared cache that others then read', {
  timeout: 120_000,
}, async () => {
  const [cwd, folder] = [pinsToHash(), temporaryFolder()];
  // Each command runs on a machine that knows nothing yet; the public key is the one that the first command printed.
  const script = LINES.map((line) => `export XDG_CACHE_HOME=$(mktemp -d)\n${line}`)
    .join('\n')
    .replaceAll('/srv/pullpin-cache', folder)
    .replace('pullpin cache key team-1 team.secret', '$&\nPUBLIC_KEY=$(pullpin cache key team.secret)');
  const { stdout, stderr, exitCode } = await follow(script, cwd);
  expect(stderr).not.toMatch(/warning: the shared cache/);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^team-1:[A-Za-z0-9+/]{43}=\n/);
  expect(stdout.match(/imageName = "redis"/g)).toHaveLength(3);
  expect(entriesIn(folder).length).toBeGreaterThan(0);
  expect(statSync(join(cwd, 'team.secret')).mode & 0o777).toBe(0o600);
});

test('the configuration of the page is one that pullpin reads', async () => {
  const [, toml = ''] = /^```toml\n([\s\S]*?)^```$/m.exec(PAGE) ?? [];
  const own = join(temporaryFolder(), 'pullpin/pullpin.toml');
  mkdirSync(dirname(own), { recursive: true });
  writeFileSync(own, toml);
  const { stdout, exitCode } = await follow('pullpin config', temporaryFolder(), {
    XDG_CONFIG_HOME: dirname(dirname(own)),
  });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('oci://ghcr.io/acme/pullpin-cache')]);
});

test('the format of an entry is the one of the page', () => {
  const [, line = ''] = /^(\{"version".*)$/m.exec(PAGE) ?? [];
  expect(Object.keys(JSON.parse(line))).toEqual(['version', 'question', 'answer']);
});

test.each(OF_HELP)('%s', { timeout: 60_000 }, async (line) => {
  const [cwd, folder] = [pinsToHash(), temporaryFolder()];
  const script = `pullpin cache key team-1 team.secret\n${line}`;
  const { stderr, exitCode } = await follow(script, cwd, { PULLPIN_SHARED_CACHE: `file://${folder}` });
  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('shared cache')]);
  expect(entriesIn(folder).length).toBeGreaterThan(0);
});
