import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { createNix, nixSettings } from '../support/nix-build.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let registry: DockerRegistry;
const hello = fixtureImages()['hello'] ?? expect.unreachable();
const zstd = fixtureImages()['zstd'] ?? expect.unreachable();
beforeAll(async () => {
  registry = await startDockerRegistry();
  await registry.push('hello', '1', hello);
});

/** A Nix of its own, and the environment in which pullpin uses it. */
function ownNix() {
  const folder = temporaryFolder();
  const env = nixSettings(folder);
  return { folder, env, nix: createNix(folder), store: () => namesIn(env.NIX_STORE_DIR) };
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.tar')) : [];
}

/** A registry that is stopped before Nix builds what it had. */
async function pinAndStop(options: readonly string[], env: Readonly<Record<string, string>>) {
  const own = await startDockerRegistry();
  await own.push('team/web', '2', hello);
  const run = await runPullpin(['pin', ...options, `${own.host}/team/web:2`], { env });
  await own.close();
  return run;
}

describe('pin --store', () => {
  test('gives the same pin, and nix-build needs no registry any more', async () => {
    const { env, nix, store } = ownNix();
    const { stdout, stderr, exitCode } = await pinAndStop(['--store'], env);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`is in the Nix store: ${env.NIX_STORE_DIR}/`);
    expect(await nix.build(stdout)).toEqual({ storePath: expect.stringMatching(/-docker-image-.*-team-web-2\.tar$/) });
    expect(store()).toHaveLength(1);
    const wrong = stdout.replace(/sha256-./, (start) => (start.endsWith('A') ? 'sha256-B' : 'sha256-A'));
    expect(await nix.build(wrong)).toHaveProperty('refused');
  });

  test('downloads nothing that the store has, and leaves nothing behind', async () => {
    const { folder, env } = ownNix();
    const temporary = join(folder, 'scratch');
    mkdirSync(temporary);
    const run = () =>
      runPullpin(['pin', '--json', '-v', '--store', `${registry.host}/hello:1`], {
        env: { ...env, TMPDIR: temporary, XDG_CACHE_HOME: folder },
      });
    const [first, second] = [await run(), await run()];
    expect(JSON.parse(second.stdout)).toEqual(JSON.parse(first.stdout));
    expect(JSON.parse(first.stdout).pins[0].storePath).toMatch(/-docker-image-127\.0\.0\.1-[0-9]+-hello-1\.tar$/);
    const layers = (stderr: string): number => stderr.split('\n').filter((line) => line.includes('/blobs/')).length;
    expect(layers(first.stderr)).toBeGreaterThan(0);
    expect(layers(second.stderr)).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('downloads again what the cache knows and the store has lost', async () => {
    const [one, other] = [ownNix(), ownNix()];
    const cache = { XDG_CACHE_HOME: temporaryFolder() };
    const args = ['pin', '--store', `${registry.host}/hello:1`];
    await runPullpin(args, { env: { ...one.env, ...cache } });
    const { exitCode } = await runPullpin(args, { env: { ...other.env, ...cache } });
    expect({ exitCode, stored: other.store().length }).toEqual({ exitCode: 0, stored: 1 });
  });

  test('without Nix fails before any download, in one line', async () => {
    const empty = temporaryFolder();
    const { stdout, stderr, exitCode } = await runPullpin(['pin', '--store', '-v', `${registry.host}/hello:1`], {
      env: { PATH: empty },
    });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(stderr).toMatch(/^pullpin: nix-store: it is not on the PATH: install Nix, or do without its store\n/);
    expect(stderr).not.toContain('/v2/');
  });

  test.each([
    [['--store', '-t', 'nix2container'], /--store and --archive keep what dockerTools\.pullImage fetches/],
    [['--store', '-t', 'oci-string'], /--store and --archive keep what dockerTools\.pullImage fetches/],
    [['--copy-to', 'somewhere'], /'somewhere' is not a place that Nix copies to: write a URL/],
    [['--copy-to='], /--copy-to needs a value/],
  ])('%j is a usage error', async (options, message) => {
    const { stdout, stderr, exitCode } = await runPullpin(['pin', ...options, `${registry.host}/hello:1`]);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(message);
  });
});

describe('pin --copy-to', () => {
  test('fills a binary cache with zstd, from which a fresh store builds without a registry', async () => {
    const { folder, env, nix } = ownNix();
    const cache = join(folder, 'cache');
    const { stdout, stderr, exitCode } = await pinAndStop(['--copy-to', `file://${cache}`], env);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(new RegExp(`is in the Nix store: \\S+, and copied to file://${cache}$`, 'm'));
    expect(readdirSync(join(cache, 'nar'))).toEqual([expect.stringMatching(/\.nar\.zst$/)]);
    for (const place of [env.NIX_STORE_DIR, env.NIX_STATE_DIR]) rmSync(place, { recursive: true });
    expect(await nix.build(stdout, { substituter: `file://${cache}` })).toHaveProperty('storePath');
  });

  test('passes on what Nix says when it cannot copy', async () => {
    const { folder, env } = ownNix();
    writeFileSync(join(folder, 'taken'), '');
    const place = `file://${folder}/taken`;
    const { stderr, exitCode } = await runPullpin(['pin', '-q', '--copy-to', place, `${registry.host}/hello:1`], {
      env,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^pullpin: [^\n]*hello:1: nix: [^\n]*taken[^\n]*\n$/);
  });
});

describe('pin --archive', () => {
  test('writes the bytes whose hash the pin has, also with --store', async () => {
    const { folder, env, store } = ownNix();
    const run = (name: string, ...options: string[]) =>
      runPullpin(['pin', '--hash-format', 'hex', ...options, '--archive', name, `${registry.host}/hello:1`], {
        env,
        cwd: folder,
      });
    for (const options of [[], ['--store']]) {
      const { stdout, exitCode } = await run('hello.tar', ...options);
      expect(exitCode).toBe(0);
      const { createHash } = await import('node:crypto');
      const sha256 = createHash('sha256')
        .update(readFileSync(join(folder, 'hello.tar')))
        .digest('hex');
      expect(stdout).toContain(`sha256 = "${sha256}"`);
    }
    expect(store()).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.startsWith('.pullpin'))).toEqual([]);
  });

  test('refuses a folder, a missing folder and several images, before any download', async () => {
    const cwd = temporaryFolder();
    const image = `${registry.host}/hello:1`;
    const runs = [
      ['.', image],
      ['missing/x.tar', image],
      ['x.tar', image, image],
    ];
    for (const [file = '', ...images] of runs) {
      const { stderr, exitCode } = await runPullpin(['pin', '--archive', file, ...images], { cwd });
      expect(exitCode).toBeGreaterThan(0);
      expect(stderr.split('\n')).toHaveLength(2);
    }
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('bump --store', () => {
  test('keeps what it pins: the file that it wrote builds without a registry', async () => {
    const own = await startDockerRegistry();
    await own.push('app', '1', hello);
    const { folder, env, nix } = ownNix();
    const pin = await runPullpin(['pin', `${own.host}/app:1`]);
    writeFileSync(join(folder, 'app.nix'), pin.stdout);
    await own.push('app', '1', zstd);
    const { stderr, stdout, exitCode } = await runPullpin(['bump', '--json', '--store', 'app.nix'], {
      env,
      cwd: folder,
    });
    await own.close();
    expect({ stderr, exitCode }).toEqual({
      stderr: expect.stringContaining('1 image added to the Nix store'),
      exitCode: 0,
    });
    const [change] = JSON.parse(stdout).changes;
    const after = readFileSync(join(folder, 'app.nix'), 'utf8');
    expect(await nix.build(after)).toEqual({ storePath: change.storePath });
  });

  test('each shard copies what is new in its part, and Nix copies nothing that the cache has', async () => {
    const names = ['one', 'two', 'three'];
    for (const name of names) await registry.push(`shard/${name}`, '1', hello);
    const place = temporaryFolder();
    const blocks = await Promise.all(
      names.map(async (name) => (await runPullpin(['pin', `${registry.host}/shard/${name}:1`])).stdout),
    );
    blocks.forEach((text, at) => {
      writeFileSync(join(place, `${names[at]}.nix`), text);
    });
    // The third is as it should be, so nobody needs its archive.
    for (const name of ['one', 'two']) await registry.push(`shard/${name}`, '1', zstd);
    const cache = temporaryFolder();
    // The machines of a fleet have their stores in the same place.
    const { env, store } = ownNix();
    const shard = async (index: number) => {
      const plan = join(temporaryFolder(), 'plan.json');
      const words = ['bump', '.', '--shard', `${index}/3`, '--plan', plan, '--copy-to', `file://${cache}`];
      const run = await runPullpin(words, { env, cwd: place });
      return { run, plan };
    };
    const copies = () =>
      readdirSync(join(cache, 'nar'))
        .map((name) => [name, statSync(join(cache, 'nar', name)).mtimeMs] as const)
        .toSorted();
    const first = await Promise.all([1, 2, 3].map(shard));
    expect(first.map(({ run }) => run.exitCode)).toEqual([0, 0, 0]);
    expect(store()).toHaveLength(2);
    const copied = copies();
    expect(readdirSync(cache).filter((name) => name.endsWith('.narinfo'))).toHaveLength(2);
    await Promise.all([1, 2, 3].map(shard));
    expect(copies()).toEqual(copied);
    const { stdout } = await runPullpin(['bump', '--json', '--apply', ...first.map(({ plan }) => plan)], {
      cwd: place,
    });
    const { changes } = JSON.parse(stdout);
    expect(changes).toHaveLength(2);
    for (const { file, storePath } of changes) {
      expect(storePath).not.toBeNull();
      expect(readFileSync(join(place, file), 'utf8')).not.toContain(hello.root.digest);
    }
  });

  test('goes with a bump that writes', async () => {
    const { stderr, exitCode } = await runPullpin(['bump', '--store', '--check']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--store keeps what is written into files: leave out --check and --dry-run');
  });
});
