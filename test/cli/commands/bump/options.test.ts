import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from '../../../support/authority.js';
import { basicAuthentication, type FaultyRegistry, startRegistry } from '../../../support/faulty-registry.js';
import { gitRepository } from '../../../support/git-repository.js';
import { type ImageContent, image } from '../../../support/images.js';
import { asOrdinaryUser } from '../../../support/ordinary-user.js';
import { runInProcess, type TestContext, testContext } from '../../../support/run-in-process.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const registry = await startRegistry();
const { host } = registry;

function content(text: string, version: string): ImageContent {
  const labels = { 'org.opencontainers.image.version': version };
  return image({
    config: JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Labels: labels } }),
    layers: [{ bytes: Buffer.from(text) }],
  });
}

const [OLD_IMAGE, NEW_IMAGE] = [content('old', '1.2.3'), content('new', '1.2.4')];
const OLD = OLD_IMAGE.root.digest;
const NEW = NEW_IMAGE.root.digest;

function release(at: FaultyRegistry, ...names: string[]): void {
  for (const each of names) at.add(`${each}:1`, OLD_IMAGE);
  for (const each of names) at.add(`${each}:1`, NEW_IMAGE);
}
release(registry, 'app', 'web');

const call = (digest: string, { name = 'app', tag = '1', hash = 'sha256-x', more = '', at = host } = {}): string =>
  `dockerTools.pullImage {
    imageName = "${at}/${name}";
    imageDigest = "${digest}";
    hash = "${hash}";${more}
    finalImageTag = "${tag}";
  }`;
const file = (...pins: string[]): string => `{ dockerTools }:\n[\n${pins.map((each) => `  (${each})\n`).join('')}]\n`;
const string = (digest: string, name = 'app', tag = '1') => `{ image = "${host}/${name}:${tag}@${digest}"; }\n`;

interface Circumstances {
  readonly stdin?: string;
  readonly terminal?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A repository with these files, and runs of `pullpin bump` in it. */
function project(files: Readonly<Record<string, string>>) {
  const { folder, environment, git, commit, write } = gitRepository(files);
  const home = temporaryFolder();
  const context = ({ environment: own = {}, ...rest }: Circumstances = {}) =>
    testContext({ folder, home, environment: { ...environment, ...own }, ...rest });
  return {
    ...{ folder, git, commit, write, context },
    read: (path: string): string => readFileSync(join(folder, path), 'utf8'),
    bump: (args: string, circumstances?: Circumstances) => runBump(args, context(circumstances)),
  };
}

function runBump(args: string, context: TestContext) {
  return runInProcess(['bump', ...args.split(' ').filter(Boolean)], context);
}

const hashIn = (text: string): string => /hash = "([^"]*)"/.exec(text)?.[1] ?? '';

