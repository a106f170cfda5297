import { UsageError } from '../../../errors.js';
import { commitLock } from '../../../lock/commit-lock.js';
import { type NewImage, withFreeze, withImage, withoutImages } from '../../../lock/edit-images.js';
import { type LockPaths, openLock } from '../../../lock/lock-files.js';
import { NAME } from '../../../lock/lock-schema.js';
import { readImagesFile, wrongName } from '../../../lock/read-images.js';
import { nameImage, referenceOf } from '../../options/operands.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { count } from '../../terminal/format.js';
import { Report } from '../../terminal/report.js';
import { lookUpImages } from './look-up.js';
import type { LockCommandSettings } from './options.js';
import { concludeLock } from './output.js';

/** Adds an image to images.toml and locks it. Nothing is written when it cannot be looked up. */
export async function addImage(
  name: string,
  typed: string,
  paths: LockPaths,
  settings: LockCommandSettings,
  context: Context,
): Promise<number> {
  if (!NAME.test(name)) throw new UsageError(wrongName(name));
  const named = nameImage(typed);
  const { registry } = referenceOf(named);
  const given = Object.entries(settings.newImage).flatMap(([key, value]) =>
    value === undefined || value.length === 0 ? [] : [[key, value] as const],
  );
  const image = { image: named.text, ...Object.fromEntries(given) };
  const edit = (text: string): string => withImage(text, paths.images, name, image);
  const opened = await openLock(paths, true);
  readTyped(name, image, opened.entries);
  const entry = readImagesFile(edit(opened.texts.images ?? ''), paths.images).get(name);
  const request = { entries: entry ? [entry] : [], lock: new Map(), mode: 'missing' as const, registries: [registry] };
  const { plan, report } = await lookUpImages(request, settings, context);
  const images = new Map(plan.results.map(({ after }) => [name, after]));
  if (plan.problems.length === 0) await commitLock(paths, { images, edit }, context.signal);
  return concludeLock(plan, [], 'locked', settings.json, context, report);
}

/** Reads a new image by itself, so that a mistake is one of the typed words, and not one in images.toml. Throws a UsageError. */
function readTyped(name: string, image: NewImage, entries: ReadonlyMap<string, unknown>): void {
  if (entries.has(name)) return;
  try {
    readImagesFile(withImage('', 'lock add', name, image), 'lock add');
  } catch (cause) {
    if (!(cause instanceof UsageError)) throw cause;
    throw new UsageError(cause.message.replace(/^lock add:\d+: /, ''), { cause });
  }
}

/** Removes images from images.toml and from the lock. */
export async function removeImages(
  names: readonly string[],
  paths: LockPaths,
  settings: LockCommandSettings,
  context: Context,
): Promise<number> {
  const edit = (text: string): string => withoutImages(text, paths.images, names);
  await commitLock(paths, { images: new Map(), edit }, context.signal);
  const report = new Report(context, settings.loudness);
  return concludeLock({ results: [], problems: [] }, names, 'locked', settings.json, context, report);
}

/** Makes images keep what is locked, or lets them move again. */
export async function freezeImages(
  names: readonly string[],
  isFrozen: boolean,
  paths: LockPaths,
  settings: LockCommandSettings,
  context: Context,
): Promise<number> {
  const edit = (text: string): string => withFreeze(text, paths.images, names, isFrozen);
  await commitLock(paths, { images: new Map(), edit }, context.signal);
  const report = new Report(context, settings.loudness);
  report.note(`${count(names.length, 'image')} of ${paths.images} ${isFrozen ? 'frozen' : 'may move again'}`);
  return EXIT.done;
}
