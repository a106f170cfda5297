import { heavyWorkNext } from '../../../concurrency/heavy-work.js';
import { UsageError } from '../../../errors.js';
import { commitLock } from '../../../lock/commit-lock.js';
import { checkNewImage, withFreeze, withImages, withoutImages } from '../../../lock/edit-images.js';
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
  const { platforms, systems } = settings.newImage;
  const image = { image: named.text, ...settings.newImage, platforms: someOf(platforms), systems: someOf(systems) };
  const edit = (text: string): string => withImages(text, paths.images, new Map([[name, image]]));
  const opened = await openLock(paths, true);
  if (!opened.entries.has(name)) checkNewImage(name, image);
  const entry = await heavyWorkNext(context.signal, () =>
    readImagesFile(edit(opened.texts.images ?? ''), paths.images).get(name),
  );
  const request = { entries: entry ? [entry] : [], lock: new Map(), mode: 'missing' as const, registries: [registry] };
  const { plan, report } = await lookUpImages(request, settings, context);
  const images = new Map(plan.results.map(({ after }) => [name, after]));
  if (plan.problems.length === 0) await commitLock(paths, { images, edit }, context.signal);
  return concludeLock(plan, [], 'locked', settings.json, context, report);
}

function someOf(words: readonly string[]): readonly string[] | undefined {
  return words.length === 0 ? undefined : words;
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
