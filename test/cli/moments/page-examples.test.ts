import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.js';
import { makeKey, type SigningKey, signatureImage } from '../../support/cosign.js';
import { BOTH, OLD, startNewcomer } from '../../support/newcomer.js';
import { createNix, nixSettings } from '../../support/nix-build.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

// The commands of pages that need a Nix store, or what Nix printed: each is typed as the page has it. Only what no test can have is replaced: the name
// of a bucket, a hash that stands for any, and `nix build`, whose error a real nix-build has written for the pin of the folder.

const MAIN = fileURLToPath(new URL('../../../dist/main.cjs', import.meta.url));
const newcomer = await startNewcomer();
const store = temporaryFolder();
const nix = createNix(store);
const REDIS = `${newcomer.registry.host}/docker-io/library/redis`;

/** The commands in the console blocks of a page. */
function commandsOf(page: string): string[] {
  const text = readFileSync(fileURLToPath(new URL(`../../../docs/${page}`, import.meta.url)), 'utf8');
  const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) => block.split('\n').flatMap((line) => /^\$ (.*)$/.exec(line)?.[1] ?? []));
}

const OF_HELP = COMMANDS.flatMap(({ options }) => options.examples.map(([line]) => line));
const LINES = [
  ...new Set([
    ...commandsOf('store.md'),
    ...commandsOf('mismatch.md'),
    ...commandsOf('doctor.md'),
    ...commandsOf('signatures.md'),
    ...OF_HELP.filter((line) => /--store|pullpin explain|pullpin doctor|--verify-signature/.test(line)),
  ]),
];

const call = (imageName: string, imageDigest: string, hash: string): string =>
  `dockerTools.pullImage {\n  imageName = "${imageName}";\n  imageDigest = "${imageDigest}";\n  hash = "${hash}";\n  finalImageTag = "7.4";\n  os = "linux";\n  arch = "amd64";\n  tlsVerify = false;\n}`;
const WRONG = `sha256-${'B'.repeat(42)}A=`;

async function type(line: string, cwd: string, files: Readonly<Record<string, string>> = {}) {
  const bin = temporaryFolder();
  const programs = { pullpin: `exec '${process.execPath}' '${MAIN}' "$@"`, ...files };
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
  const env = { PATH, HOME: bin, TMPDIR: temporaryFolder(), ...nixSettings(store), ...newcomer.env };
  return execa('bash', ['-c', line], { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' });
}

const archives = (): string[] => readdirSync(join(store, 'store')).filter((name) => name.endsWith('.tar'));

// The other commands of the pages are typed by test/docs/commands.test.ts.
test('the pages and the help have commands of each kind', () => {
  for (const part of ['--store', '| pullpin explain', 'doctor redis', '--verify-signature'])
    expect(LINES.filter((line) => line.includes(part))).not.toEqual([]);
});

test.each(LINES.filter((line) => line.includes('--store')))('%s', { timeout: 60_000 }, async (line) => {
  const { stdout, stderr, exitCode } = await type(line, newcomer.folder());
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('imageName = "redis";') });
  expect(stderr).toContain('is in the Nix store');
  expect(archives().join()).toContain('docker-image-redis-7.4.tar');
});

test.each(LINES.filter((line) => line.includes('--copy-to')))('%s', { timeout: 60_000 }, async (line) => {
  const [cwd, cache] = [temporaryFolder(), join(temporaryFolder(), 'cache')];
  writeFileSync(join(cwd, 'image.nix'), `{ dockerTools }:\n${call(REDIS, OLD.root.digest, WRONG)}\n`);
  const { stderr, exitCode } = await type(line.replace(/s3:\S+/, `file://${cache}`), cwd);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('1 pin changed in 1 file')]);
  expect(readdirSync(cache).filter((name) => name.endsWith('.narinfo'))).toHaveLength(1);
});

