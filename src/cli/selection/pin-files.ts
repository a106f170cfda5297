import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { printable, UsageError } from '../../errors.js';
import { isSourceName } from '../../files/near-source.js';
import { decodeSource } from '../../files/source-text.js';
import { type OpenSettings, openPinFiles, openPinText } from '../../list/open/open-pin-files.js';
import type { PinFiles } from '../../list/pin-files.js';
import type { Context } from '../terminal/context.js';
import { readStdinBytes } from '../terminal/stdin.js';

const MAX_STDIN = 16 * 1024 * 1024;

/** Image strings without a digest, and files of `pullpin lock`, are not what most commands are about. */
export type WhatToRead = Pick<OpenSettings, 'withUnpinned' | 'mayNameLocks'>;

/**
 * Finds and reads the files that the paths name, or stdin. Without paths: the files below the current folder that git knows. Throws a
 * PullpinError.
 */
export async function readPinFiles(
  isStdin: boolean,
  paths: readonly string[],
  context: Context,
  what: WhatToRead = {},
): Promise<PinFiles> {
  if (!isStdin) {
    for (const path of paths) await refuseOtherFile(path, context);
    return openPinFiles(paths, { ...context, ...what });
  }
  if (paths.length > 0) throw new UsageError('- reads stdin, and goes with no other path');
  const text = decodeSource(await readStdinBytes(context, MAX_STDIN, 'a Nix file'), STDIN_NAME);
  return { ...(await openPinText(STDIN_NAME, text, context)), withUnpinned: what.withUnpinned };
}

/** A file of another kind is no Nix code, and what looks like a pin in it must not be edited as such. Throws a UsageError. */
async function refuseOtherFile(path: string, { folder }: Context): Promise<void> {
  if (isSourceName(path)) return;
  const found = await stat(resolve(folder, path)).catch(() => undefined);
  if (!found?.isFile()) return;
  throw new UsageError(
    `${printable(path, 200)} is not a Nix, JSON, TOML or YAML file: pullpin finds pins in files that end in .nix, .json, .toml, .yaml or .yml`,
  );
}

/** The name of stdin in messages. */
const STDIN_NAME = 'stdin';
