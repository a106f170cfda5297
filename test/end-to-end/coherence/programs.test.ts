import { expect, test } from 'vitest';
import { type Broken, brokenPrograms } from './bump-programs.js';
import { ALL_IMAGES, randomProgram, SHAPES } from './random-program.js';
import { SampleImages } from './sample-images.js';

const LONG = process.env['LONG_TESTS'] === '1';
const COUNT = Number(process.env['PULLPIN_COUNT'] ?? (LONG ? 4000 : 300));
const AT_ONCE = 100;
/** Another seed is other programs: PULLPIN_SEED says which, and a long run takes those of the day. */
const SEED = Number(process.env['PULLPIN_SEED'] ?? (LONG ? Math.floor(Date.now() / 86_400_000) * COUNT : 0));

const images = await SampleImages.start(ALL_IMAGES);

test(`pins of ${COUNT} random programs from seed ${SEED} are right after a bump, or left alone and reported`, {
  timeout: 3_600_000,
}, async () => {
  for (let from = SEED; from < SEED + COUNT; from += AT_ONCE) {
    const seeds = Array.from({ length: Math.min(AT_ONCE, SEED + COUNT - from) }, (_, at) => from + at);
    const broken = await brokenPrograms(
      seeds.map((seed) => randomProgram(seed)),
      images,
    );
    const [first] = broken;
    if (first)
      expect.fail(
        `${broken.length} of ${seeds.length} programs break the rule. The first:\n${shown(await smallest(first))}`,
      );
  }
});

test('every shape is among the first programs', () => {
  const titles = Array.from({ length: Object.keys(SHAPES).length }, (_, seed) => randomProgram(seed).title).join();
  expect(Object.keys(SHAPES).filter((name) => !titles.includes(name))).toEqual([]);
});

/** The same with as few members as break the rule alone. */
async function smallest(broken: Broken): Promise<Broken> {
  const [, seed = 0, members = ''] = /^seed (\d+): (.*)$/.exec(broken.program.title) ?? [];
  const alone = members.split(', ').map((_, at) => randomProgram(Number(seed), [at]));
  const [first] = await brokenPrograms(alone, images);
  return first ?? broken;
}

function shown({ program, violations, story }: Broken): string {
  return [program.title, ...violations.map((violation) => `* ${violation}`), story].join('\n');
}
