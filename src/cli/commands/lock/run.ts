import { printable, UsageError } from '../../../errors.js';
import { type LockPaths, lockPaths, openLock } from '../../../lock/lock-files.js';
import { didYouMean } from '../../../suggestion.js';
import type { Context } from '../../terminal/context.js';
import { checkLock } from './check.js';
import { addImage, freezeImages, removeImages } from './edit.js';
import type { LockCommandSettings } from './options.js';
import { showLock } from './show.js';
import { writeLock } from './write.js';

export async function runLock(settings: LockCommandSettings, context: Context): Promise<number> {
  const { action, words } = settings.operands;
  checkTogether(settings);
  const named = settings.locking.file ?? fileAmong(settings);
  const paths = await lockPaths(named, context.folder);
  switch (action) {
    case 'add':
      return addImage(words[0] ?? '', words[1] ?? '', paths, settings, context);
    case 'remove':
      return removeImages(await known(words, paths), paths, settings, context);
    case 'freeze':
    case 'unfreeze':
      return freezeImages(await known(words, paths), action === 'freeze', paths, settings, context);
    case 'show':
      return showLock(words, paths, settings, context);
    case 'import':
      return (await import('./import.js')).importImages(words, paths, settings, context);
    case 'export':
      return (await import('./export.js')).exportImages(await known(words, paths), paths, settings, context);
    default: {
      const names = settings.locking.isUpdate && words.length > 0 ? await known(words, paths) : undefined;
      return settings.locking.isCheck
        ? checkLock(names, paths, settings, context)
        : writeLock(names, paths, settings, context);
    }
  }
}

/** Throws a UsageError for words that do not go together. */
function checkTogether({ operands, locking, newImage, export: exporting }: LockCommandSettings): void {
  const { action, words } = operands;
  const { isUpdate, isCheck, file } = locking;
  if (action && (isUpdate || isCheck))
    throw new UsageError(`--${isUpdate ? 'update' : 'check'} does not go together with lock ${action}`);
  if (action === 'export' && !exporting.isNpins)
    throw new UsageError('lock export writes for npins only: write pullpin lock export --npins');
  if (action !== 'export' && (exporting.isNpins || exporting.output !== undefined))
    throw new UsageError(`--${exporting.isNpins ? 'npins' : 'output'} is for lock export`);
  const given = Object.entries(newImage).find(([, value]) => value !== undefined && value.length > 0);
  if (given && action !== 'add')
    throw new UsageError(
      `--${given[0].replace(/s$/, '')} is for lock add; for an image that is there, write it into images.toml`,
    );
  if (action || isUpdate || words.length === 0) return;
  if (words.length > 1 || file !== undefined)
    throw new UsageError(
      `'${printable(words.at(-1) ?? '', 100)}' is one file too many; to move single images write pullpin lock --update NAME...`,
    );
}

/** Without --update, the only word is the file. */
function fileAmong({ operands: { action, words }, locking }: LockCommandSettings): string | undefined {
  return action || locking.isUpdate ? undefined : words[0];
}

/** Throws a UsageError for a name that images.toml does not have. */
async function known(words: readonly string[], paths: LockPaths): Promise<readonly string[]> {
  const names = [...(await openLock(paths)).entries.keys()];
  const wrong = words.find((word) => !names.includes(word));
  if (wrong === undefined) return [...new Set(words)];
  const hint = didYouMean(wrong, names) || '; pullpin lock show has the names';
  throw new UsageError(`${printable(paths.images)} has no image '${printable(wrong, 100)}'${hint}`);
}
