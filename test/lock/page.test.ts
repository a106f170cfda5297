import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { IMAGE_ENTRY_KEYS } from '../../src/lock/images-schema.js';
import { readImagesFile } from '../../src/lock/read-images.js';
import { createNix } from '../support/nix-build.js';

// The commands of the page are typed by test/docs/commands.test.ts.
const PAGE = readFileSync(fileURLToPath(new URL('../../docs/lock.md', import.meta.url)), 'utf8');
const blocks = (kind: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);

test('the code and the images.toml of the page are such as Nix and pullpin take, and each key is explained', async () => {
  const [code = ''] = blocks('nix');
  expect(await createNix().syntaxError(`(${code})`)).toBeUndefined();
  const [toml = ''] = blocks('toml');
  expect([...readImagesFile(toml, 'images.toml').keys()]).toEqual(Object.keys(parse(toml)['images'] ?? {}));
  for (const key of IMAGE_ENTRY_KEYS) expect(PAGE).toMatch(new RegExp(`^\\| .*\`${key}\``, 'm'));
});
