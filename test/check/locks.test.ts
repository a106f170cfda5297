import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FindingJson } from '../../src/check/output/report-json.js';
import { makeKey, signatureImage } from '../support/cosign.js';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { image, textImage, textImages } from '../support/images.js';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// What `pullpin lock` keeps is checked with the pins of files.

let registry: DockerRegistry;
beforeAll(async () => {
  registry = await startDockerRegistry();
});

let count = 0;

/** A repository of its own in the registry, locked in a folder; how to check it. */
async function locked(rest = '', file = 'images.toml', content = textImages('first')) {
  count += 1;
  const repository = `app${count}`;
  await registry.push(repository, '1.0', content);
  const { folder, home } = { folder: temporaryFolder(), home: temporaryFolder() };
  mkdirSync(join(folder, '.git'));
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write(file, `[images.web]\nimage = "${registry.host}/${repository}:1.0"\n${rest}`);
  const lock = async (...args: string[]) => runInProcess(['lock', ...args], testContext({ folder, home }));
  expect(await lock('--file', file)).toMatchObject({ exitCode: 0 });
  const check = async (...args: string[]) => {
    const run = await runInProcess(['check', '--json', ...args], testContext({ folder, home }));
    const { pins = 0, findings = [] } = run.stdout === '' ? {} : JSON.parse(run.stdout);
    return { ...run, pins: pins as number, findings: findings as FindingJson[] };
  };
  return { folder, repository, name: `${registry.host}/${repository}`, content, read, write, lock, check };
}

const SYSTEMS = 'systems = ["x86_64-linux", "aarch64-linux"]\n';

test('a lock that is right gives no finding, and its pins count', async () => {
  const { check } = await locked(SYSTEMS);
  for (const words of [[], ['--deep', '--hashes'], ['images.lock.json'], ['images.toml'], ['images.nix'], ['.']])
    expect(await check(...words)).toMatchObject({ exitCode: 0, pins: 2, findings: [], stderr: '' });
});

