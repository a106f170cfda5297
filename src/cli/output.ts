import { randomUUID } from 'node:crypto';
import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PullpinError } from '../errors.js';
import type { Context } from './context.js';

/** The file of --output cannot be written. */
export class OutputError extends PullpinError {
  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super(`--output ${file}: cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Finds out before any download whether the file can be written. Throws an OutputError. */
export async function checkOutput(file: string | undefined, { folder }: Context): Promise<void> {
  if (file === undefined) return;
  try {
    const target = await targetOf(resolve(folder, file));
    await access(dirname(target), constants.W_OK);
    const existing = await stat(target).catch(() => undefined);
    if (existing?.isDirectory()) throw new Error('it is a folder');
  } catch (cause) {
    throw new OutputError(file, cause);
  }
}

/** Writes onto stdout, or into a file that is complete from the moment it is there. Throws an OutputError. */
export async function writeOutput(text: string, file: string | undefined, { stdout, folder }: Context): Promise<void> {
  if (file === undefined) {
    await new Promise<void>((done) => {
      stdout.write(text, () => done());
    });
    return;
  }
  const temporary = { path: '' };
  try {
    const target = await targetOf(resolve(folder, file));
    temporary.path = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
    const mode = (await stat(target).catch(() => undefined))?.mode;
    await writeFile(temporary.path, text, { flag: 'wx', ...(mode !== undefined && { mode }) });
    await rename(temporary.path, target);
  } catch (cause) {
    await rm(temporary.path, { force: true }).catch(() => {});
    throw new OutputError(file, cause);
  }
}

/** Where a link leads; a file that is not there yet is meant itself. */
async function targetOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
