import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { index, textImage, textImages } from '../support/images.js';
import { createNix } from '../support/nix-build.js';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let registry: DockerRegistry;
let host: string;
beforeAll(async () => {
  registry = await startDockerRegistry();
  host = registry.host;
  // The tag moves after other tools have recorded the first image.
  await registry.push('web', '1.0', textImages('old'));
  await registry.push('web', '1.0', textImages('new'));
  await registry.push('web', '2.0', textImages('two'));
  await registry.push('team/db', '7', textImage('db 7'));
  await registry.push('other/db', '7', textImage('other db 7'));
  await registry.push(
    'arm',
    '1',
    index([{ image: textImage('arm alone', 'arm64'), platform: { os: 'linux', architecture: 'arm64' } }]),
  );
});

const OLD = textImages('old').root.digest;
const NEW = textImages('new').root.digest;

/** The hash that nix-prefetch-docker records for an image. */
async function hashOf(reference: string, ...options: string[]): Promise<string> {
  const { stdout } = await runInProcess(['pin', '--json', `${host}/${reference}`, ...options]);
  return JSON.parse(stdout).pins[0].hash;
}

function folderWith(files: Readonly<Record<string, unknown>> = {}) {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return {
    folder,
    read,
    has: (name: string): boolean => existsSync(join(folder, name)),
    images: () => JSON.parse(read('images.lock.json')).images,
    run: (...args: string[]) => runInProcess(['lock', ...args], testContext({ folder })),
  };
}

const npins = (pins: object, version: unknown = 8) => ({ 'npins/sources.json': { pins, version } });
const container = (more: object = {}) => ({
  ...{ type: 'Container', image_name: `${host}/web`, image_tag: '1.0', image_digest: OLD },
  ...more,
});

describe('npins', () => {
  test('keeps its names, tags and recorded digests, and Nix builds what is locked', { timeout: 60_000 }, async () => {
    const place = folderWith(
      npins({
        nixpkgs: { type: 'Channel', name: 'nixos-unstable', url: 'https://example.org/x', hash: 'sha256-x' },
        front: container({ hash: await hashOf(`web:1.0@${OLD}`) }),
        'arm one': container({ arch: 'arm64', hash: await hashOf(`web:1.0@${OLD}`, '--arch', 'arm64'), frozen: true }),
      }),
    );
    const { exitCode, stdout, stderr } = await place.run('import', 'npins/sources.json');
    expect({ exitCode, said: stderr.split('\n').filter((line) => !line.includes('tlsVerify')) }).toEqual({
      exitCode: 0,
      said: ['pullpin: npins/sources.json: no images, and left alone: nixpkgs', 'pullpin: 2 images imported', ''],
    });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual(['front', 'arm-one', '']);
    expect(
      place.read('images.toml').replaceAll(host, 'HOST'),
    ).toBe(`# The images of this repository: pullpin lock writes images.lock.json and images.nix from it.

[images.front]
image = "HOST/web:1.0"

[images.arm-one]
image = "HOST/web:1.0"
platforms = "linux/arm64"
freeze = true
`);
    const { front, 'arm-one': arm } = place.images();
    expect([front.digest, Object.keys(front.systems)]).toEqual([OLD, ['x86_64-linux']]);
    expect([arm.digest, Object.keys(arm.systems)]).toEqual([OLD, ['aarch64-linux']]);
    const built = await createNix().build(
      `(import ${place.folder}/images.nix { inherit pkgs; system = "x86_64-linux"; }).front`,
    );
    expect(built).toEqual({ storePath: expect.stringContaining('docker-image-') });
    expect(await place.run('--check')).toMatchObject({ exitCode: 0 });
    await place.run('--update');
    expect(place.images().front.digest).toBe(NEW);
    expect(place.images()['arm-one'].digest).toBe(OLD);
  });

  test('a hash is compared and not trusted; one of another platform says for which platform the pin is', async () => {
    const place = folderWith(
      npins({
        arm: container({ hash: await hashOf(`web:1.0@${OLD}`, '--arch', 'arm64') }),
        alone: container({
          image_name: `${host}/arm`,
          image_tag: '1',
          image_digest: undefined,
          hash: await hashOf('arm:1', '--arch', 'arm64'),
        }),
        wrong: container({ hash: `sha256-${'A'.repeat(42)}E=` }),
      }),
    );
    const { exitCode, stderr } = await place.run('import', 'npins/sources.json');
    expect(exitCode).toBe(0);
    const { arm, alone, wrong } = place.images();
    expect([arm, alone, wrong].map(({ systems }) => Object.keys(systems))).toEqual([
      ['aarch64-linux'],
      ['aarch64-linux'],
      ['x86_64-linux'],
    ]);
    expect(place.read('images.toml')).toContain('/web:1.0"\nsystems = "aarch64-linux"\n');
    expect(wrong.systems['x86_64-linux'].hash).toBe(await hashOf(`web:1.0@${OLD}`));
    expect(stderr).toContain(
      'warning: arm: npins/sources.json:3 has the hash for aarch64-linux, so it is locked for that',
    );
    expect(stderr).toContain('warning: wrong: npins/sources.json:16 has a hash that is not the one of this image');
    expect(await place.run('--check')).toMatchObject({ exitCode: 0 });
  });

  test.each([
    [{ image_tag: undefined }, 'image_tag is missing'],
    [{ image_name: 7 }, 'image_name is not a text'],
    [{ image_name: 'Web' }, "'Web' has capital letters"],
    [{ image_digest: 'sha256:12' }, "the digest 'sha256:12' has 2 hex digits"],
    [{ hash: 'x' }, "'x' is not a sha256 that Nix knows"],
    [{ arch: 'x86_64' }, 'amd64'],
    [{ variant: 'v8' }, "this pullpin does not know its key 'variant'"],
  ])('%j is reported with its line, and keeps no other image', async (more, reason) => {
    const place = folderWith(npins({ bad: container(more), good: container() }));
    const { exitCode, stderr } = await place.run('import', 'npins/sources.json');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^pullpin: bad: npins\/sources\.json:3: it is not imported: .+$/m);
    expect(stderr).toContain(reason);
    expect(Object.keys(place.images())).toEqual(['good']);
    expect(place.read('images.toml')).not.toContain('[images.bad]');
  });

  test.each([
    [9, 'has the version 9 of npins'],
    ['8', 'has the version 8 of npins'],
    [-1, 'has the version -1 of npins'],
    [{}, 'has the version of npins'],
  ])('the version %j is refused, and nothing is written', async (version, message) => {
    const place = folderWith(npins({ front: container() }, version));
    const { exitCode, stdout, stderr } = await place.run('import', 'npins/sources.json');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(`npins/sources.json ${message}`);
    expect(stderr).toContain('use a newer pullpin');
    expect([place.has('images.toml'), place.has('images.lock.json')]).toEqual([false, false]);
  });
});

