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
    paths.map(async (path) => ({ path, repository: await repositoryOf(dirname(resolve(folder, path))) })),
  );
  const readers = new Map<string, ReadText>();
  // Also without any file, the revision of this folder must be one.
  const groups = new Map<string | undefined, string[]>([[own, []]]);
  for (const { path, repository = own } of placed) {
    const inside = groups.get(repository) ?? [];
    inside.push(path);
    groups.set(repository, inside);
  }
  for (const [repository, inside] of groups) {
    const place = repository === undefined || repository === own ? folder : repository;
    if (repository === own && inside.length === 0 && groups.size > 1) continue;
    const absolute = inside.map((path) => resolve(folder, path));
    const read = await filesAt(revision, absolute, { folder: place, environment, signal });
    for (const path of inside) readers.set(path, () => read(resolve(folder, path)));
  }
  return (path) => readers.get(path)?.(path);
}
