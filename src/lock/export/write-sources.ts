import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PullpinError, printable } from '../../errors.js';
import { readSource } from '../../files/read-source.js';
import { exists } from '../../files/roots.js';
import { writeFiles } from '../../files/writing/write-files.js';
import { type ExportedPins, NEW_SOURCES, type NpinsSources, printSources, readNpinsSources } from './npins-sources.js';

/** A sources.json that pins are written into; it need not exist. */
export interface OpenedSources {
  readonly path: string;
  readonly folder: string;
  /** Undefined for a file that is not there. */
  readonly text: string | undefined;
  readonly sources: NpinsSources;
}

/** Throws a PullpinError for a file that is no sources.json, also for a pipe or a device. */
export async function openSources(path: string, folder: string): Promise<OpenedSources> {
  const there = await stat(resolve(folder, path)).catch(() => undefined);
  if (there && !there.isFile())
    throw new PullpinError(
      `${printable(path)} is no file, and no sources.json can be in it: without --output, the pins go to stdout`,
    );
  const text = (await exists(resolve(folder, path))) ? await readSource(path, folder) : undefined;
  return { path, folder, text, sources: text === undefined ? NEW_SOURCES : readNpinsSources(text, path) };
}

/** Writes pins in place of those that have their names; all others stay. Throws a PullpinError. */
export async function writeSources(
  { path, folder, text, sources }: OpenedSources,
  pins: ExportedPins['pins'],
  signal: AbortSignal,
): Promise<void> {
  const { failed } = await writeFiles([{ path, before: text, after: printSources(sources, pins) }], { folder, signal });
  const [failure] = failed;
  if (failure) throw failure;
}
