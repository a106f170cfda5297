import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { textImage, textImages } from '../support/images.js';
import { createNix } from '../support/nix-build.js';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let registry: DockerRegistry;
let host: string;
beforeAll(async () => {
  registry = await startDockerRegistry();
  host = registry.host;
  await registry.push('web', '1.0', textImages('web 1.0'));
  await registry.push('web', '1.1', textImages('web 1.1'));
  await registry.push('web', '2.0', textImages('web 2.0'));
  await registry.push('db', '7', textImage('db 7'));
  await registry.push('db', '7-alpine', textImage('db 7 alpine'));
});

/** A folder with an images.toml, and how to run pullpin there. */
function folderWith(text?: string) {
  const folder = temporaryFolder();
  if (text !== undefined) writeFileSync(join(folder, 'images.toml'), text);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return {
    folder,
    read,
    write: (name: string, content: string) => writeFileSync(join(folder, name), content),
    has: (name: string): boolean => existsSync(join(folder, name)),
    lock: () => JSON.parse(read('images.lock.json')),
    run: (...args: string[]) => runInProcess(['lock', ...args], testContext({ folder })),
  };
}

const TWO = (): string => `# our images
[images.web]
image = "${host}/web:1.0"   # the front
systems = ["x86_64-linux", "aarch64-linux"]

[images.db]
image = "${host}/db:7"
`;

