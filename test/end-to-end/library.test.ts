import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { startRegistry } from '../support/faulty-registry.js';
import { fixtureImage, fixtureImages } from '../support/fixture-images.js';
import { type ImageContent, image, index } from '../support/images.js';
import { nixSettings } from '../support/nix-build.js';
import { installPacked, type Project } from '../support/packed.js';
import { createRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);

const PLATFORMS = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));
const OLD = release('old');
// Another thread decompresses a layer of this size, in a program that Node takes for a module.
const NEW = release(createRandom(4).bytes(25 * 1024 * 1024));

function release(content: string | Uint8Array): ImageContent {
  const layers = [{ bytes: Buffer.from(content), compression: 'gzip' as const }];
  return index(
    PLATFORMS.map((platform) => ({
      platform,
      image: image({ config: JSON.stringify({ ...platform, created: '2024-05-01T12:00:00Z' }), layers }),
    })),
  );
}

/** The program of docs/library.md that has this text in it. */
function block(text: string): string {
  const [code = '', ...others] = BLOCKS.filter((each) => each.includes(text));
  expect([code === '', others.length]).toEqual([false, 0]);
  return code;
}

describe('the programs in docs/library.md', () => {
  let project: Project;
  const home = temporaryFolder();

  beforeAll(async () => {
    project = await installPacked();
    const registry = await startRegistry({ tags: { 'library/redis': ['7.4', '7.4.1', '7.10.2', '8.0', 'latest'] } });
    registry.add('library/redis:7.4', NEW);
    // What the programs ask Docker Hub for comes from this registry: registries.conf names it as a mirror.
    const settings = `[[registry]]\nprefix = "docker.io"\nlocation = "${registry.host}"\ninsecure = true\n`;
    mkdirSync(join(home, '.config/containers'), { recursive: true });
    writeFileSync(join(home, '.config/containers/registries.conf'), settings);
    symlinkSync(fixtureImage('hello'), join(project.folder, 'result'));
  }, 240_000);

  async function run(program: string): Promise<{ stdout: string; stderr: string }> {
    writeFileSync(join(project.folder, 'program.js'), program);
    return execa(process.execPath, ['program.js'], {
      cwd: project.folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: home, ...nixSettings(home) },
      extendEnv: false,
    });
  }

  test('the first one pins an image in five lines', async () => {
    const [first = ''] = BLOCKS;
    expect(first.trim().split('\n')).toHaveLength(5);
    const { stdout, stderr } = await run(first);
    expect(stdout).toContain(`imageDigest = "${NEW.root.digest}";`);
    expect(stdout).toMatch(/sha256 = "sha256-[\w+/]{43}=";/);
    expect(stderr).toBe('');
  });

  test('one writes the pins of several platforms as one text', async () => {
    const { stdout } = await run(block('per-system'));
    for (const system of ['x86_64-linux', 'aarch64-linux']) expect(stdout).toContain(`    ${system} = {\n`);
    expect(stdout.match(/sha256-[\w+/]{43}=/g)).toHaveLength(2);
  });

  test('one looks at an image, pins it for a platform and writes it in another form', async () => {
    const { stdout } = await run(block('inspectImage'));
    const [, arm64] = NEW.manifests;
    expect(stdout).toContain(`${NEW.root.digest} 2024-05-01T12:00:00Z 2\n`);
    expect(stdout).toContain(`imageDigest = "${arm64?.digest}";`);
    expect(stdout).toMatch(/sha256 = "[0-9a-z]{52}";/);
    expect(stdout).toMatch(/^sha256-[\w+/]{43}= \[/m);
  });

  test('one pins an image of an OCI layout', async () => {
    const { stdout } = await run(block('openOciLayout'));
    expect(stdout).toMatch(new RegExp(`^${fixtureImages()['hello']?.root.digest} sha256:[0-9a-f]{64}$`));
  });

  test('one keeps an archive in the Nix store', async () => {
    const { stdout } = await run(block('openNixStore'));
    expect(stdout).toMatch(/-docker-image-redis-7\.4\.tar$/);
    expect(existsSync(stdout)).toBe(true);
  });

  test('one lists and bumps the pins of a folder', async () => {
    const file = join(project.folder, 'hosts/a.nix');
    mkdirSync(dirname(file), { recursive: true });
    const pin = (digest: string, hash: string): string =>
      `dockerTools.pullImage { imageName = "redis"; imageDigest = "${digest}"; hash = "${hash}"; finalImageTag = "7.4"; arch = "amd64"; }\n`;
    writeFileSync(file, pin(OLD.root.digest, ''));
    const { stdout, stderr } = await run(block('planToMarkdown'));
    expect(stdout).toMatch(/^hosts\/a\.nix 1 redis 7\.4\n\| image \|/);
    expect(stdout).toContain('| `redis:7.4` |');
    expect(stderr).toBe('');
    const bumped = readFileSync(file, 'utf8');
    expect(bumped).toBe(pin(NEW.root.digest, /hash = "(sha256-[\w+/]{43}=)"/.exec(bumped)?.[1] ?? ''));
  });

  test('one changes a text that is not on the disk', async () => {
    const { stdout } = await run(block('applyEdits'));
    expect(stdout).toBe(`{ image = "redis:7.4@${NEW.root.digest}"; }`);
  });

  test('one lists tags', async () => {
    expect((await run(block('findTags'))).stdout).toBe('7.10.2\n7.4.1\n7.4');
  });

  test('one says what went wrong', async () => {
    const { stdout } = await run(block('no-such-tag'));
    expect(stdout).toMatch(/^there is no such image: \S*redis:no-such-tag: /);
  });

  test('each of them is run above', () => {
    expect(BLOCKS).toHaveLength(9);
  });

  test.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['preserve', 'bundler'],
  ])('all are valid TypeScript for a project with module %s', async (module, moduleResolution) => {
    for (const [at, code] of BLOCKS.entries()) writeFileSync(join(project.folder, `block${at}.ts`), code);
    const files = BLOCKS.map((_, at) => `block${at}.ts`);
    // Nothing of Node's types is installed, and the declarations of pullpin itself are checked.
    const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];
    const target = ['--target', 'es2023', '--module', module, '--moduleResolution', moduleResolution];
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const checked = await execa(tsc, [...flags, ...target, ...files], { cwd: project.folder, reject: false });
    expect(checked.stdout).toBe('');
    expect(checked.exitCode).toBe(0);
  });
});
