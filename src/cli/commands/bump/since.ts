import { dirname, resolve } from 'node:path';
import { oncePerKey } from '../../../concurrency/once-per-key.js';
import type { ReadText } from '../../../files/read-source.js';
import { filesAt } from '../../../files/revision.js';
import { repositoryAround } from '../../../files/roots.js';
import type { PinFiles, SourceFile } from '../../../list/pin-files.js';
import type { Context } from '../../terminal/context.js';

/**
 * The files as they were at a git revision, without those that it does not have; undefined without a revision. The revision is looked up in each
 * repository of the run. Throws a PullpinError.
 */
export async function filesSince(
  revision: string | undefined,
  { files, callers }: PinFiles,
  context: Context,
): Promise<PinFiles | undefined> {
  if (revision === undefined) return undefined;
  const paths = [...files, ...(callers?.files ?? [])].map(({ path }) => path);
  const read = await readAt(revision, paths, context);
  const earlier = (all: readonly SourceFile[]): SourceFile[] =>
    all.flatMap(({ path }) => {
      const text = read(path);
      return text === undefined ? [] : [{ path, text }];
    });
  const { folder } = context;
  return { files: earlier(files), callers: { files: earlier(callers?.files ?? []), read }, folder, read };
}

/** Reads files of several repositories as they were at a revision. */
async function readAt(
  revision: string,
  paths: readonly string[],
  { folder, environment, signal }: Context,
): Promise<ReadText> {
  const repositoryOf = oncePerKey(repositoryAround);
  const own = await repositoryOf(folder);
  const placed = await Promise.all(
    paths.map(async (path) => {
      const absolute = resolve(folder, path);
      const repository = await repositoryOf(dirname(absolute));
      return { path, absolute, place: repository === own ? folder : (repository ?? folder) };
    }),
  );
  // Also without any file, the revision of this folder must be one.
  const places = placed.length === 0 ? [folder] : new Set(placed.map(({ place }) => place));
  const readers = new Map<string, () => string | undefined>();
  for (const place of places) {
    const inside = placed.filter((each) => each.place === place);
    const absolute = inside.map((each) => each.absolute);
    const read = await filesAt(revision, absolute, { folder: place, environment, signal });
    for (const each of inside) readers.set(each.path, () => read(each.absolute));
  }
  return (path) => readers.get(path)?.();
}