describe('nvfetcher', () => {
  const toml = (): string => `[redis]
src.container = "${host}/team/db"
fetch.docker = "${host}/team/db"

["my.web"]
src.manual = "1.0"
fetch.docker = "${host}/web"
docker.arch = "arm64"
docker.finalImageName = "mine"
pinned = true

[tool]
src.github = "a/b"
fetch.github = "a/b"
`;
  const generated = async () => ({
    redis: {
      ...{ name: 'redis', version: '7', pinned: false },
      src: {
        imageName: `${host}/team/db`,
        imageTag: '7',
        imageDigest: textImage('db 7').root.digest,
        sha256: await hashOf('team/db:7'),
        os: null,
      },
    },
    'my.web': {
      ...{ name: 'my.web', version: '1.0', pinned: true },
      src: {
        imageName: `${host}/web`,
        imageTag: '1.0',
        imageDigest: OLD,
        sha256: await hashOf(`web:1.0@${OLD}`, '--arch', 'arm64'),
        arch: 'arm64',
        finalImageName: 'mine',
        tlsVerify: false,
      },
    },
    tool: { name: 'tool', version: '1', src: { type: 'github', owner: 'a', repo: 'b' } },
  });

  test('gives names and settings, and generated.json beside it what is recorded', async () => {
    const place = folderWith({ 'nvfetcher.toml': toml(), '_sources/generated.json': await generated() });
    const { exitCode, stderr } = await place.run('import', 'nvfetcher.toml');
    expect(exitCode).toBe(0);
    expect(place.read('images.toml').replaceAll(host, 'HOST')).toContain(`
[images.redis]
image = "HOST/team/db:7"

[images."my.web"]
image = "HOST/web:1.0"
platforms = "linux/arm64"
final-name = "mine"
freeze = true
`);
    expect(place.images()['my.web']).toMatchObject({ digest: OLD, finalImageName: 'mine', finalImageTag: '1.0' });
    // nvfetcher computes the hash without the name that it writes.
    expect(stderr).toContain('warning: my.web: nvfetcher.toml:5 has a hash that is not the one of this image');
    expect(stderr).toContain('warning: redis: nvfetcher chose its tag, which stays from now on');
    expect(stderr).toContain('nvfetcher.toml: no images, and left alone: tool');
  });

  test('generated.json alone gives the same', async () => {
    const place = folderWith({ 'g/generated.json': await generated(), 'nvfetcher.toml': toml() });
    expect(await place.run('import', 'g/generated.json')).toMatchObject({ exitCode: 0 });
    const alone = [place.read('images.toml'), place.read('images.lock.json')];
    const other = folderWith({ 'nvfetcher.toml': toml(), 'build/generated.json': await generated() });
    expect(await other.run('import', 'nvfetcher.toml', 'build/generated.json')).toMatchObject({ exitCode: 0 });
    expect([other.read('images.toml'), other.read('images.lock.json')]).toEqual(alone);
  });

  test('without generated.json, a tag that nvfetcher chooses is not known', async () => {
    const place = folderWith({ 'nvfetcher.toml': toml() });
    const { exitCode, stderr } = await place.run('import', 'nvfetcher.toml');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('redis: nvfetcher.toml:1: it is not imported: its tag is not in _sources/generated.json');
    expect(Object.keys(place.images())).toEqual(['my.web']);
    expect(place.images()['my.web'].digest).toBe(NEW);
  });
});

