import type { LockPaths } from '../../lock/lock-files.js';

/** `pullpin lock --update redis`, where a shell takes it as it stands; without names, `pullpin lock`. */
export function lockCommand({ images }: LockPaths, words: readonly string[] = []): string {
  const isUsual = images === 'images.toml' || !/^[\w./+@-]+$/.test(images);
  return ['pullpin lock', ...(isUsual ? [] : ['--file', images]), ...words].join(' ');
}