describe('pullpin lock', () => {
  test('writes a lock with a line for each image, and images.nix; a second run changes nothing', async () => {
    const place = folderWith(TWO());
    const first = await place.run();
    expect(first).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('2 images locked') });
    const text = place.read('images.lock.json');
    expect(text.split('\n').filter((line) => line.includes('imageDigest'))).toHaveLength(2);
    const { images, version } = place.lock();
    expect(version).toBe(1);
    expect(Object.keys(images)).toEqual(['db', 'web']);
    expect(Object.keys(images.web.systems)).toEqual(['aarch64-linux', 'x86_64-linux']);
    expect(images.web).toMatchObject({
      imageName: `${host}/web`,
      tag: '1.0',
      digest: textImages('web 1.0').root.digest,
    });
    expect(place.read('images.toml')).toBe(TWO());
    const second = await place.run();
    expect(second).toMatchObject({ exitCode: 0, stdout: '' });
    expect(second.stderr).toContain('0 images locked, 2 up to date');
    expect(place.read('images.lock.json')).toBe(text);
    expect((await place.run('--check')).exitCode).toBe(0);
  });

  test('leaves images that still fit, and changes the line of the one whose entry changed', async () => {
    const place = folderWith(TWO());
    await place.run();
    const before = place.read('images.lock.json').split('\n');
    await registry.push('web', '1.0', textImages('web 1.0 again'));
    place.write('images.toml', TWO().replace('db:7"', 'db:7-alpine"'));
    expect(await place.run('--check')).toMatchObject({ exitCode: 3, stdout: 'db  has changed in images.toml\n' });
    expect(place.read('images.lock.json').split('\n')).toEqual(before);
    expect(await place.run()).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^db {2}\S+db:7 → 7-alpine/),
    });
    const after = place.read('images.lock.json').split('\n');
    expect(after.filter((line) => !before.includes(line))).toHaveLength(1);
    expect(place.lock().images.web.digest).toBe(textImages('web 1.0').root.digest);
    await registry.push('web', '1.0', textImages('web 1.0'));
  });

  test('--update moves all images or those that are named, by their tags and their rules', async () => {
    const place = folderWith(TWO().replace('# the front', '# the front\nrule = "^1.0"'));
    await place.run('--update', '--check');
    expect(place.has('images.lock.json')).toBe(false);
    await registry.push('moving', '1', textImage('old'));
    place.write('images.toml', `[images.m]\nimage = "${host}/moving:1"\n[images.n]\nimage = "${host}/moving:1"\n`);
    await place.run();
    await registry.push('moving', '1', textImage('new'));
    expect(await place.run('--check')).toMatchObject({ exitCode: 0 });
    expect(await place.run('--check', '--update')).toMatchObject({ exitCode: 3 });
    expect(await place.run('--update', 'n')).toMatchObject({ exitCode: 0 });
    const { m, n } = place.lock().images;
    expect([m.digest, n.digest]).toEqual([textImage('old').root.digest, textImage('new').root.digest]);
    await place.run('--update');
    expect(place.lock().images.m).toEqual(place.lock().images.n);
  });

  test('a rule chooses the tag; what is frozen stays', async () => {
    const entry = (name: string, more: string): string => `[images.${name}]\nimage = "${host}/web:1.0"\n${more}\n`;
    const place = folderWith([entry('a', 'rule = "^1.0"'), entry('b', 'rule = "2.x"'), entry('c', '')].join(''));
    await place.run();
    const tags = () => Object.values(place.lock().images).map((each) => (each as { tag: string }).tag);
    expect(tags()).toEqual(['1.1', '2.0', '1.0']);
    await registry.push('web', '1.2', textImages('web 1.2'));
    place.write('images.toml', place.read('images.toml').replace('"^1.0"', '"^1.0"\nfreeze = true'));
    await place.run('--update');
    expect(tags()).toEqual(['1.1', '2.0', '1.0']);
    place.write('images.toml', place.read('images.toml').replace('freeze = true', ''));
    await place.run('--update');
    expect(tags()).toEqual(['1.2', '2.0', '1.0']);
    place.write('images.toml', entry('a', 'rule = "2.x"\nfreeze = true'));
    const { exitCode, stderr } = await place.run();
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('images.toml:1: it is frozen')]);
  });

  test('another system is added at the digest that is locked', async () => {
    await registry.push('late', '1', textImages('first'));
    const place = folderWith(`[images.x]\nimage = "${host}/late:1"\n`);
    await place.run();
    await registry.push('late', '1', textImages('second'));
    place.write('images.toml', `[images.x]\nimage = "${host}/late:1"\nplatforms = "all"\n`);
    await place.run();
    const { digest, systems } = place.lock().images.x;
    expect(digest).toBe(textImages('first').root.digest);
    expect(Object.keys(systems)).toEqual(['aarch64-linux', 'x86_64-linux']);
  });

  test('a cooldown holds back what is too new, and says until when', async () => {
    const now = new Date().toISOString();
    await registry.push('cool', '1.0', textImage('cool 1.0'));
    const place = folderWith(`[images.x]\nimage = "${host}/cool:1.0"\nrule = "1.x"\ncooldown = "7d"\n`);
    await place.run();
    await registry.push('cool', '1.1', textImage('cool 1.1', 'amd64', '2026-02-01T00:00:00Z'));
    await registry.push('cool', '1.2', textImage('cool 1.2', 'amd64', now));
    const { stderr } = await place.run('--update');
    expect(place.lock().images.x.tag).toBe('1.1');
    expect(stderr).toContain('x: 1.2 (');
    expect(stderr).toContain('is too new');
  });

  test('an image that fails does not keep the others, and keeps what is locked', async () => {
    const place = folderWith(`${TWO()}[images.gone]\nimage = "${host}/gone:1"\n`);
    const { exitCode, stderr } = await place.run();
    expect(exitCode).toBe(5);
    expect(stderr).toContain('pullpin: gone: ');
    expect(Object.keys(place.lock().images)).toEqual(['db', 'web']);
  });
});

