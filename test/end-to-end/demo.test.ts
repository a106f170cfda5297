import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { fixtureImages } from '../support/fixture-images.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('npm run demo pins the sample image from its layout and from a registry, with one hash', async () => {
  const { stdout } = await execa('npm', ['run', '--silent', 'demo'], { cwd: ROOT });
  const blocks = stdout.match(/dockerTools\.pullImage \{[^}]*\}/g) ?? [];
  const attributes = blocks.map((block) => ({
    digest: /imageDigest = "([^"]+)"/.exec(block)?.[1],
    sha256: /sha256 = "([^"]+)"/.exec(block)?.[1],
  }));
  expect(attributes).toHaveLength(2);
  expect(attributes[0]).toEqual(attributes[1]);
  expect(attributes[0]).toEqual({
    digest: fixtureImages()['hello']?.root.digest,
    sha256: expect.stringMatching(/^sha256-[A-Za-z0-9+/]{43}=$/),
  });
});
