import type { Stats } from 'node:fs';
import { access, chmod, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PullpinError } from '../../errors.js';
import { isSystemError, writeReason } from '../../machine/file-errors.js';
import type { Context } from './context.js';
import { print } from './print.js';

/** A file that an option names cannot be written. */
export class OutputError extends PullpinError {
  constructor(
    readonly option: string,
    readonly file: string,
    cause: unknown,
  ) {
    super(`${option} ${file}: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (isSystemError(cause) && cause.code === 'ENOENT')
    return 'there is no such folder to write it into; make the folder first';
  return `cannot be written: ${writeReason(cause)}`;
}

/** Finds out before any download whether the file can be written. Throws an OutputError. */
export async function checkOutput(file: string | undefined, { folder }: Context, option = '--output'): Promise<void> {
  if (file === undefined) return;
  try {
    const { path, existing } = await outputFile(resolve(folder, file));
    if (existing?.isDirectory() || file.endsWith('/')) throw new Error('it is a folder');
    // The slash makes the check fail when the folder is a file.
    await access(isReplaceable(existing) ? `${dirname(path)}/` : path, constants.W_OK);
  } catch (cause) {
    throw new OutputError(option, file, cause);
  }
}

/** Writes to stdout or to a file. The file is never incomplete. Throws an OutputError, or what `print` does. */
export async function writeOutput(
  text: string,
  file: string | undefined,
  { stdout, folder, signal }: Context,
  option = '--output',
): Promise<void> {
  if (file === undefined) {
    await print(text, stdout, signal);
    return;
  }
  try {
    const { path, existing } = await outputFile(resolve(folder, file));
    if (isReplaceable(existing)) await replaceFile(path, text, existing?.mode);
    else if (existing?.isFIFO()) await (await import('./named-pipe.js')).writeIntoPipe(path, text, signal);
    else await writeFile(path, text);
  } catch (cause) {
    throw new OutputError(option, file, cause);
  }
}

interface OutputFile {
  readonly path: string;
  /** What is there already. */
  readonly existing: Stats | undefined;
}

/** The target of a link; the path itself when it does not exist yet. */
async function outputFile(path: string): Promise<OutputFile> {
  const existing = await stat(path).catch(() => undefined);
  // A link such as /dev/stdout may lead to a pipe, which has no path.
  const isFile = existing === undefined || existing.isFile();
  return { path: isFile ? await realpath(path).catch(() => path) : path, existing };
}

/** Whether the output is a device or a pipe. Such a file must be written directly: to replace it would remove it for all programs. */
function isReplaceable(existing: Stats | undefined): boolean {
  return existing === undefined || existing.isFile();
}

async function replaceFile(path: string, text: string, mode: number | undefined): Promise<void> {
  const { removeLeftovers, temporarySibling } = await import('../../files/writing/leftovers.js');
  // A killed run may have left its temporary file here.
  await removeLeftovers([dirname(path)]);
  const temporary = temporarySibling(path);
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}
