import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImage } from '../support/fixture-images.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const place = temporaryFolder();
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const build = (base: string, output: string) =>
  execa(process.execPath, [join(ROOT, 'scripts/container-image.mjs'), base, output], { reject: false });

// No public registry can be asked here: an image of the fixtures stands for one with Node.
test('an image of pullpin is the same each time, and goes through a registry', { timeout: 300_000 }, async () => {
  const [one, two] = await Promise.all(['one', 'two'].map((name) => build(fixtureImage('hello'), join(place, name))));
  expect(one).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  expect(two?.stdout).toBe(one?.stdout);

  const registry = await startDockerRegistry();
  const image = `${registry.host}/tools/pullpin`;
  const copy = ['copy', '--all', '--preserve-digests', '--dest-tls-verify=false'];
  await execa('skopeo', [...copy, `oci:${join(place, 'one')}:${version}`, `docker://${image}:${version}`]);
  const { stdout: digest } = await runPullpin(['digest', `${image}:${version}`]);
  expect(digest.trim()).toBe(one?.stdout);

  const pulled = join(place, 'pulled');
  const pull = ['--override-arch', 'amd64', 'copy', '--src-tls-verify=false'];
  await execa('skopeo', [...pull, `docker://${image}:${version}`, `dir:${pulled}`]);
  const { config, layers } = JSON.parse(readFileSync(join(pulled, 'manifest.json'), 'utf8'));
  const blob = (each: { readonly digest: string }) => join(pulled, each.digest.slice('sha256:'.length));
  const { config: settings } = JSON.parse(readFileSync(blob(config), 'utf8'));
  expect(settings).toMatchObject({ Entrypoint: ['node', '/opt/pullpin/dist/main.cjs'] });
  await runsFrom(blob(layers.at(-1)), settings.Entrypoint[1]);
});

/** The files of the layer are root's, dated 1970 and in order; unpacked, they are a pullpin that works. */
async function runsFrom(layer: string, program: string): Promise<void> {
  const { stdout } = await execa('tar', ['--list', '--verbose', '--numeric-owner', '--utc', '-f', layer]);
  const lines = stdout.split('\n');
  expect(lines.filter((line) => !/^-r--r--r-- 0\/0 +\d+ 1970-01-01 00:00 opt\/pullpin\/[\w./-]+$/.test(line))).toEqual(
    [],
  );
  const names = lines.map((line) => line.slice(line.indexOf('opt/')));
  expect(names).toEqual([...names].sort());
  const unpacked = join(place, 'unpacked');
  mkdirSync(unpacked);
  await execa('tar', ['--extract', '--no-same-owner', '-f', layer, '-C', unpacked]);
  const main = join(unpacked, program);
  expect((await runPullpin(['--version'], { main })).stdout).toBe(`${version}\n`);
  const words = ['registry.example/hello:1', '--from', `oci:${fixtureImage('hello')}`];
  expect(await runPullpin(words, { main })).toEqual(await runPullpin(words));
}

test('a base whose bytes are others is refused, and so is a folder that is there', async () => {
  const damaged = join(place, 'damaged');
  cpSync(fixtureImage('hello'), damaged, { recursive: true });
  for (const name of readdirSync(join(damaged, 'blobs/sha256')))
    appendFileSync(join(damaged, 'blobs/sha256', name), ' ');
  expect(await build(damaged, join(place, 'none'))).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^container-image: .*the bytes of sha256:[0-9a-f]{64} are others$/),
  });
  expect(await build(fixtureImage('hello'), place)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('is there already'),
  });
});