describe('in the registry', () => {
  test('a digest that is gone', async () => {
    const { check, repository, content, name } = await locked();
    await registry.remove(repository, 'manifests', content.root.digest);
    const { exitCode, findings } = await check('--no-cache');
    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([
      {
        ...{ code: 'dead-digest', level: 'error', file: 'images.lock.json', line: 5, column: 5, imageName: name },
        ...{ imageDigest: content.root.digest, fix: 'pullpin lock --update web', fixable: false },
      },
      { code: 'dead-tag' },
    ]);
  });

  test('the advice leads to a lock that is right, also elsewhere and for a frozen image', async () => {
    const { check, lock, repository } = await locked('', 'nix/containers.toml');
    await registry.push(repository, '1.0', textImages('second'));
    const [moved] = (await check()).findings;
    expect(moved?.fix).toBe('pullpin lock --file nix/containers.toml --update web');
    await lock(...(moved?.fix ?? '').split(' ').slice(2));
    expect(await check()).toMatchObject({ exitCode: 0, findings: [] });
    await lock('--file', 'nix/containers.toml', 'freeze', 'web');
    await registry.remove(repository, 'manifests', textImages('second').root.digest);
    const [dead] = (await check('--no-cache')).findings;
    expect(dead).toMatchObject({
      code: 'dead-digest',
      fix: 'pullpin lock --file nix/containers.toml unfreeze web and pullpin lock --file nix/containers.toml --update web',
    });
    await registry.push(repository, '1.0', textImages('third'));
    for (const command of (dead?.fix ?? '').split(' and ')) await lock(...command.split(' ').slice(2));
    expect(await check('--no-cache')).toMatchObject({ exitCode: 0, findings: [] });
  });

  test('an image that images.toml names by its digest', async () => {
    const { check, lock, repository, content, read, write } = await locked();
    write('images.toml', read('images.toml').replace(':1.0"', `@${content.root.digest}"`));
    await lock();
    await registry.push(repository, '1.0', textImages('second'));
    expect(await check()).toMatchObject({ exitCode: 0, findings: [] });
    await registry.remove(repository, 'manifests', content.root.digest);
    expect(await check('--no-cache')).toMatchObject({
      exitCode: 1,
      findings: [{ code: 'dead-digest', fix: 'name another image in images.toml:1' }],
    });
  });

  test('an image, a config and a layer that are gone', async () => {
    const { check, repository, content } = await locked(SYSTEMS);
    const [, arm] = content.manifests;
    const config = JSON.parse(Buffer.from(arm?.bytes ?? []).toString()).config.digest;
    await registry.remove(repository, 'blobs', config);
    expect(await check('--no-cache', '--deep')).toMatchObject({ exitCode: 1, findings: [{ code: 'dead-config' }] });
    await registry.remove(repository, 'manifests', arm?.digest ?? '');
    expect(await check('--no-cache')).toMatchObject({
      exitCode: 1,
      findings: [{ code: 'dead-image', fix: 'pullpin lock --update web' }],
    });
  });

  test('a tag that has moved, which a frozen image does not follow', async () => {
    const { check, lock, repository } = await locked(SYSTEMS);
    const newer = textImages('second');
    await registry.push(repository, '1.0', newer);
    const moved = {
      code: 'moved-tag',
      message: `tag 1.0 has ${newer.root.digest} now`,
      fix: 'pullpin lock --update web',
    };
    expect(await check()).toMatchObject({ exitCode: 3, findings: [moved] });
    await lock('freeze', 'web');
    expect(await check()).toMatchObject({ exitCode: 0, findings: [] });
    await lock('unfreeze', 'web');
    await lock('--update');
    expect(await check()).toMatchObject({ exitCode: 0, findings: [] });
  });

  test('a rule that leads to another tag, which the cooldown may hold back', async () => {
    const { check, repository, read, write } = await locked('rule = "^1.0"\n');
    await registry.push(repository, '1.1', textImages('1.1'));
    await registry.push(repository, '2.0', textImages('2.0'));
    expect(await check()).toMatchObject({
      exitCode: 3,
      findings: [
        { code: 'newer-tag', message: 'its rule leads to tag 1.1 instead of 1.0', fix: 'pullpin lock --update web' },
      ],
    });
    write('images.toml', `${read('images.toml')}cooldown = "7d"\n`);
    const young = image({
      config: JSON.stringify({ architecture: 'amd64', os: 'linux', created: new Date().toISOString() }),
      layers: [],
    });
    await registry.push(repository, '1.1', young);
    expect(await check()).toMatchObject({ exitCode: 0, findings: [] });
  });

  test('one that does not answer is never fine', async () => {
    const { folder } = await locked();
    const silent = await startDockerRegistry();
    await silent.close();
    for (const file of ['images.toml', 'images.lock.json'])
      writeFileSync(
        join(folder, file),
        readFileSync(join(folder, file), 'utf8').replaceAll(registry.host, silent.host),
      );
    const run = await runInProcess(['check', '--json', '--retries', '0'], testContext({ folder }));
    expect([run.exitCode, JSON.parse(run.stdout).findings]).toMatchObject([1, [{ code: 'look-up-failed' }]]);
  });

  test('a signature is asked for: that of the locked digest, or of the index that it was chosen from', async () => {
    const key = makeKey();
    const { check, repository, content } = await locked();
    const words = ['--verify-signature', key.file, '--no-cache'];
    expect(await check(...words)).toMatchObject({ exitCode: 1, findings: [{ code: 'unsigned' }] });
    const tag = `${content.root.digest.replace(':', '-')}.sig`;
    await registry.push(repository, tag, signatureImage('simple', [{ key, digest: content.root.digest }]));
    expect(await check(...words)).toMatchObject({ exitCode: 0, findings: [] });
  });
});

