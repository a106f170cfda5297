import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtureImage, fixtureImages } from './support/fixture-images.js';
import { layoutFiles, writeLayout } from './support/oci-layout.js';

// UPDATE_FIXTURES=1 writes the folders again; the check then compares what was written.
if (process.env['UPDATE_FIXTURES']) {
  for (const [name, content] of Object.entries(fixtureImages())) {
    rmSync(fixtureImage(name), { recursive: true, force: true });
    writeLayout(fixtureImage(name), { '': content });
  }
}

describe('fixtures/images holds exactly what test/support/fixture-images.ts describes', () => {
  test.for(Object.entries(fixtureImages()))('%s', ([name, content]) => {
    const files = new Map(
      filesIn(fixtureImage(name)).map((path) => [path, readFileSync(join(fixtureImage(name), path))]),
    );
    const expected = layoutFiles({ '': content });
    expect([...files.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [path, bytes] of expected) expect(files.get(path)?.equals(bytes), path).toBe(true);
  });

  test('no other folder', () => {
    expect(readdirSync(fixtureImage('')).sort()).toEqual(Object.keys(fixtureImages()).sort());
  });
});

function filesIn(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  return paths.filter((path) => statSync(path).isFile()).map((path) => relative(folder, path));
}