describe('pullpin bump', () => {
  test('writes digest and hash, says what moved, and has nothing left to do', async () => {
    const { bump, read } = project({ 'a.nix': file(call(OLD)), 'b/c.nix': string(OLD, 'web'), 'd.txt': OLD });
    const first = await bump('');
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toContain(`a.nix:3  `);
    expect(first.stdout).toContain(`${host}/app:1`);
    expect(first.stdout).toContain(`${OLD.slice(7, 19)} → ${NEW.slice(7, 19)}`);
    expect(first.stdout).toContain('1.2.3 → 1.2.4');
    expect(first.stderr).toBe('pullpin: 2 pins changed in 2 files, 0 up to date\n');
    expect(read('a.nix')).toBe(file(call(NEW, { hash: hashIn(read('a.nix')) })));
    expect(hashIn(read('a.nix'))).toMatch(/^sha256-[\w+/]{43}=$/);
    expect(read('b/c.nix')).toBe(string(NEW, 'web'));
    expect(await bump('')).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('2 up to date') });
  });

  test('looks at what git knows, and at the paths that are named', async () => {
    const { bump, read, git } = project({ 'a.nix': string(OLD), 'b.nix': string(OLD), 'c.nix': string(OLD) });
    git('add', 'a.nix');
    await bump('b.nix');
    expect([read('a.nix'), read('b.nix'), read('c.nix')].map((text) => text.includes(NEW))).toEqual([
      false,
      true,
      false,
    ]);
    expect(await bump('gone.nix')).toMatchObject({
      exitCode: expect.any(Number),
      stderr: expect.stringContaining('gone.nix'),
    });
  });

  test('a placeholder is replaced, an untracked pin is reported, a frozen one does not change', async () => {
    const untracked = call(OLD).replace(/\s*finalImageTag = "1";/, '');
    const frozen = file(call(OLD), `# pullpin: freeze\n${call(OLD)}`).replace('  (', '  # pullpin: freeze\n  (');
    const { bump, read } = project({
      'half.nix': file(call('', { hash: '' })),
      'untracked.nix': file(untracked),
      'frozen.nix': frozen,
    });
    const { exitCode, stderr } = await bump('');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('untracked.nix:3: 127.0.0.1:');
    expect(stderr).toContain("write '# pullpin: TAG' above it, or run with --assume-tag TAG");
    expect(stderr).toContain('1 pin changed in 1 file, 0 up to date, 2 frozen, 1 untracked');
    expect(read('half.nix')).toBe(file(call(NEW, { hash: hashIn(read('half.nix')) })));
    expect(read('frozen.nix')).toBe(frozen);
    await bump('--assume-tag 1');
    expect(read('untracked.nix')).toContain(NEW);
  });

  test('a conflict is reported and changes nothing; the other pins are bumped', async () => {
    const shared = `{ dockerTools }: let digest = "${OLD}"; in [\n${['1', 'old']
      .map((tag) => `(${call(OLD, { tag })})`.replace(`"${OLD}"`, 'digest'))
      .join('\n')}\n]\n`;
    registry.add('app:old', OLD_IMAGE);
    const { bump, read } = project({ 'shared.nix': shared, 'a.nix': string(OLD) });
    expect(await bump('')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('shares a value with the pin at'),
    });
    expect([read('shared.nix'), read('a.nix')]).toEqual([shared, string(NEW)]);
  });
});

describe('which files are searched', () => {
  const FILES = { 'app.nix': string(OLD, 'app'), 'web.nix': string(OLD, 'web') };

  test.each([
    [`--include ${host}/app`, ['app.nix']],
    [`--exclude ${host}/app`, ['web.nix']],
    ['--include ./web.nix', ['web.nix']],
  ])('%s', async (args, changed) => {
    const { bump } = project(FILES);
    expect(JSON.parse((await bump(`--json ${args}`)).stdout).files).toEqual(changed);
  });

  test('--hashes --since fixes what a bot has bumped since then, and nothing else', async () => {
    const { bump, read, write, commit } = project({ 'a.nix': file(call(OLD), call(OLD, { name: 'web' })) });
    commit();
    write({ 'a.nix': read('a.nix').replace(OLD, NEW) });
    const asked = registry.questions.length;
    expect(await bump('--hashes --since HEAD')).toMatchObject({ exitCode: 0 });
    const hash = hashIn(read('a.nix'));
    expect(hash).not.toBe('sha256-x');
    expect(read('a.nix')).toBe(file(call(NEW, { hash }), call(OLD, { name: 'web' })));
    // A digest that its tag no longer has is worth a warning, so the tag is asked for once.
    const tags = registry.questions.slice(asked).filter((question) => question.endsWith('manifests/1'));
    expect(tags).toEqual(['HEAD manifests/1']);
    expect(await bump('--since nosuch')).toMatchObject({
      exitCode: expect.any(Number),
      stderr: expect.stringContaining('nosuch'),
    });
  });

  test('--since works with earlier files that could not be followed', async () => {
    const open =
      'let x = import ./x.nix; in dockerTools.pullImage { imageName = "a"; imageDigest = x.digest; hash = x.hash; }';
    const { bump, write, commit } = project({ 'open.nix': open, 'a.nix': string(OLD) });
    commit();
    write({ 'a.nix': `${string(OLD, 'web')}` });
    expect(await bump('--since HEAD')).toMatchObject({ exitCode: 0 });
    expect(await bump('')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('open.nix:1') });
  });
});

