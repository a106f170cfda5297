import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HashFormat, Marks, type Program, type Truth } from './program.js';
import { fullName, type SampleImage } from './sample-images.js';

const FOLDER = 'fixtures/nix';

/** A pin as case.json has it. */
interface CasePin {
  readonly imageName: string;
  readonly tag?: string;
  readonly notes?: readonly string[];
  readonly frozen?: boolean;
}

interface Case {
  readonly pins: readonly CasePin[];
}

export const FIXTURES = readdirSync(FOLDER).filter((name) => caseOf(name).pins.length > 0);

/** The images of all fixtures, each with every tag that some pin follows; pins without a trace of a tag may be of any. */
export function fixtureImages(): SampleImage[] {
  const tags = new Map<string, Set<string>>();
  for (const pin of FIXTURES.flatMap((name) => caseOf(name).pins)) {
    const name = fullName(pin.imageName);
    tags.set(name, (tags.get(name) ?? new Set()).add(followed(pin)));
  }
  return Array.from(tags, ([name, own]) => ({ name, kind: 'index', tags: [...own] }));
}

/** The hashes that stand for something in the fixtures, with the form that each is written in. */
const HASHES: readonly (readonly [text: string, format: HashFormat])[] = [
  ['sha256-ERERERERERERERERERERERERERERERERERERERERERE=', 'sri'],
  ['048i248i248i248i248i248i248i248i248i248i248i248i248i', 'nix32'],
];
const DIGEST = /sha256:[12]{64}/g;

/** A fixture with images that the registry has in place of its made-up digests, and a hash of its own wherever one stands. */
export function fixtureProgram(name: string, images: readonly SampleImage[]): Program {
  const marks = new Marks();
  const names = readdirSync(join(FOLDER, name)).filter((file) => /\bbefore\./.test(file));
  const texts = new Map(
    names.map((file) => {
      const path = file.startsWith('before.') ? file : file.replace('.before.', '.');
      return [path, readFileSync(join(FOLDER, name, file), 'utf8')];
    }),
  );
  const truths = truthsOf(name, [...texts.values()].join('').match(DIGEST)?.length ?? 0, images);
  const files = Object.fromEntries(Array.from(texts, ([path, text]) => [path, marked(text, truths, marks)]));
  const callers = { 'caller.nix': `import ${CALLER} ${texts.has('before.json') ? './before.json' : './before.nix'}\n` };
  return {
    title: `fixture ${name}`,
    files,
    callers,
    entry: 'caller.nix',
    digests: marks.digests,
    hashes: marks.hashes,
  };
}

/** Hands what a fixture has to the stand-ins. */
const CALLER = fileURLToPath(new URL('caller.nix', import.meta.url));

/** What is true of the digests of a fixture, in their order, which is that of the pins; where there are fewer, several pins share one. */
function truthsOf(name: string, count: number, images: readonly SampleImage[]): Iterator<Truth> {
  const { pins } = caseOf(name);
  const own = pins.length === count ? pins : [...new Map(pins.map((pin) => [pin.imageName, pin])).values()];
  if (own.length !== count) throw new Error(`the fixture ${name} has ${count} digests for ${own.length} images`);
  const truths = own.map((pin): Truth => {
    const image = images.find((each) => each.name === fullName(pin.imageName));
    if (!image) throw new Error(`no image is called ${pin.imageName}`);
    return { image, tags: [followed(pin)], state: 'old', part: 'root', isFrozen: pin.frozen ?? false };
  });
  return truths.values();
}

function marked(text: string, truths: Iterator<Truth>, marks: Marks): string {
  const withDigests = text.replaceAll(DIGEST, () => marks.digest(truths.next().value).text);
  return HASHES.reduce((result, [hash, format]) => result.replaceAll(hash, () => marks.hash(format).text), withDigests);
}

function followed({ tag, notes = [] }: CasePin): string {
  const [note = ''] = notes;
  return note.split(' ').at(-1) || tag || 'any';
}

function caseOf(name: string): Case {
  return JSON.parse(readFileSync(join(FOLDER, name, 'case.json'), 'utf8'));
}
