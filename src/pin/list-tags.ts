import { PullpinError, printable } from '../errors.js';
import type { ImageSource } from '../oci/image-source.js';

/** The longest list that is read to the end for a rule; the largest public repositories have some ten thousand tags. */
const MOST_TAGS = 200_000;

/**
 * All tags of a repository, in the registry's order. Throws a PullpinError, also for a source that cannot list its tags.
 * @param shown what messages call the repository
 */
export async function listTags(source: ImageSource, shown: string): Promise<readonly string[]> {
  const tags: string[] = [];
  if (!source.tags) throw new PullpinError(`${printable(shown, 200)}: this source has no list of tags`);
  for await (const tag of source.tags()) {
    tags.push(tag);
    if (tags.length > MOST_TAGS)
      throw new PullpinError(
        `${printable(shown, 200)} has more than ${MOST_TAGS} tags, too many to choose from: name its tag, without a rule`,
      );
  }
  return tags;
}
