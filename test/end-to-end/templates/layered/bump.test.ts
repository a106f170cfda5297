import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startDockerRegistry } from '../../../support/docker-registry.js';
import { type ImageContent, image, index } from '../../../support/images.js';
import { buildLayered, layered } from '../../../support/layered.js';
import { runPullpin } from '../../../support/run-pullpin.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const registry = await startDockerRegistry();
const IMAGE = `${registry.host}/moving:1`;

function content(...texts: readonly string[]): ImageContent {
  const of = (architecture: string) =>
    image({
      config: JSON.stringify({ architecture, os: 'linux', config: { Cmd: texts } }),
      layers: texts.map((text) => ({ bytes: Buffer.from(`${text} ${architecture}`) })),
    });
  return index(
    ['amd64', 'arm64'].map((architecture) => ({ image: of(architecture), platform: { os: 'linux', architecture } })),
  );
}

test('a written file is listed and bumped as a whole, and builds before and after', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'images.nix');
  const systems = ['x86_64-linux', 'aarch64-linux'];
  const write = () => layered(...systems.flatMap((system) => ['--system', system]), '--hash-format', 'nix32', IMAGE);
  await registry.push('moving', '1', content('base', 'old'));
  const old = await write();
  writeFileSync(file, old);
  const listed = await runPullpin(['list', '--json', file], { cwd: folder });
  expect(JSON.parse(listed.stdout)).toMatchObject({
    pins: [
      { form: 'layered', state: 'tracked', follows: '1', arch: 'amd64' },
      { form: 'layered', state: 'tracked', follows: '1', arch: 'arm64' },
    ],
    problems: [],
  });
  expect(await runPullpin(['bump', '--check', file], { cwd: folder })).toMatchObject({ exitCode: 0 });

  await registry.push('moving', '1', content('base', 'new', 'newer'));
  expect(await runPullpin(['bump', '--check', file], { cwd: folder })).toMatchObject({ exitCode: 3 });
  expect(await runPullpin(['bump', file], { cwd: folder })).toMatchObject({ exitCode: 0 });
  const bumped = readFileSync(file, 'utf8');
  expect(bumped).toBe(await write());
  for (const text of [old, bumped])
    for (const system of systems)
      expect(await buildLayered(text, {}, { system }), system).toEqual({
        storePath: expect.stringContaining('-docker-image-'),
      });
});