describe('--check', () => {
  test('ends with 3 when a pin is outdated, writes nothing and downloads nothing', async () => {
    const { bump, read } = project({ 'a.nix': file(call(OLD)) });
    const asked = registry.questions.length;
    const { exitCode, stdout, stderr } = await bump('--check');
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: 'pullpin: 1 pin outdated, 0 up to date\n' });
    expect(stdout).toContain('a.nix:3');
    expect(read('a.nix')).toBe(file(call(OLD)));
    expect(registry.questions.slice(asked).filter((question) => question.includes('blobs/'))).toEqual([]);
  });

  test('ends with 0 when none is, and a failed look-up beats 3', async () => {
    expect(await project({ 'a.nix': string(NEW) }).bump('--check')).toMatchObject({ exitCode: 0, stdout: '' });
    const { bump } = project({ 'a.nix': string(OLD), 'gone.nix': string(OLD, 'app', 'nosuch') });
    expect(await bump('--check')).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('gone.nix:1') });
  });
});

describe('what is printed', () => {
  test('git apply accepts --diff, and -n writes nothing', async () => {
    const { bump, read, folder, git } = project({
      'a.nix': `# é\r\n${file(call(OLD))}`,
      'b c.nix': string(OLD).trimEnd(),
    });
    const { stdout, exitCode } = await bump('-n --diff');
    expect(exitCode).toBe(0);
    expect(read('a.nix')).toContain(OLD);
    execFileSync('git', ['apply', '-'], { cwd: folder, input: stdout });
    expect(git('status', '--short')).toContain('a.nix');
    expect([read('a.nix'), read('b c.nix')]).toEqual([
      `# é\r\n${file(call(NEW, { hash: hashIn(read('a.nix')) }))}`,
      string(NEW).trimEnd(),
    ]);
  });

  test('--json has the plan, and nothing else goes to stdout', async () => {
    const { bump } = project({ 'a.nix': file(call(OLD)), 'b.nix': string(OLD, 'app', 'nosuch') });
    const { stdout, exitCode } = await bump('--json');
    expect(exitCode).toBe(5);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      changes: [
        {
          ...{ file: 'a.nix', line: 3, column: 4, imageName: `${host}/app`, tag: '1', followedBy: 'finalImageTag' },
          from: {
            tag: '1',
            imageDigest: OLD,
            hash: 'sha256-x',
            version: '1.2.3',
            image: expect.objectContaining({ source: null }),
          },
          to: {
            tag: '1',
            imageDigest: NEW,
            hash: expect.stringMatching(/^sha256-/),
            version: '1.2.4',
            image: expect.objectContaining({ source: null }),
          },
          platformAssumed: false,
          assumed: ['finalImageName', 'os', 'arch', 'variant'],
          proven: null,
          storePath: null,
          layers: { count: 1, shared: expect.any(Number) },
          compareLink: null,
          systems: null,
        },
      ],
      problems: [
        {
          ...{ file: 'b.nix', line: 1, column: 11, severity: 'failure', code: 'not-found' },
          ...{ imageName: `${host}/app`, imageDigest: OLD, message: expect.stringContaining('nosuch') },
        },
      ],
      files: ['a.nix'],
      counts: { found: 2, current: 0, frozen: 0, untracked: 0, unfollowable: 0 },
    });
  });

  test('--commit-message goes into a file or onto stdout, --markdown onto stdout', async () => {
    const message = `Bump ${host}/app:1\n\n- \`${host}/app:1\`: ${OLD.slice(7, 19)} → ${NEW.slice(7, 19)} (\`1.2.3\` → \`1.2.4\`)\n`;
    const { bump, read, git } = project({ 'a.nix': file(call(OLD)) });
    expect((await bump('-n --commit-message -')).stdout).toBe(message);
    expect((await bump('-n --markdown')).stdout).toContain(`| \`${host}/app:1\` | \`${OLD.slice(7, 19)}\` |`);
    await bump('-n --commit-message early.txt');
    expect(() => read('early.txt')).toThrow('ENOENT');
    await bump('--commit-message message.txt');
    expect(read('message.txt')).toBe(message);
    git('add', 'a.nix');
    git('commit', '--quiet', '--file', 'message.txt');
    expect(git('log', '-1', '--format=%s')).toBe(`Bump ${host}/app:1\n`);
  });

  test('- is a filter for editors', async () => {
    const { bump } = project({});
    expect(await bump('-', { stdin: string(OLD) })).toMatchObject({ exitCode: 0, stdout: string(NEW) });
    expect(await bump('-', { stdin: string(NEW) })).toMatchObject({ exitCode: 0, stdout: string(NEW) });
    const broken = '{ a = "@sha256:';
    expect(await bump('-', { stdin: broken })).toMatchObject({ exitCode: 1, stdout: broken });
    expect(await bump('--check -', { stdin: string(OLD) })).toMatchObject({ exitCode: 3 });
  });

  test('a terminal sees how far it has come, and what it waits for', async () => {
    const slow = await startRegistry({
      faults: [{ on: 'HEAD', status: 429, headers: { 'retry-after': '1' }, times: 1 }],
    });
    release(slow, 'app');
    const files = { 'a.nix': string(NEW), 'b.nix': string(OLD).replace(host, slow.host) };
    const { stderr } = await project(files).bump('', { terminal: true });
    expect(stderr).toContain(`1/2 pins · 0 outdated · ${slow.host} waiting 1 s\n`);
    expect((await project(files).bump('')).stderr).not.toContain('/2 pins');
  });

  test.each([
    ['--json --diff', 'choose one'],
    ['- --markdown', 'choose one'],
    ['--commit-message - --json', 'choose one'],
    ['- --since HEAD', '--since'],
    ['--hashes --digest index', '--digest'],
    ['--digest other', 'digest'],
    ['--platform linux/amd64 --platform linux/arm64', 'write one, such as'],
  ])('%s is a mistake', async (args, message) => {
    const { bump } = project({ 'a.nix': string(OLD) });
    expect(await bump(args)).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('a file that cannot be written', () => {
  const FILES = { 'a.nix': string(OLD), 'locked/b.nix': string(OLD, 'web') };

  async function bumpLocked(args: string) {
    const { context, read, folder } = project(FILES);
    const prepared = context();
    for (const path of ['.', 'a.nix']) chmodSync(join(folder, path), 0o777);
    chmodSync(join(folder, 'locked'), 0o555);
    const run = await asOrdinaryUser(folder, () => runBump(`${args} .`, prepared));
    return { ...run, a: read('a.nix'), b: read('locked/b.nix') };
  }

  test('stops all others from being written, and none is reported as written', async () => {
    const { exitCode, stdout, stderr, a, b } = await bumpLocked('');
    expect({ exitCode, stdout, a, b }).toEqual({
      exitCode: 1,
      stdout: '',
      a: FILES['a.nix'],
      b: FILES['locked/b.nix'],
    });
    expect(stderr).toContain('locked/b.nix');
    expect(stderr).toContain('0 pins changed');
  });

  test('does not with --keep-going; JSON says which', async () => {
    const { exitCode, stdout, a, b } = await bumpLocked('--keep-going --json');
    expect({ exitCode, a, b }).toEqual({ exitCode: 1, a: string(NEW), b: FILES['locked/b.nix'] });
    expect(JSON.parse(stdout)).toMatchObject({
      changes: [{ file: 'a.nix' }],
      files: ['a.nix'],
      problems: [{ file: 'locked/b.nix', code: 'write', severity: 'failure' }],
    });
  });
});

describe('a pin with tlsVerify = false', () => {
  const more = '\n    tlsVerify = false;';

  async function startUnknown() {
    const { certFile, keyFile } = await (await makeAuthority()).issue();
    const unknown = await startRegistry({ tls: { cert: readFileSync(certFile), key: readFileSync(keyFile) } });
    release(unknown, 'app');
    return unknown;
  }

  function credentialsFor(...hosts: string[]): Record<string, string> {
    const folder = join(temporaryFolder(), 'docker');
    mkdirSync(folder);
    const auth = Buffer.from('ada:secret').toString('base64');
    writeFileSync(
      join(folder, 'config.json'),
      JSON.stringify({ auths: Object.fromEntries(hosts.map((each) => [each, { auth }])) }),
    );
    return { DOCKER_CONFIG: folder };
  }

  test('is looked up without verification and without credentials, while another registry gets them', async () => {
    const unknown = await startUnknown();
    const guarded = await startRegistry({ guard: basicAuthentication('ada', 'secret') });
    release(guarded, 'app');
    const { bump, read } = project({
      'a.nix': file(call(OLD, { at: unknown.host, more }), call(OLD, { at: guarded.host })),
    });
    const environment = credentialsFor(unknown.host, guarded.host);
    expect(await bump('', { environment })).toMatchObject({ exitCode: 0 });
    expect(read('a.nix')).not.toContain(OLD);
    const authorizations = (at: FaultyRegistry) => at.requests.filter(({ headers }) => headers['authorization']).length;
    expect(unknown.requests.length).toBeGreaterThan(0);
    expect(authorizations(unknown)).toBe(0);
    expect(authorizations(guarded)).toBeGreaterThan(0);
  });

  test('holds for its own registry only: that of another pin is verified', async () => {
    const [trusted, other] = [await startUnknown(), await startUnknown()];
    const { bump, read } = project({
      'a.nix': file(call(OLD, { at: trusted.host, more })),
      'b.nix': file(call(OLD, { at: other.host })),
    });
    expect(await bump('')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('b.nix:3') });
    expect([read('a.nix').includes(NEW), read('b.nix').includes(NEW)]).toEqual([true, false]);
    expect(other.requests).toEqual([]);
  });
});

test('PULLPIN_USERNAME is for the registry that PULLPIN_REGISTRY names, and for none that only a file names', async () => {
  const guarded = await startRegistry({ guard: basicAuthentication('ada', 'secret') });
  release(guarded, 'app');
  const open = { PULLPIN_USERNAME: 'ada', PULLPIN_PASSWORD: 'secret' };
  const named = { ...open, PULLPIN_REGISTRY: guarded.host };
  const verified = { 'a.nix': file(call(OLD, { at: guarded.host })) };
  const unverified = { 'a.nix': file(call(OLD, { at: guarded.host, more: '\n    tlsVerify = false;' })) };
  const authorized = () => guarded.requests.some(({ headers }) => headers['authorization']);

  expect(await project(verified).bump('', { environment: open })).toMatchObject({ exitCode: 4 });
  expect(await project(unverified).bump('', { environment: named })).toMatchObject({ exitCode: 4 });
  expect(authorized()).toBe(false);
  expect(await project(verified).bump('', { environment: named })).toMatchObject({ exitCode: 0 });
  expect(authorized()).toBe(true);
});

test('1,000 pins of 300 images in 400 files cost 300 HEADs when nothing has changed', async () => {
  const fleet = await startRegistry();
  const images = Array.from({ length: 300 }, (_, number) => `image-${number}`);
  for (const name of images) fleet.add(`${name}:1`, NEW_IMAGE);
  const pins = Array.from({ length: 1000 }, (_, at) => call(NEW, { name: images[at % 300] ?? '', at: fleet.host }));
  const files = Array.from({ length: 400 }, (_, at) => {
    const [first, last] = [Math.floor(at * 2.5), Math.floor((at + 1) * 2.5)];
    return [`${at % 20}/${at}.nix`, file(...pins.slice(first, last))] as const;
  });
  const { bump } = project(Object.fromEntries(files));
  expect(await bump('')).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('1000 up to date') });
  expect(fleet.questions).toEqual(Array.from({ length: 300 }, () => 'HEAD manifests/1'));
  expect(new Set(fleet.lines.filter((line) => line.includes('manifests'))).size).toBe(300);
});