test('uptix.lock: images of all its versions, with names that tell them apart', async () => {
  const digest = textImage('db 7').root.digest;
  const metadata = (name: string) => ({ name, selected_version: '7', dep_type: 'docker', description: 'x' });
  const place = folderWith({
    'uptix.lock': {
      '$GITHUB_BRANCH$:a/b:main$': { metadata: { dep_type: 'github-branch' }, lock: { rev: 'x' } },
      [`${host}/other/db:7`]: { metadata: metadata('other/db'), lock: textImage('other db 7').root.digest },
      [`${host}/team/db:7`]: {
        metadata: metadata('team/db'),
        lock: { imageDigest: digest, sha256: await hashOf('team/db:7') },
      },
      [`${host}/web:1.0`]: OLD,
    },
  });
  const { exitCode, stderr } = await place.run('import', 'uptix.lock');
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('left alone: $GITHUB_BRANCH$:a/b:main$')]);
  const prefix = host.replace(':', '-');
  expect(Object.keys(place.images())).toEqual([`${prefix}-other-db-7`, `${prefix}-team-db-7`, 'web']);
  expect(place.images().web.digest).toBe(OLD);
});

describe('Compose', () => {
  const compose = (): string => `x-base: &base
  image: ${host}/team/db:7
  platform: linux/amd64
services:
  front:
    image: ${host}/web:1.0@${OLD}
  # pullpin: 2.0
  ruled:
    # pullpin: ^1.0
    image: "${host}/web:1.0"
  db:
    <<: *base
  dbs:
    <<: *base
    platform: linux/amd46
  fixed:
    image: ${host}/web@${OLD}
  chosen:
    image: ${host}/web:1.0@${OLD} # pullpin: 2.0
  named:
    image: ${host}/web@${OLD} # tag: 2.0
  app:
    build: .
    image: mine:1
  moving:
    image: ${host}/web:\${TAG:-1.0}
  odd:
    image: [a]
`;

  test('takes services, floating tags with the recorded digest, platforms, anchors and directives', async () => {
    const place = folderWith({ 'compose.yaml': compose() });
    const { exitCode, stderr } = await place.run('import', 'compose.yaml');
    expect(exitCode).toBe(1);
    expect(place.read('images.toml').replaceAll(host, 'HOST')).toContain(`
[images.front]
image = "HOST/web:1.0"

[images.ruled]
image = "HOST/web:1.0"
rule = "^1.0"

[images.db]
image = "HOST/team/db:7"
platforms = "linux/amd64"

[images.fixed]
image = "HOST/web@${OLD}"

[images.chosen]
image = "HOST/web:2.0"

[images.named]
image = "HOST/web:2.0"
`);
    const { front, ruled, fixed, chosen } = place.images();
    expect([front.digest, ruled.digest, fixed.digest, chosen.digest]).toEqual([OLD, NEW, OLD, OLD]);
    expect(stderr).toContain('compose.yaml:7: this directive is at no image, and left alone\n');
    expect(stderr).toContain('compose.yaml:22: app is built here, and not imported\n');
    expect(stderr).toContain('moving: compose.yaml:26: it is not imported: its image depends on ${TAG:-1.0}');
    expect(stderr).toContain(
      "dbs: compose.yaml:13: it is not imported: there is no platform 'linux/amd46'; did you mean",
    );
    expect(stderr).toContain('odd: compose.yaml:28: it is not imported: image is not a text');
  });

  test('a second import changes nothing, and an entry of the same name is never replaced', async () => {
    const own = `# ours\n[images.db] # the data\nimage = "${host}/other/db:7"\n`;
    const place = folderWith({
      'compose.yaml': `services:\n  db:\n    image: ${host}/team/db:7\n`,
      'images.toml': own,
    });
    const refused = await place.run('import', 'compose.yaml');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain(
      `db: compose.yaml:3: it is not imported: images.toml:2 has an image of that name, ${host}/other/db:7; to replace it, write pullpin lock remove db first`,
    );
    expect([place.read('images.toml'), place.has('images.lock.json')]).toEqual([own, false]);
    const two = folderWith({
      'compose.yaml': `services:\n  data:\n    image: ${host}/team/db:7\n`,
      'images.toml': own,
    });
    expect(await two.run('import', 'compose.yaml')).toMatchObject({ exitCode: 0 });
    const after = [two.read('images.toml'), two.read('images.lock.json')];
    expect(after[0]).toBe(`${own}\n[images.data]\nimage = "${host}/team/db:7"\n`);
    expect(await two.run('import', './compose.yaml')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('already in images.toml: data'),
    });
    expect([two.read('images.toml'), two.read('images.lock.json')]).toEqual(after);
  });

  test('two files with one name for two images: the second is reported', async () => {
    const service = (tag: string): string => `services:\n  web:\n    image: ${host}/web:${tag}\n`;
    const place = folderWith({ 'a.yml': service('1.0'), 'b.yml': service('2.0') });
    const { exitCode, stderr } = await place.run('import', 'a.yml', 'b.yml');
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('web: b.yml:3: it is not imported: a.yml:3 has another image of that name'),
    ]);
    expect(place.images().web.tag).toBe('1.0');
  });
});

