import { settleInOrder } from '../../concurrency/settle-in-order.js';
import { PullpinError, printable } from '../../errors.js';
import { PlatformError } from '../../oci/platform.js';
import { compileRegularExpression } from '../../patterns/regular-expression.js';
import { SiteError } from '../../recipe/site-error.js';
import type { TagChoice } from '../../tag-rules/choose-version.js';
import type { WrittenExpression } from '../../tag-rules/rule.js';
import type { ImageInQuestion, TagQuestion } from './tag-question.js';

/** How many images a rule may look at: each costs several requests. */
const MOST_LOOKED_AT = 100;
/** Images that are looked at the same time. */
const AT_ONCE = 8;
/** Tools that make reproducible images write no time, or one before the first container. */
export const EARLIEST = Date.parse('2013-01-01T00:00:00Z');

/**
 * Of the tags that match, the one whose image was made last, by its config. A pinned tag among them is never followed by one that was not made
 * later. Throws a PullpinError.
 */
export async function chooseNewest(
  image: TagQuestion,
  { body, flags }: WrittenExpression,
  all: readonly string[],
): Promise<TagChoice> {
  const matches = await compileRegularExpression(body, flags);
  const tags = all.filter(matches);
  const shown = printable(`/${body}/${flags}`, 100);
  if (tags.length > MOST_LOOKED_AT)
    throw new SiteError(
      'rules',
      `${tags.length} tags match ${shown}, and at most ${MOST_LOOKED_AT} images are looked at: write a narrower expression`,
    );
  const looked = await settleInOrder(tags, AT_ONCE, (tag) => madeAt(image, tag));
  let best: { readonly tag: string; readonly time: number } | undefined;
  for (const [at, result] of looked.entries()) {
    if (result.status === 'rejected') throw result.reason;
    const [tag, time] = [tags[at] ?? '', result.value];
    if (time === undefined) continue;
    const isLater = !best || time > best.time || (time === best.time && tag === image.pinnedTag);
    if (isLater) best = { tag, time };
  }
  if (!best && tags.length > 0)
    throw new SiteError('rules', `no image whose tag matches ${shown} says when it was made: use a rule of versions`);
  return { wanted: best?.tag, newest: best?.tag };
}

/** When the image of a tag was made, in milliseconds; undefined when it does not say, is gone, or is for other platforms. */
async function madeAt({ lookUps, platform }: ImageInQuestion, tag: string): Promise<number | undefined> {
  try {
    const image = await lookUps.image(await lookUps.resolve(tag), platform());
    const { created } = await lookUps.facts(image);
    const time = Date.parse(created ?? '');
    return time >= EARLIEST ? time : undefined;
  } catch (error) {
    if (error instanceof PlatformError || (error instanceof PullpinError && error.kind === 'not-found'))
      return undefined;
    throw error;
  }
}
