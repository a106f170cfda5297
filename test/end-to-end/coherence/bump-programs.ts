import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runPullpin } from '../../support/run-pullpin.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { type SeenPin, seenPins } from './evaluation.js';
import { filled, formatted, type Program, type Truth } from './program.js';
import { type Bumped, type Report, violations } from './rule.js';
import { digestOf, partsOf, type SampleImages } from './sample-images.js';

/** A program that broke the rule. */
export interface Broken {
  readonly program: Program;
  readonly violations: readonly string[];
  /** The files as they were bumped, and as they came out; for people. */
  readonly story: string;
}

/** Bumps programs, all in one run of the program, and gives those that break the rule. */
export async function brokenPrograms(programs: readonly Program[], images: SampleImages): Promise<Broken[]> {
  const unidentified = programs.map((program, at) => ({ program, name: `p${at}` }));
  const folder = temporaryFolder();
  const entries = new Map(unidentified.map(({ program, name }) => [name, join(folder, name, program.entry)]));
  const write = (name: string, { files, callers }: Program, values: ReadonlyMap<string, string>) => {
    for (const [path, text] of Object.entries(pathsOf({ files, callers })))
      writeText(join(folder, name, path), filled(text, values));
  };
  for (const { program, name } of unidentified) write(name, program, new Map());
  const marked = await seenPins(entries);
  const named = unidentified.map(({ program, name }) => {
    const digests = program.identify?.(marked.get(name) ?? []) ?? program.digests;
    return { name, program: { ...program, digests } };
  });
  for (const { program, name } of named) write(name, program, await valuesOf(program, marked.get(name) ?? [], images));
  const before = await seenPins(entries);
  const texts = new Map(named.map(({ program, name }) => [name, shownFiles(join(folder, name), program)]));
  const reports = await bump(named, folder, images);
  const after = await seenPins(entries);

  const broken = await Promise.all(
    named.map(async ({ program, name }) => {
      const report = reports.get(name) ?? { problems: [] };
      const pins = bumpedPins(program, marked.get(name) ?? [], before.get(name) ?? [], after.get(name) ?? [], images);
      const story = `${texts.get(name)}\n--- becomes\n${shownFiles(join(folder, name), program)}\n--- ${JSON.stringify(report.problems)}`;
      return { program, violations: await violations(pins, report, images), story };
    }),
  );
  return broken.filter((each) => each.violations.length > 0);
}

/** The folder of the files that are bumped. */
const BUMPED = 'bumped';

/** Files by their paths: those that are bumped in one folder, and those that only Nix sees in another one. */
function pathsOf({ files, callers }: Pick<Program, 'files' | 'callers'>): Record<string, string> {
  const inFolder = (folder: string, texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([path, text]) => [join(folder, path), text] as const);
  return Object.fromEntries([...inFolder(BUMPED, files), ...inFolder('callers', callers)]);
}

function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function shownFiles(folder: string, { files, callers }: Program): string {
  return Object.keys(pathsOf({ files, callers }))
    .map((path) => `--- ${path}\n${readFileSync(join(folder, path), 'utf8')}`)
    .join('\n');
}

/** What the marks of a program stand for: digests as they were, and for each hash that of the first pin that Nix finds it in. */
async function valuesOf({ digests, hashes, parts }: Program, seen: readonly SeenPin[], images: SampleImages) {
  const values = new Map(
    digests.map(({ text, image, tags: [tag = ''], state, part }) => [
      text.slice(7),
      digestOf(image, tag, state, part).slice(7),
    ]),
  );
  for (const { text, of, arch, part } of parts) {
    const { configDigest, layers } = partsOf(of.image, of.tags[0] ?? '', of.state, arch);
    values.set(text.slice(7), (part === 'config' ? configDigest : (layers[part] ?? '')).slice(7));
  }
  for (const { text, format } of hashes) {
    const pin = seen.find(({ hash }) => hash === text);
    const fetch = pin?.fetch && { ...pin.fetch, imageDigest: filled(pin.fetch.imageDigest, values) };
    values.set(text, formatted((fetch && (await images.hash(fetch))) ?? UNUSED, format));
  }
  return values;
}

/** For a hash that Nix uses nowhere. */
const UNUSED = 'ab'.repeat(32);

async function bump(
  named: readonly { readonly program: Program; readonly name: string }[],
  folder: string,
  images: SampleImages,
) {
  const registriesConf = join(folder, 'registries.conf');
  writeFileSync(registriesConf, images.registriesConf);
  // A run may read what lies below its own folder, and what only Nix sees must not be there.
  const cwd = join(folder, 'run');
  mkdirSync(cwd);
  const paths = named.map(({ name }) => join(folder, name, BUMPED));
  const { stdout, stderr } = await runPullpin(['bump', '--json', ...paths], {
    cwd,
    env: { CONTAINERS_REGISTRIES_CONF: registriesConf },
  });
  if (stdout === '') throw new Error(`pullpin bump printed nothing: ${stderr}`);
  const { problems } = JSON.parse(stdout) as { problems: (Report['problems'][number] & { file: string })[] };
  return new Map(
    named.map(({ name }) => [
      name,
      { problems: problems.filter(({ file }) => file.startsWith(join(folder, name, '/'))) },
    ]),
  );
}

/** The pins of a program with what became of them. A pin that is the same on several systems is one. */
function bumpedPins(
  program: Program,
  marked: readonly SeenPin[],
  before: readonly SeenPin[],
  after: readonly SeenPin[],
  images: SampleImages,
): Bumped[] {
  if (before.length !== marked.length || after.length !== before.length)
    throw new Error(`other pins after the bump of ${program.title}`);
  const pins = new Map<string, { truth: Truth; pairs: Bumped['pairs'][number][] }>();
  for (const [at, pin] of before.entries()) {
    const { path, imageName, imageDigest, hash } = pin;
    const [mark, then] = [marked[at], after[at]];
    const truth = truthOf(program, mark, images);
    if (!mark || !then || !truth)
      throw new Error(`nothing is known of ${imageName}@${imageDigest} in ${program.title}`);
    const key = JSON.stringify([path, imageDigest, hash]);
    const known = pins.get(key) ?? { truth, pairs: [] };
    known.pairs.push({ before: pin, after: then });
    pins.set(key, known);
  }
  return [...pins.values()];
}

/** A digest that is to be filled in has no mark: its pin says image and tag. */
function truthOf({ digests }: Program, mark: SeenPin | undefined, images: SampleImages): Truth | undefined {
  const known = digests.find(({ text }) => text === mark?.imageDigest);
  const image = mark && images.image(mark.imageName);
  return known ?? (image && { image, tags: [mark.fetch?.finalImageTag ?? ''], state: 'gone', part: 'root' });
}
