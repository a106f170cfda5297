import { noteSighting } from '../../cache/first-seen.js';
import { ifAvailable } from '../../concurrency/if-available.js';
import { cooldownOf } from '../../list/tag-rule.js';
import { isDigest, shortDigest } from '../../oci/digest.js';
import type { HeldBack, TrackedPin } from '../site/tracked-pin.js';
import { EARLIEST } from './newest-tag.js';
import type { ImageInQuestion } from './tag-question.js';

/** A clock that is a little wrong makes no image of the future. */
const CLOCK_TOLERANCE = 60 * 60 * 1000;

/** How long an image must have been there before this pin may move to it, in milliseconds; 0 for a pin that may have any. */
export function cooldownFor({ site, settings }: TrackedPin): number {
  // What is filled in for the first time is no move.
  return isDigest(site.imageDigest.text) ? (cooldownOf(site) ?? settings.cooldown) : 0;
}

/** Why an image must not move to that of a tag yet; undefined when it may, and when it has it. Throws a PullpinError. */
export async function heldBack(image: ImageInQuestion, tag: string): Promise<HeldBack | undefined> {
  const { cooldown, lookUps, repository } = image;
  if (cooldown === 0) return undefined;
  const digest = await lookUps.resolve(tag);
  const now = Date.now();
  const { first, notBefore } = noteSighting(lookUps.cache, { repository, tag, digest }, now);
  if (digest === image.digest) return undefined;
  const created = await createdAt(image, tag, now);
  // What it says of itself is not true, or not the age of the tag, when the tag had another image after that.
  const isBelieved = created !== undefined && (notBefore === undefined || created >= notBefore);
  const since = isBelieved ? created : first;
  const free = since + cooldown;
  if (free <= now) return undefined;
  return { tag, digest, free: new Date(free).toISOString(), by: isBelieved ? 'created' : 'first-seen' };
}

/** When the image of a tag was made, by its config; undefined when it does not say, or says what cannot be. */
async function createdAt(
  { lookUps, platform }: ImageInQuestion,
  tag: string,
  now: number,
): Promise<number | undefined> {
  const image = await ifAvailable(lookUps.resolve(tag).then((digest) => lookUps.image(digest, platform())));
  const facts = image && (await ifAvailable(lookUps.facts(image)));
  const time = Date.parse(facts?.created ?? '');
  return time >= EARLIEST && time <= now + CLOCK_TOLERANCE ? time : undefined;
}

/** What is held back, and the day on which it becomes free, in one line. */
export function heldMessage({ tag, digest, free, by }: HeldBack): string {
  const why = by === 'created' ? '' : ', counted from when it was first seen here';
  return `${tag} (${shortDigest(digest)}) is too new: it becomes free on ${free.slice(0, 'YYYY-MM-DD'.length)}${why}`;
}
