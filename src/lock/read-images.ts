import * as v from 'valibot';
import { printable, UsageError } from '../errors.js';
import { Lines, NixSyntaxError } from '../nix/language/position.js';
import { didYouMean } from '../suggestion.js';
import { parseToml } from '../text/toml/toml-file.js';
import type { DataEntry, DataMap, DataNode } from '../text/tree/data-file.js';
import type { LockEntry } from './entry.js';
import {
  DEFAULT_KEYS,
  EXPECTED,
  IMAGE_ENTRY_KEYS,
  IMAGES_SCHEMA,
  type RawImage,
  type RawImages,
  TABLES,
} from './images-schema.js';
import { NAME, TARGETS } from './lock-schema.js';
import { readEntry } from './read-entry.js';

/** Where a key stands: `images.toml:3`. */
type PlaceOf = (keys: readonly string[]) => string;

/** The most images of one lock. */
const MOST_IMAGES = 10_000;

/** Reads images.toml: its images by their names, in its order. Throws a UsageError that names the file and the line. */
export function readImagesFile(text: string, file: string): ReadonlyMap<string, LockEntry> {
  const shown = printable(file);
  const root = rootOf(text, shown);
  const lines = new Lines(text);
  const placeOf: PlaceOf = (keys) => `${shown}:${lines.at(offsetOf(root, keys)).line}`;
  const checked = v.safeParse(IMAGES_SCHEMA, plainValue(root), { abortEarly: true });
  if (!checked.success) throw mistake(checked.issues[0], placeOf);
  const { defaults = {}, images = {} } = checked.output;
  const found = Object.entries(images);
  if (found.length > MOST_IMAGES)
    throw new UsageError(`${shown} has ${found.length} images; at most ${MOST_IMAGES} are possible`);
  return new Map(
    found.map(([name, raw]) => {
      if (!NAME.test(name)) throw new UsageError(`${placeOf(['images', name])}: ${wrongName(name)}`);
      const at = (key: string): string => placeOf(Object.hasOwn(raw, key) ? ['images', name, key] : ['defaults', key]);
      return [name, readEntry(name, withDefaults(raw, defaults), placeOf(['images', name]), at)];
    }),
  );
}

/** An image that names platforms or systems of its own has none of the others. */
function withDefaults(
  raw: RawImage,
  { platforms, systems, ...defaults }: NonNullable<RawImages['defaults']>,
): RawImage {
  const named = raw.platforms === undefined && raw.systems === undefined ? { platforms, systems } : raw;
  return { ...defaults, ...raw, platforms: named.platforms, systems: named.systems };
}

/** What is wrong with a name of an image. */
export function wrongName(name: string): string {
  return `'${printable(name, 100)}' is no name for an image: write letters, digits, and . _ + - between them`;
}

function rootOf(text: string, shown: string): DataMap {
  try {
    const { documents } = parseToml(text, shown);
    const root = documents[0]?.root;
    if (root?.kind === 'map') return root;
    throw new UsageError(`${shown}: this is not TOML`);
  } catch (cause) {
    if (!(cause instanceof NixSyntaxError)) throw cause;
    throw new UsageError(`${shown}:${cause.line}: ${printable(cause.problem)}`, { cause });
  }
}

/** A value as the schema sees it. A date is neither a text nor anything else that a key may hold. */
function plainValue(node: DataNode): unknown {
  switch (node.kind) {
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
    case 'list':
      return node.items.map(plainValue);
    case 'text':
      return node.text;
    case 'other':
      return node.text === 'true' || node.text === 'false' ? node.text === 'true' : Number(node.text);
    case 'alias':
      return null;
  }
}

/** Where the last of some keys stands, or the deepest one that there is. */
function offsetOf(root: DataMap, keys: readonly string[]): number {
  let at: DataNode = root;
  let offset = root.start;
  for (const key of keys) {
    const entry: DataEntry | undefined = at.kind === 'map' ? entriesOf(at).get(key) : undefined;
    if (!entry) break;
    offset = entry.place?.start ?? entry.value.start;
    at = entry.value;
  }
  return offset;
}

/** The entries of a map by their keys: a file may have ten thousand, and each is asked for. */
function entriesOf(map: DataMap): ReadonlyMap<string, DataEntry> {
  const known = ENTRIES.get(map) ?? new Map(map.entries.map((entry) => [entry.key, entry]));
  ENTRIES.set(map, known);
  return known;
}
const ENTRIES = new WeakMap<DataMap, ReadonlyMap<string, DataEntry>>();

/** The message about a wrong key or value. */
function mistake(issue: v.InferIssue<typeof IMAGES_SCHEMA>, placeOf: PlaceOf): UsageError {
  const keys = (issue.path ?? []).map(({ key }) => String(key));
  const place = placeOf(keys);
  const [table = '', name = '', key] = keys;
  if (issue.expected === 'never') return new UsageError(`${place}: ${unknownKey(keys)}`);
  if (table === 'defaults' && keys.length > 1) return new UsageError(`${place}: ${wrongValue(name, issue)}`);
  if (keys.length < 2) return new UsageError(`${place}: [${table}] is a table: write its keys below it`);
  if (key === undefined)
    return new UsageError(
      `${place}: an image is a table: write [images.${printable(name, 100)}], and image = "…" below it`,
    );
  if (key === 'image' && issue.received === 'undefined')
    return new UsageError(
      `${placeOf([table, name])}: ${printable(name, 100)} names no image: write image = "redis:7.4"`,
    );
  return new UsageError(`${place}: ${wrongValue(key, issue)}`);
}

function wrongValue(key: string, { input }: { readonly input: unknown }): string {
  const shown = typeof input === 'string' ? `, not '${printable(input, 100)}'` : '';
  const hint = key === 'target' && typeof input === 'string' ? didYouMean(input, TARGETS) : '';
  return `${key} is ${EXPECTED[key] ?? 'a text'}${shown}${hint}`;
}

/** What to write for keys that people expect from elsewhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  arch: 'write platforms = ["linux/arm64"]',
  digest: 'write it behind the image, image = "redis:7.4@sha256:…", or omit it: it is in the lock',
  enable: 'remove the table to leave the image out',
  hash: 'it is in the lock; omit it',
  imageDigest: 'it is in the lock; omit it',
  name: 'write final-name for the name inside the archive; in Nix code an image has the name of its table',
  sha256: 'it is in the lock; omit it',
  tag: 'write it behind the image, image = "redis:7.4", and a rule for it into rule',
  tags: 'write it behind the image, image = "redis:7.4", and a rule for it into rule',
};

function unknownKey(keys: readonly string[]): string {
  const key = keys.at(-1) ?? '';
  const [table = '', name] = keys;
  if (keys.length === 1) {
    const hint = didYouMean(key, TABLES) || `; write [images.${NAME.test(key) ? key : 'NAME'}] for an image`;
    return `there is no table '${printable(key, 100)}'${hint}`;
  }
  const where = table === 'images' ? `[images.${printable(name ?? '', 100)}]` : `[${table}]`;
  const shown = `there is no key '${printable(key, 100)}' in ${where}`;
  if (Object.hasOwn(ELSEWHERE, key)) return `${shown}: ${ELSEWHERE[key]}`;
  return `${shown}${didYouMean(key, table === 'images' ? IMAGE_ENTRY_KEYS : DEFAULT_KEYS)}`;
}