describe('Nix builds what is locked', () => {
  const nix = createNix();

  test('by system, for dockerTools and for nix2container, and names the systems that there are', {
    timeout: 120_000,
  }, async () => {
    const place = folderWith(
      `${TWO()}[images."odd.name"]\nimage = "${host}/db:7"\nfinal-name = "mine"\nfinal-tag = "1"\n[images.n2c]\nimage = "${host}/db:7"\ntarget = "nar"\n`,
    );
    await place.run();
    const images = `(import ${place.folder}/images.nix { inherit pkgs; })`;
    for (const name of ['web', 'db', '"odd.name"', 'n2c'])
      expect(await nix.build(`${images}.${name}`)).toEqual({ storePath: expect.stringContaining('docker-image-') });
    const arm = `(import ${place.folder}/images.nix { inherit pkgs; system = "aarch64-linux"; })`;
    expect(await nix.build(`${arm}.web`)).toEqual({ storePath: expect.any(String) });
    const { refused } = (await nix.build(`${arm}.db`)) as { refused: string };
    expect(refused).toContain('db in images.lock.json is locked for x86_64-linux, not for aarch64-linux');
    const named = `let i = import ${place.folder}/images.nix { pkgs = { }; dockerTools.pullImage = x: x; system = "x86_64-linux"; }; in "\${i."odd.name".imageName}:\${i."odd.name".imageTag}"`;
    expect(await nix.evaluate(named)).toBe('mine:1');
  });
});

const SCHEMA = (name: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)), 'utf8'));

describe('the published schemas', () => {
  test('describe a lock and images.toml, and nothing else', async () => {
    const { Ajv } = await import('ajv');
    const { parse } = await import('smol-toml');
    const place = folderWith(TWO());
    await place.run();
    const [ofLock, ofImages] = ['images.lock.schema.json', 'images.schema.json'].map((name) =>
      new Ajv({ strict: false }).compile(SCHEMA(name)),
    );
    expect([ofLock?.(place.lock()), ofLock?.errors]).toEqual([true, null]);
    expect([ofImages?.(parse(TWO())), ofImages?.errors]).toEqual([true, null]);
    const broken = place.lock();
    broken.images.db.systems['x86_64-linux'].hash = 'sha256-x';
    expect(ofLock?.(broken)).toBe(false);
    expect(ofLock?.({ ...place.lock(), version: 2 })).toBe(false);
    expect(ofLock?.({ ...place.lock(), images: { 'a b': place.lock().images.db } })).toBe(false);
    expect(ofImages?.(parse('[images.a]\nimag = "x"'))).toBe(false);
  });
});

