import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { createRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = new URL('../../', import.meta.url);

const CONTENTS = {
  'a small image': Buffer.from('new'),
  // Another thread decompresses it, in a program that Node runs as a module.
  'a large image': Buffer.from(createRandom(4).bytes(25 * 1024 * 1024)),
};

test.each(Object.entries(CONTENTS))('the program in docs/library.md bumps a pin to %s', async (_, bytes) => {
  const page = readFileSync(fileURLToPath(new URL('docs/library.md', ROOT)), 'utf8');
  const [, example = ''] = /^```js\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const registry = await startRegistry();
  const content = (bytes: Uint8Array) =>
    image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes, compression: 'gzip' }] });
  const [old, now] = [content(Buffer.from('old')), content(bytes)];
  registry.add('app:1', old);
  registry.add('app:1', now);
  const source = (digest: string, hash: string): string =>
    `p.pullImage { imageName = "${registry.host}/app"; imageDigest = "${digest}"; hash = "${hash}"; finalImageTag = "1"; }\n`;
  const folder = temporaryFolder();
  const file = join(folder, 'images.nix');
  writeFileSync(file, source(old.root.digest, ''));

  const program = example.replace("from 'pullpin'", `from '${new URL('dist/index.js', ROOT).href}'`);
  const { stdout, stderr } = await execa(process.execPath, ['--input-type=module', '-e', program], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    extendEnv: false,
  });
  expect(stdout.split('\n')).toEqual([
    `1: ${registry.host}/app@${old.root.digest}`,
    `${registry.host}/app: ${old.root.digest} → ${now.root.digest}`,
  ]);
  expect(stderr).toBe('');
  const bumped = readFileSync(file, 'utf8');
  expect(bumped).toBe(source(now.root.digest, /hash = "(sha256-[\w+/]{43}=)"/.exec(bumped)?.[1] ?? ''));
});