test('docs/bump.md names only options that exist', async () => {
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/bump.md', import.meta.url)), 'utf8');
  const named = [...page.matchAll(/`--([a-z-]+)|pullpin bump[^\n`]*/g)].flatMap(
    ([text]) => text.match(/--[a-z-]+/g) ?? [],
  );
  const { stdout } = await project({}).bump('--help');
  expect(named.length).toBeGreaterThan(15);
  const ofOtherTools = ['--image-name', '--image-tag'];
  const unknown = [...new Set(named)].filter((option) => !stdout.includes(option) && !ofOtherTools.includes(option));
  expect(unknown).toEqual([]);
});

test('docs/json.md explains every key of bump --json', async () => {
  const { stdout } = await project({ 'a.nix': string(OLD), 'b.nix': string(OLD, 'app', 'nosuch') }).bump('-n --json');
  const { changes, problems, ...plan } = JSON.parse(stdout);
  const keys = [
    ...Object.keys(plan),
    ...Object.keys(plan.counts),
    ...[...changes, changes[0].from, ...problems].flatMap(Object.keys),
  ];
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/json.md', import.meta.url)), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith('pullpin bump')) ?? '';
  expect(keys.length).toBeGreaterThan(20);
  expect(keys.filter((key) => key !== 'version' && !section.includes(`\`${key}\``))).toEqual([]);
});