describe('mistakes', () => {
  test.each([
    [
      '[images.a]\nimage = "redis:7"\nfreze = true\n',
      "images.toml:3: there is no key 'freze' in [images.a]; did you mean freeze?",
    ],
    [
      '[images.a]\nimage = "redis:7"\ntag = "7"\n',
      "images.toml:3: there is no key 'tag' in [images.a]: write it behind the image",
    ],
    ['[images.a]\nimage = "Redis:7"\n', 'images.toml:2: '],
    ['[images.a]\nrule = "^7"\n', 'images.toml:1: a names no image: write image = "redis:7.4"'],
    ['[images.a]\nimage = "redis:7"\nrule = "7"\n', "images.toml:3: '7' is no rule for tags"],
    ['[images.a]\nimage = "redis:7"\nplatforms = ["linux/amd46"]\n', 'images.toml:3: '],
    ['[images.a]\nimage = "redis:7"\nsystems = "x86_64-linx"\n', 'images.toml:3: '],
    [
      '[images.a]\nimage = "redis:7"\nsystems = "x86_64-linux"\nplatforms = "linux/amd64"\n',
      'images.toml:4: the system x86_64-linux is named twice',
    ],
    ['[images.a]\nimage = "redis:7"\ncooldown = "soon"\n', 'images.toml:3: cooldown is a time'],
    [
      '[images.a]\nimage = "redis:7"\ntarget = "nr"\n',
      "images.toml:3: target is one of docker-archive, nar, not 'nr'; did you mean nar?",
    ],
    ['[images.a]\nimage = "redis:7"\nfreeze = "yes"\n', "images.toml:3: freeze is true or false, not 'yes'"],
    ['[images.a]\nimage = 7\n', 'images.toml:2: image is a text'],
    ['[images]\na = "redis:7"\n', 'images.toml:2: an image is a table: write [images.a]'],
    ['[image.a]\nimage = "redis:7"\n', "images.toml:1: there is no table 'image'; did you mean images?"],
    ['[redis]\nimage = "redis:7"\n', "images.toml:1: there is no table 'redis'; write [images.redis]"],
    [
      '[defaults]\nplatfrms = "all"\n',
      "images.toml:2: there is no key 'platfrms' in [defaults]; did you mean platforms?",
    ],
    ['[images."a b"]\nimage = "redis:7"\n', "images.toml:1: 'a b' is no name for an image"],
    ['[images.a]\nimage = "redis:7"\n[images.a]\n', 'images.toml:3: '],
    ['[images.a]\nimage = "x\n', 'images.toml:2: not TOML'],
  ])('%j is refused with its line', async (text, message) => {
    const place = folderWith(text);
    const { exitCode, stderr, stdout } = await place.run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`pullpin: ${message}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(place.has('images.lock.json')).toBe(false);
  });

  test.each([
    [
      '{"generator": "pullpin lock", "version": 2, "images": {}}',
      'images.lock.json has version 2 of the lock, and this pullpin knows version 1; use a newer pullpin',
    ],
    ['{"version": 1}', 'images.lock.json is not a lock that pullpin has written'],
    ['<<<<<<< HEAD', 'images.lock.json is not JSON'],
    ['{"generator": "pullpin lock", "version": 1, "images": {"a": {}}}', 'images.lock.json: images.a'],
  ])('the lock %j is refused and left alone', async (text, message) => {
    const place = folderWith('[images.a]\nimage = "redis:7"\n');
    place.write('images.lock.json', text);
    const { exitCode, stderr } = await place.run();
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(place.read('images.lock.json')).toBe(text);
  });

  test("an images.nix of somebody else is left alone, and an images.toml that isn't there is named", async () => {
    const place = folderWith('[images.a]\nimage = "redis:7"\n');
    place.write('images.nix', '{ }\n');
    expect(await place.run()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('images.nix is not a file that'),
    });
    expect(place.read('images.nix')).toBe('{ }\n');
    expect(await folderWith().run()).toMatchObject({
      exitCode: 2,
      stderr: 'pullpin: there is no images.toml: pullpin lock add NAME IMAGE makes it, or name another FILE\n',
    });
  });
});

test('what an image says of its platforms replaces what [defaults] say', async () => {
  const place = folderWith(
    `[defaults]\nsystems = "aarch64-linux"\n[images.a]\nimage = "${host}/web:1.0"\n[images.b]\nimage = "${host}/web:1.0"\nplatforms = "linux/amd64"\n[images.c]\nimage = "${host}/web:1.0"\nplatforms = "all"\n`,
  );
  expect((await place.run()).exitCode).toBe(0);
  const systems = Object.values(place.lock().images).map((each) => Object.keys((each as { systems: object }).systems));
  expect(systems).toEqual([['aarch64-linux'], ['x86_64-linux'], ['aarch64-linux', 'x86_64-linux']]);
});

test('FILE may have another name and stand in another folder', async () => {
  const place = folderWith();
  mkdirSync(join(place.folder, 'nix'));
  place.write('nix/containers.toml', `[images.db]\nimage = "${host}/db:7"\n`);
  expect((await place.run('nix/containers.toml')).exitCode).toBe(0);
  expect(place.read('nix/containers.nix')).toContain('lockName = "containers.lock.json";');
  expect(await place.run('show', '--file', 'nix/containers.toml')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('x86_64-linux'),
  });
  const { exitCode } = await runPullpin(['lock', '--check', join(place.folder, 'nix/containers.toml')]);
  expect(exitCode).toBe(0);
});
