import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { IMAGE_ENTRY_KEYS } from '../../src/lock/images-schema.js';
import { readImagesFile } from '../../src/lock/read-images.js';
import { startNewcomer } from '../support/newcomer.js';
import { createNix } from '../support/nix-build.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/lock.md', import.meta.url)), 'utf8');
const blocks = (kind: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);

/** The commands of the page, each with what it printed; digests are those of no real image. */
const COMMANDS = blocks('console').flatMap((block) =>
  block
    .split(/^\$ pullpin /m)
    .slice(1)
    .map((text) => {
      const [line = '', ...printed] = text.trimEnd().split('\n');
      return { words: [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''), printed };
    }),
);
const withoutDigests = (text: string): string => text.replace(/\b[0-9a-f]{12}\b/g, 'DIGEST');

test('the commands of docs/lock.md do what the page says, one after the other', { timeout: 120_000 }, async () => {
  const newcomer = await startNewcomer({ tls: true });
  const cwd = temporaryFolder();
  const [compose = ''] = blocks('yaml');
  writeFileSync(join(cwd, 'compose.yaml'), compose);
  expect(COMMANDS.length).toBeGreaterThan(8);
  for (const { words, printed } of COMMANDS) {
    const { stdout, stderr, exitCode } = await newcomer.type(words, { cwd });
    expect({ words, exitCode }).toEqual({ words, exitCode: 0 });
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
    expect(said.map(withoutDigests).toSorted()).toEqual(printed.map(withoutDigests).toSorted());
  }
});

test('the code and the images.toml of the page are such as Nix and pullpin take, and each key is explained', async () => {
  const [code = ''] = blocks('nix');
  expect(await createNix().syntaxError(`(${code})`)).toBeUndefined();
  const [toml = ''] = blocks('toml');
  expect([...readImagesFile(toml, 'images.toml').keys()]).toEqual(Object.keys(parse(toml)['images'] ?? {}));
  for (const key of IMAGE_ENTRY_KEYS) expect(PAGE).toMatch(new RegExp(`^\\| .*\`${key}\``, 'm'));
});
