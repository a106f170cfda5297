import { shellWord } from '../../errors.js';
import type { LockPaths } from '../../lock/lock-files.js';

/** `pullpin lock --update redis`, for a shell; without names, `pullpin lock`. */
export function lockCommand({ images }: LockPaths, words: readonly string[] = []): string {
  const file = images === 'images.toml' ? [] : ['--file', shellWord(images)];
  return ['pullpin lock', ...file, ...words].join(' ');
}
