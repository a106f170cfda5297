import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { printable, UsageError } from '../../../errors.js';
import type { Context } from '../../terminal/context.js';
import { checkOutput } from '../../terminal/output.js';

/** How every page begins, in any case of letters. */
const START = /^\s*<(!doctype html|html)/i;
const START_LENGTH = 100;

/**
 * Finds out before any request whether the page can be written. Throws an OutputError, and a UsageError for a file that has something else than
 * a page: in `--html hosts/*.nix` the shell puts a file with pins there.
 */
export async function checkPageFile(file: string | undefined, context: Context): Promise<void> {
  await checkOutput(file, context, '--html');
  if (file === undefined || (await mayBeReplaced(resolve(context.folder, file)))) return;
  throw new UsageError(
    `--html ${printable(file)}: this file is there, and is not a page: name another one, such as --html pins.html`,
  );
}

/** Whether a file is a page, has nothing in it, or is not there. Pipes and devices are written to, and never read. */
async function mayBeReplaced(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  if (!there?.isFile() || there.size === 0) return true;
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_LENGTH), 0, START_LENGTH, 0);
    return START.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await handle.close();
  }
}