test('Helm values: images in parts and as texts, by the keys around them', async () => {
  const place = folderWith({
    'values.yaml': `image:
  repository: ${host}/web
  tag: "1.0"
controller:
  webhook:
    image:
      registry: ${host}
      repository: team/db
      tag: 7
      digest: ""
  sidecarImage: ${host}/web:1.0@${OLD}
images:
  cache:
    repository: ${host}/other/db
    tag: "7@${textImage('other db 7').root.digest}"
chart:
  image:
    repository: ${host}/web
    tag: ""
number:
  image:
    repository: ${host}/web
    tag: 1.0
template:
  image: "{{ .Values.x }}"
containers:
  - name: extra
    image: ${host}/web:2.0
git:
  repository: https://example.org/x.git
logo: image.png
again:
  image: &two
    repository: ${host}/web
    tag: "2.0"
also:
  image: *two
merged:
  image:
    <<: *two
global:
  imageRegistry: mirror.example
backgroundImage: image.png
`,
  });
  const { exitCode, stderr } = await place.run('import', 'values.yaml');
  expect(exitCode).toBe(1);
  const found = Object.entries(place.images()).map(([name, each]) => {
    const { imageName, tag } = each as { imageName: string; tag: string };
    return [name, `${imageName.slice(host.length + 1)}:${tag}`];
  });
  expect(Object.fromEntries(found)).toEqual({
    web: 'web:1.0',
    'controller-webhook': 'team/db:7',
    'controller-sidecar': 'web:1.0',
    cache: 'other/db:7',
    extra: 'web:2.0',
    again: 'web:2.0',
    also: 'web:2.0',
    merged: 'web:2.0',
  });
  expect(place.images()['controller-sidecar'].digest).toBe(OLD);
  expect(stderr).toContain('chart: values.yaml:17: it is not imported: it names no tag, so that the chart decides');
  expect(stderr).toContain(
    "number: values.yaml:21: it is not imported: '1.0' is a number in YAML, which reads it as 1",
  );
  expect(stderr).toContain('template: values.yaml:25: it is not imported: its image depends on {{ .Values.x }}');
  expect(stderr.match(/it is not imported/g)).toHaveLength(3);
  expect(stderr).toContain('values.yaml:42: a chart may take its images from mirror.example');
});

