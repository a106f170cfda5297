import { resolve } from 'node:path';
import { isOfLock } from '../../../files/of-lock.js';
import { readSource } from '../../../files/read-source.js';
import { exists } from '../../../files/roots.js';

/** The words with `images.lock.json` in place of an `images.toml` or `images.nix` beside it: the lock has the pins. */
export async function withLocks(words: readonly string[], folder: string): Promise<string[]> {
  return Promise.all(words.map(async (word) => (await lockBeside(word, folder)) ?? word));
}

async function lockBeside(word: string, folder: string): Promise<string | undefined> {
  const [, stem, ending] = /^(.*[^/])\.(toml|nix)$/.exec(word) ?? [];
  const lock = `${stem}.lock.json`;
  if (stem === undefined || !(await exists(resolve(folder, word))) || !(await isLock(lock, folder))) return undefined;
  return ending === 'toml' || (await isLock(word, folder)) ? lock : undefined;
}

async function isLock(file: string, folder: string): Promise<boolean> {
  return (await exists(resolve(folder, file))) && isOfLock(await readSource(file, folder));
}
