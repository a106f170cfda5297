import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startDockerRegistry } from '../../../support/docker-registry.js';
import { fixtureImages } from '../../../support/fixture-images.js';
import { layeredSample } from '../../../support/layered.js';
import { createNix } from '../../../support/nix-build.js';
import { runPullpin } from '../../../support/run-pullpin.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const PAGE = readFileSync('docs/layered.md', 'utf8');

test('the whole example of docs/layered.md builds', async () => {
  const registry = await startDockerRegistry();
  await registry.push('hello', '1.0', fixtureImages()['hello'] ?? expect.unreachable());
  const folder = temporaryFolder();
  const [, command = ''] = /^```sh\npullpin (.*)\n```$/m.exec(PAGE) ?? expect.unreachable('no command');
  const args = command.replace('registry.example', registry.host).split(' ');
  expect(await runPullpin(args, { cwd: folder })).toMatchObject({ exitCode: 0, stdout: '' });
  const [, user = ''] = /^```nix\n(.*?)^```$/ms.exec(PAGE) ?? [];
  writeFileSync(join(folder, 'default.nix'), user);
  const pkgs = 'pkgs // { dockerTools.buildImage = { name, fromImage }: fromImage; }';
  expect(await createNix().build(`import ${folder}/default.nix { pkgs = ${pkgs}; }`)).toEqual({
    storePath: expect.stringMatching(/-docker-image-127\.0\.0\.1-\d+-hello-1\.0\.tar$/),
  });
});

test('docs/layered.md explains each attribute of a printed call', async () => {
  const file = await layeredSample('registry.example');
  const call = file.slice(file.lastIndexOf('pullLayeredImage {'));
  const names = [...call.matchAll(/^ +(\w+) = /gm)].map(([, name]) => name);
  expect(names).toContain('layers');
  for (const name of names) expect(PAGE).toContain(`\`${name}\``);
});