test.each(LINES.filter((line) => line.includes('--archive')))('%s', { timeout: 60_000 }, async (line) => {
  const cwd = newcomer.folder();
  const { stdout, exitCode } = await type(line, cwd);
  expect(exitCode).toBe(0);
  const [, file = '', image = ''] = /--archive (\S+) (\S+)/.exec(line) ?? [];
  expect(existsSync(join(cwd, file))).toBe(true);
  // The next line gives the file to docker; it holds the image under its name.
  expect(LINES).toContain(`docker load --input ${file}`);
  const { stdout: manifest } = await execa('tar', ['-xOf', join(cwd, file), 'manifest.json']);
  expect(JSON.parse(manifest)).toMatchObject([{ RepoTags: [`docker.io/library/${image}`] }]);
  const { stdout: hash } = await execa('nix-hash', ['--type', 'sha256', '--flat', '--base32', join(cwd, file)]);
  const sri = (await execa('nix-hash', ['--to-base16', '--type', 'sha256', hash])).stdout;
  expect(stdout).toContain(Buffer.from(sri, 'hex').toString('base64'));
});

test.each(LINES.filter((line) => line.includes('| pullpin explain')))('%s', { timeout: 60_000 }, async (line) => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, '.git'));
  const { stdout: digest } = await type('pullpin digest redis:7.4', cwd);
  const text = call(REDIS, digest, WRONG);
  writeFileSync(join(cwd, 'image.nix'), `{ dockerTools }:\n${text}\n`);
  const built = await nix.build(text);
  if (!('refused' in built)) throw new Error('Nix has built a pin with a wrong hash');
  writeFileSync(join(cwd, 'error.txt'), built.refused);
  const { stdout, stderr, exitCode } = await type(line, cwd, { nix: 'cat error.txt >&2; exit 1' });
  expect([stderr, stdout]).toEqual(['', expect.stringContaining('image.nix:2')]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(REDIS);
});

test.each(LINES.filter((line) => line.includes('--got')))('%s', { timeout: 60_000 }, async (line) => {
  const cwd = newcomer.folder();
  const { stdout: pin } = await type('pullpin --json redis:7.4', cwd);
  const { hash } = JSON.parse(pin).pins[0] as { hash: string };
  const { stdout, stderr, exitCode } = await type(line.replace(/sha256-…|HASH/, hash), cwd);
  expect(stderr.split('\n').filter((each) => !/warning|^$/.test(each))).toEqual([]);
  expect(stdout).toContain('redis:7.4');
  expect(exitCode).toBe(0);
});

test.each(LINES.filter((line) => line.includes('doctor')))('%s', async (line) => {
  const { stdout, stderr } = await type(line, newcomer.folder());
  expect(stderr).toBe('');
  expect(stdout).toContain('nix: Nix is there');
  expect(stdout.includes('credentials: ')).toBe(line.includes('redis'));
});

describe('signatures', () => {
  const key = makeKey();
  beforeAll(async () => {
    for (const repository of ['docker-io/library/redis', 'ghcr-io/acme/web', 'docker-io/library/postgres']) {
      const tag = `${BOTH.root.digest.replace(':', '-')}.sig`;
      const content = signatureImage('simple', [{ key, digest: BOTH.root.digest }]);
      await newcomer.registry.push(repository, tag, content);
    }
  });

  // The one with a TOML file is typed in test/signature/keyless.test.ts.
  test.each(LINES.filter((line) => line.includes('--verify-signature') && !line.includes('.toml')))(
    '%s',
    async (line) => {
      const cwd = temporaryFolder();
      writeFileSync(join(cwd, 'a.nix'), `"redis:7.4@${line.includes('check') ? BOTH.root.digest : OLD.root.digest}"\n`);
      const run = async (by: SigningKey) => {
        writeFileSync(join(cwd, 'cosign.pub'), readFileSync(by.file));
        return type(line.replace('ghcr.io/acme/app:1', 'ghcr.io/acme/web:1.27'), cwd);
      };
      expect(await run(makeKey())).toMatchObject({ exitCode: 1 });
      expect(readFileSync(join(cwd, 'a.nix'), 'utf8')).toContain(line.includes('bump') ? OLD.root.digest : 'redis');
      expect(await run(key)).toMatchObject({ exitCode: 0 });
    },
  );
});
