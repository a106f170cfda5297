import { expect, test } from 'vitest';
import { brokenPrograms } from './bump-programs.js';
import { FIXTURES, fixtureImages, fixtureProgram } from './fixture-program.js';
import { SampleImages } from './sample-images.js';

/** Fixtures that are not judged, and why. */
const NOT_JUDGED: Readonly<Record<string, string>> = {
  arguments: 'it imports a file that is not there',
  'bad-values': 'its pins are no pins for pullImage',
  'formatting-byte-order-mark': 'Nix takes no byte order mark',
  imports: 'it imports a file that is not there',
};

const samples = fixtureImages();
const images = await SampleImages.start(samples);
const judged = FIXTURES.filter((name) => !(name in NOT_JUDGED));

test('the pins of all fixtures are right after a bump, or left alone and reported', async () => {
  const broken = await brokenPrograms(
    judged.map((name) => fixtureProgram(name, samples)),
    images,
  );
  expect(broken.map(({ program, violations, story }) => [program.title, ...violations, story].join('\n'))).toEqual([]);
});

test.each(Object.entries(NOT_JUDGED))('%s cannot be judged: %s', async (name) => {
  expect(FIXTURES).toContain(name);
  await expect(async () => brokenPrograms([fixtureProgram(name, samples)], images)).rejects.toThrow();
});
