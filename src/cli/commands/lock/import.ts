import { commitLock } from '../../../lock/commit-lock.js';
import { withImages } from '../../../lock/edit-images.js';
import type { LockEntry } from '../../../lock/entry.js';
import { lockImported } from '../../../lock/import/lock-imported.js';
import { openImported } from '../../../lock/import/open-imported.js';
import { planImport } from '../../../lock/import/plan-import.js';
import { type LockPaths, openLock } from '../../../lock/lock-files.js';
import { readImagesFile } from '../../../lock/read-images.js';
import type { Context } from '../../terminal/context.js';
import { Report } from '../../terminal/report.js';
import { lookUpImages } from './look-up.js';
import type { LockCommandSettings } from './options.js';
import { concludeLock } from './output.js';

/**
 * Adds the images of other tools' files to images.toml, and locks them by the digests that are recorded there. What cannot be imported is reported, and
 * keeps no other image.
 */
export async function importImages(
  files: readonly string[],
  paths: LockPaths,
  settings: LockCommandSettings,
  context: Context,
): Promise<number> {
  const opened = await openLock(paths, true);
  const found = await Promise.all([...new Set(files)].map((file) => openImported(file, files, context.folder)));
  const { images, present, problems, notes } = planImport(found, opened.entries);
  const report = new Report(context, settings.loudness);
  for (const note of notes) report.note(note);
  if (present.length > 0) report.note(`already in ${paths.images}: ${present.join(', ')}`);
  const lookUp = async (entries: readonly LockEntry[]) => {
    const request = { entries, lock: new Map(), mode: 'missing' as const };
    return (await lookUpImages(request, settings, context)).plan;
  };
  const file = { text: opened.texts.images ?? '', path: paths.images };
  const locked = await lockImported(images, file, lookUp);
  if (locked.images.size > 0) {
    const edit = (text: string): string => {
      // Another run may have imported the same meanwhile.
      const there = readImagesFile(text, paths.images);
      const added = [...locked.images].filter(([name, { image }]) => there.get(name)?.request.image !== image);
      return withImages(text, paths.images, new Map(added));
    };
    const after = new Map(locked.plan.results.map((result) => [result.entry.name, result.after]));
    await commitLock(paths, { images: after, edit }, context.signal);
  }
  const plan = { results: locked.plan.results, problems: [...problems, ...locked.plan.problems] };
  return concludeLock(plan, [], 'imported', settings.json, context, report);
}
