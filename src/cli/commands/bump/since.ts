import { filesAt } from '../../../files/revision.js';
import type { PinFiles, SourceFile } from '../../../list/pin-files.js';
import type { Context } from '../../terminal/context.js';

/** The files as they were at a git revision, without those that it does not have; undefined without a revision. Throws a PullpinError. */
export async function filesSince(
  revision: string | undefined,
  { files, callers }: PinFiles,
  { folder, environment, signal }: Context,
): Promise<PinFiles | undefined> {
  if (revision === undefined) return undefined;
  const paths = [...files, ...(callers?.files ?? [])].map(({ path }) => path);
  const read = await filesAt(revision, paths, { folder, environment, signal });
  const earlier = (all: readonly SourceFile[]): SourceFile[] =>
    all.flatMap(({ path }) => {
      const text = read(path);
      return text === undefined ? [] : [{ path, text }];
    });
  return { files: earlier(files), callers: { files: earlier(callers?.files ?? []), read }, folder, read };
}