describe('without a registry', () => {
  test.each([
    [
      'an image that is new',
      (text: string) => `${text}[images.db]\nimage = "redis:7"\n`,
      ['images.toml', 3, 'db is not locked yet'],
    ],
    [
      'an image that has changed',
      (text: string) => `${text}platforms = "linux/arm64"\n`,
      ['images.toml', 1, 'web has changed in images.toml'],
    ],
    ['an image that is gone', () => '', ['images.lock.json', 5, 'web is no longer in images.toml']],
  ] as const)('%s in images.toml makes the lock stale', async (_, change, [file, line, message]) => {
    const { check, read, write } = await locked();
    write('images.toml', change(read('images.toml')));
    const { exitCode, findings } = await check();
    expect(exitCode).toBe(3);
    expect(findings).toMatchObject([
      { code: 'stale-lock', level: 'warning', file, line, message, fix: 'pullpin lock' },
    ]);
  });

  test('a lock or an images.nix that was changed by hand, and one that is missing', async () => {
    const { check, folder, read, write } = await locked('', 'nix/containers.toml');
    const nix = read('nix/containers.nix');
    write('nix/containers.nix', `${nix}\n`);
    const found = {
      code: 'stale-lock',
      file: 'nix/containers.lock.json',
      fix: 'pullpin lock --file nix/containers.toml',
    };
    expect(await check()).toMatchObject({ exitCode: 3, findings: [found] });
    rmSync(join(folder, 'nix/containers.nix'));
    expect(await check()).toMatchObject({ exitCode: 3, findings: [found] });
    write('nix/containers.nix', nix);
    expect(await check('nix')).toMatchObject({ exitCode: 0, findings: [] });
    rmSync(join(folder, 'nix/containers.lock.json'));
    expect(await check()).toMatchObject({
      exitCode: 3,
      findings: [{ file: 'nix/containers.toml', line: 1, message: 'web is not locked yet' }],
    });
  });

  test('a lock under another name is noted, because it is not checked', async () => {
    const { check, read, write } = await locked();
    write('copy.json', read('images.lock.json'));
    expect(await check()).toMatchObject({ exitCode: 0, findings: [{ code: 'unrecognised', file: 'copy.json' }] });
  });

  test('a hash that is another one, and one of another platform', async () => {
    const { check, read, write } = await locked(SYSTEMS);
    const text = read('images.lock.json');
    const [first = '', second = ''] = text.match(/sha256-[^"]+/g) ?? [];
    write('images.lock.json', text.replace(first, `sha256-${'A'.repeat(43)}=`));
    const fix = 'restore the lock, or remove it and run pullpin lock';
    expect(await check('--hashes')).toMatchObject({
      exitCode: 1,
      findings: [{ code: 'wrong-hash', fix, fixable: false }],
    });
    write('images.lock.json', text.replace(first, second));
    expect(await check('--fix')).toMatchObject({ exitCode: 1, findings: [{ code: 'other-platform', fix }] });
    expect(read('images.lock.json')).toBe(text.replace(first, second));
  });

  test.each([
    ['images.lock.json', '{ "generator": "pullpin lock", "version": 99, "images": {} }\n', 'images.lock.json', 1],
    ['images.lock.json', '{ "generator": "pullpin lock", <<<<<<< ours\n', 'images.lock.json', 1],
    ['images.toml', '[images.web]\nimage = "redis:7"\ntag = "7"\n', 'images.toml', 3],
    ['images.toml', '[images\n', 'images.toml', 2],
  ])('a %s that cannot be read is an error: %j', async (file, text, where, line) => {
    const { check, write } = await locked();
    write(file, text);
    const { exitCode, findings } = await check();
    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([{ code: 'unreadable', level: 'error', file: where, line, column: 1 }]);
  });
});

test('filters, ignored findings and names choose among locked images as among pins', async () => {
  const { check, read, write, lock, repository, name } = await locked();
  await registry.push('other', '1', textImage('other'));
  write('images.toml', `${read('images.toml')}[images.other]\nimage = "${registry.host}/other:1"\n`);
  await lock();
  await registry.push(repository, '1.0', textImages('newer'));
  expect(await check('--include', '*/other')).toMatchObject({ exitCode: 0, pins: 1, findings: [] });
  expect(await check(name)).toMatchObject({ exitCode: 3, pins: 1, findings: [{ code: 'moved-tag' }] });
  expect(await check('--ignore', 'moved-tag')).toMatchObject({ exitCode: 0, pins: 2, findings: [] });
});