describe('files that cannot be imported', () => {
  test.each([
    ['gone.json', undefined, 'gone.json'],
    ['a.json', '{ "a": 1 }', 'a.json is none of the files that can be imported: sources.json of npins'],
    ['a.json', '{ "a": ', 'a.json:1: '],
    ['a.toml', '[images.a]\nimage = "redis:7"\n', 'a.toml is none of the files'],
    ['a.yaml', 'a: {', 'a.yaml:1: not YAML'],
    ['a.yaml', 'a: b\n', 'a.yaml names no image'],
    ['a.nix', '{ }', 'a.nix is none of the files'],
    ['uptix.lock', '{}', 'uptix.lock names no image'],
    ['a.json', '[]', 'a.json is none of the files'],
    ['.', undefined, '. is a folder: name the file in it, such as npins/sources.json'],
    [
      'images.lock.json',
      '{"generator": "pullpin lock", "version": 1, "images": {}}',
      'images.lock.json is a lock of pullpin',
    ],
    ['a.json', '{ "pins": {}, "version": 8 }', 'a.json names no image'],
    ['a.yaml', `a: ${'['.repeat(500)}`, 'a.yaml:1: '],
  ])('%s with %j is refused in one line, and nothing is written', async (name, text, message) => {
    const place = folderWith(text === undefined ? {} : { [name]: text });
    const { exitCode, stdout, stderr } = await place.run('import', name, '--file', 'x.toml');
    expect([exitCode === 0, stdout]).toEqual([false, '']);
    expect(stderr).toMatch(/^pullpin: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(place.has('x.toml')).toBe(false);
  });

  test('hostile names and values become no more than texts of the TOML file', async () => {
    const place = folderWith(
      npins({
        '"]\n[images.x]\nimage = "evil:1"': container(),
        'a.b/$(c)': container(),
        '---': container(),
        __proto__x: container(),
      }),
    );
    const { exitCode, stderr } = await place.run('import', 'npins/sources.json');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("'---' is no name for an image")]);
    expect(Object.keys(place.images())).toEqual(['a.b-c', 'images.x-image-evil-1', 'proto__x']);
  });

  test('an image that is gone from its registry is not added; the others are', async () => {
    const place = folderWith(
      npins({ gone: container({ image_digest: `sha256:${'e'.repeat(64)}` }), here: container() }),
    );
    const { exitCode, stderr } = await place.run('import', 'npins/sources.json');
    expect([exitCode, stderr]).toEqual([
      5,
      expect.stringMatching(
        /^pullpin: gone: npins\/sources\.json:3: it is not imported: .* no manifest with this digest/m,
      ),
    ]);
    expect(place.read('images.toml')).not.toContain('gone');
    expect(Object.keys(place.images())).toEqual(['here']);
  });

  test('the JSON names what was imported and what was not', async () => {
    const place = folderWith(npins({ bad: container({ image_tag: '' }), good: container() }));
    const { exitCode, stdout } = await place.run('import', '--json', 'npins/sources.json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      changes: [
        {
          name: 'good',
          imageName: `${host}/web`,
          from: null,
          to: { tag: '1.0', digest: OLD, systems: ['x86_64-linux'] },
        },
      ],
      removed: [],
      warnings: expect.any(Array),
      problems: [
        { name: 'bad', kind: 'failure', message: 'npins/sources.json:3: it is not imported: image_tag is missing' },
      ],
    });
  });
});

test('what [defaults] say holds for images that name no platform', async () => {
  const place = folderWith({
    ...npins({ front: container({ hash: await hashOf(`web:1.0@${OLD}`, '--arch', 'arm64') }) }),
    'images.toml': '[defaults]\nsystems = ["x86_64-linux", "aarch64-linux"]\n',
  });
  const { exitCode, stderr } = await place.run('import', 'npins/sources.json');
  expect([exitCode, stderr.includes('hash')]).toEqual([0, false]);
  expect(Object.keys(place.images().front.systems)).toEqual(['aarch64-linux', 'x86_64-linux']);
});

test('many images are added in one step', { timeout: 60_000 }, async () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`pin-${at}`, container()]));
  const place = folderWith(npins(many));
  expect(await place.run('import', 'npins/sources.json')).toMatchObject({ exitCode: 0 });
  expect(Object.keys(place.images())).toHaveLength(500);
});

test('imports at the same time lose nothing, also of the same file', { timeout: 60_000 }, async () => {
  const service = (name: string): string => `services:\n  ${name}:\n    image: ${host}/web:1.0\n`;
  const place = folderWith({ 'a.yml': service('a'), 'b.yml': service('b'), ...npins({ c: container() }) });
  const files = ['a.yml', 'a.yml', 'b.yml', 'npins/sources.json'];
  const runs = await Promise.all(files.map((file) => runPullpin(['lock', 'import', file], { cwd: place.folder })));
  expect(runs.map(({ exitCode, stderr }) => [exitCode, stderr.includes('failed')])).toEqual(
    files.map(() => [0, false]),
  );
  expect(Object.keys(place.images())).toEqual(['a', 'b', 'c']);
  expect(place.read('images.toml').match(/^\[images\./gm)).toHaveLength(3);
});
