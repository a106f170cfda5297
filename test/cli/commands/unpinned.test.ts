import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRegistry } from '../../support/faulty-registry.js';
import { image } from '../../support/images.js';
import { runPullpin } from '../../support/run-pullpin.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const registry = await startRegistry();
const content = (text: string) =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(text) }] });
const [WEB, DB] = [content('web'), content('db')];
registry.add('web:1', WEB);
registry.add('web:2', WEB);
registry.add('db:1', DB);
const { host } = registry;
const [web, db] = [WEB.root.digest, DB.root.digest];

function folderWith(text: string, name = 'a.nix') {
  const folder = temporaryFolder();
  const file = join(folder, name);
  writeFileSync(file, text);
  return { folder, read: () => readFileSync(file, 'utf8') };
}

async function listed(text: string, name?: string) {
  const { stdout, exitCode } = await runPullpin(['list', '--unpinned', '--json'], {
    cwd: folderWith(text, name).folder,
  });
  expect(exitCode).toBe(0);
  return (JSON.parse(stdout).pins as { line: number; imageName: string; follows: string; state: string }[]).map(
    ({ line, imageName, follows, state }) => `${line} ${imageName}:${follows} ${state}`,
  );
}

describe('list --unpinned', () => {
  test.each([
    ['{ image = "redis:7.4"; }', ['1 redis:7.4 unpinned']],
    ["{ image = ''redis:7.4''; }", ['1 redis:7.4 unpinned']],
    ['{ "image" = "ghcr.io/a/b:v1.2"; }', ['1 ghcr.io/a/b:v1.2 unpinned']],
    ['{ containers.web.image = "localhost:5000/a:1"; }', ['1 localhost:5000/a:1 unpinned']],
    ['x: with x; [ { name = "a"; image = "a:1"; } { image = "b:2"; } ]', ['1 a:1 unpinned', '1 b:2 unpinned']],
    ['# pullpin: freeze\n{ image = "redis:7.4"; }', ['2 redis:7.4 frozen']],
    ['{\n  # pullpin: freeze\n  image = "redis:7.4";\n}', ['3 redis:7.4 frozen']],
    ['{\n  # pullpin: 8\n  image = "redis:7.4";\n}', ['3 redis:8 unpinned']],
    ['{\n  # pullpin: 7.4\n  cache = "redis";\n}', ['3 redis:7.4 unpinned']],
    ['let\n  # pullpin: 7.4\n  cache = "redis:7.4";\nin cache', ['3 redis:7.4 unpinned']],
    ['[\n  # pullpin: 1\n  "a/b:1"\n  "a/c:1"\n]', ['3 a/b:1 unpinned']],
  ])('shows the image of %j', async (text, pins) => {
    expect(await listed(text)).toEqual(pins);
  });

  test.each([
    ['no tag', '{ image = "redis"; }'],
    ['a digest', `{ image = "redis:7.4@sha256:${'a'.repeat(64)}"; }`],
    ['another name', '{ icon = "redis:7.4"; dockerImage = "redis:7.4"; }'],
    ['a variable', 'let image = "redis:7.4"; in image'],
    ['a longer text', '{ image = "docker run redis:7.4"; cmd = [ "--image" "redis:7.4" ]; }'],
    ['an interpolation', '{ tag }: { image = "redis:$' + '{tag}"; }'],
    ['a call', '{ f }: { image = f "redis:7.4"; }'],
    ['an address', '{ image = "https://example.org:443"; }'],
    ['no image', '{ image = "Redis:7.4"; image2 = ":1"; }'],
    ['a file that is loaded', '{ f }: { image = "redis:7.4"; imageFile = f; }'],
    ['the parts of a pin', `{ image = "redis:7.4"; imageDigest = "sha256:${'a'.repeat(64)}"; }`],
    ['the directive of a pin', `{\n  # pullpin: 7.4\n  cache = "redis:7.4@sha256:${'a'.repeat(64)}"; x = "a:1";\n}`],
  ])('omits %s', async (_, text) => {
    expect(await listed(text)).toEqual([]);
  });

  test('omits JSON, where no comment could say what is meant', async () => {
    expect(await listed('{ "image": "redis:7.4" }', 'a.json')).toEqual([]);
  });

  test('has its own summary, and list without the option has none of them', async () => {
    const { folder } = folderWith(`{ a.image = "redis:7.4"; b = "x:1@sha256:${'a'.repeat(64)}"; }`);
    expect((await runPullpin(['list', '--unpinned'], { cwd: folder })).stdout).toContain('1 pin: 1 unpinned');
    expect((await runPullpin(['list'], { cwd: folder })).stdout).toContain('1 pin: 1 tracked');
    const none = await runPullpin(['list', '--unpinned'], { cwd: folderWith('{ }').folder });
    expect(none.stderr).toContain('no image without a digest was found');
  });
});

