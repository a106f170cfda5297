import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SeenPin } from './evaluation.js';
import { type DigestMark, type HashFormat, Marks, type Program, type Truth } from './program.js';
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
  const files = Object.fromEntries(Array.from(texts, ([path, text]) => [path, marked(text, images, marks)]));
  const callers = {
    'caller.nix': `import ${CALLER} ${texts.has('before.json') ? '../bumped/before.json' : '../bumped/before.nix'}\n`,
  };
  const { digests, hashes, partMarks: parts } = marks;
  const identify = (seen: readonly SeenPin[]) => identified(digests, seen, caseOf(name).pins, images);
  return { title: `fixture ${name}`, files, callers, entry: 'callers/caller.nix', digests, hashes, parts, identify };
}

/** Hands what a fixture has to the stand-ins. */
const CALLER = fileURLToPath(new URL('caller.nix', import.meta.url));

function marked(text: string, [image]: readonly SampleImage[], marks: Marks): string {
  if (!image) throw new Error('no image');
  const unknown: Truth = { image, tags: [image.tags[0] ?? ''], state: 'old', part: 'root' };
  const withDigests = text.replaceAll(DIGEST, () => marks.digest(unknown).text);
  return HASHES.reduce((result, [hash, format]) => result.replaceAll(hash, () => marks.hash(format).text), withDigests);
}

/** A digest is that of the pin with the image's name; where several pins have the name, each digest is that of the next one. */
function identified(
  digests: readonly DigestMark[],
  seen: readonly SeenPin[],
  pins: readonly CasePin[],
  images: readonly SampleImage[],
): DigestMark[] {
  const rest = new Map(
    images.map(({ name }) => [name, pins.filter(({ imageName }) => fullName(imageName) === name)] as const),
  );
  return digests.map((mark) => {
    const name = seen.find(({ imageDigest }) => imageDigest === mark.text)?.imageName;
    const image = name === undefined ? undefined : images.find((each) => each.name === fullName(name));
    const own = image && rest.get(image.name);
    const pin = own && (own.length > 1 ? own.shift() : own[0]);
    return image && pin ? { ...mark, image, tags: [followed(pin)], isFrozen: pin.frozen ?? false } : mark;
  });
}

function followed({ tag, notes = [] }: CasePin): string {
  const [note = ''] = notes;
  return note.split(' ').at(-1) || tag || 'any';
}

function caseOf(name: string): Case {
  return JSON.parse(readFileSync(join(FOLDER, name, 'case.json'), 'utf8'));
}