describe('bump --pin-tags', () => {
  const TEXT = `{
  a.image = "${host}/web:1"; # the site
  b.image = ''${host}/db:1'';
  # pullpin: 2
  c = "${host}/web";
  d = "${host}/db:1";
  # pullpin: freeze
  e.image = "${host}/web:1";
}
`;
  const AFTER = TEXT.replace(`${host}/web:1"; # the`, `${host}/web:1@${web}"; # the`)
    .replace(`''${host}/db:1''`, `''${host}/db:1@${db}''`)
    .replace(`c = "${host}/web"`, `c = "${host}/web@${web}"`);

  test('writes the digests and nothing else, and a second run has nothing to do', async () => {
    const { folder, read } = folderWith(TEXT);
    const { stdout, stderr, exitCode } = await runPullpin(['bump', '--pin-tags'], { cwd: folder });
    expect(read()).toBe(AFTER);
    expect(stderr).toContain('3 pins changed in 1 file');
    expect(stdout).toContain(`a.nix:2  ${host}/web:1`);
    expect(exitCode).toBe(0);
    const again = await runPullpin(['bump', '--pin-tags', '--check'], { cwd: folder });
    expect(again).toMatchObject({ stdout: '', exitCode: 0 });
    expect(read()).toBe(AFTER);
  });

  test('is asked for: bump alone looks up nothing of them', async () => {
    const { folder, read } = folderWith(`{ a.image = "${host}/web:1"; }\n`);
    const before = registry.requests.length;
    expect((await runPullpin(['bump'], { cwd: folder })).exitCode).toBe(0);
    expect([read(), registry.requests.length]).toEqual([`{ a.image = "${host}/web:1"; }\n`, before]);
  });

  test.each([
    [['--dry-run'], 0, /web:1 +none → [0-9a-f]{12}/],
    [['--check'], 3, /web:1/],
    [['--dry-run', '--diff'], 0, new RegExp(`^\\+.*web:1@${web}`, 'm')],
    [['--dry-run', '--markdown'], 0, /web:1/],
    [['--dry-run', '--commit-message', '-'], 0, /web:1/],
  ])('goes with %j', async (args, code, shown) => {
    const { folder, read } = folderWith(TEXT);
    const { stdout, exitCode } = await runPullpin(['bump', '--pin-tags', ...args], { cwd: folder });
    expect(stdout).toMatch(shown);
    expect(stdout).not.toMatch(/undefined|null| → @/);
    expect([exitCode, read()]).toEqual([code, TEXT]);
  });

  test('--json has each with an empty digest before', async () => {
    const { folder } = folderWith(TEXT);
    const { stdout } = await runPullpin(['bump', '--pin-tags', '-n', '--json'], { cwd: folder });
    const { changes } = JSON.parse(stdout);
    expect(changes.map(({ from, to }: { from: object; to: object }) => [from, to])).toMatchObject([
      [{ imageDigest: '' }, { imageDigest: web }],
      [{ imageDigest: '' }, { imageDigest: db }],
      [{ imageDigest: '' }, { imageDigest: web }],
    ]);
  });

  test('takes names, lines and filters, and stdin', async () => {
    const { folder, read } = folderWith(TEXT);
    await runPullpin(['bump', '--pin-tags', 'db'], { cwd: folder });
    expect(read()).toBe(TEXT.replace(`''${host}/db:1''`, `''${host}/db:1@${db}''`));
    const { stdout } = await runPullpin(['bump', '--pin-tags', '-'], { stdin: TEXT });
    expect(stdout).toBe(AFTER);
  });

  test('leaves an image alone of which a longer text is made, and says where', async () => {
    const text = `rec { image = "${host}/web:1"; x = "\${image}-alpine"; }\n`;
    const { folder, read } = folderWith(text);
    const { stderr, exitCode } = await runPullpin(['bump', '--pin-tags'], { cwd: folder });
    expect(stderr).toMatch(/a\.nix:1: .*where a digest may not fit/);
    expect([exitCode, read()]).toEqual([1, text]);
  });

  test('does not go with --hashes', async () => {
    const { stderr, exitCode } = await runPullpin(['bump', '--pin-tags', '--hashes']);
    expect(stderr).toContain('does not go together with --pin-tags');
    expect(exitCode).toBe(2);
  });
});
