import type { Cache } from './cache.js';

/** What this machine knows of the age of a digest by having looked at its tag before. Times are in milliseconds since 1970. */
export interface Sighting {
  /** When it was seen first. */
  readonly first: number;
  /** When its tag was last seen with another digest; undefined when this machine has seen no other. */
  readonly notBefore: number | undefined;
}

/** Notes that a tag has a digest now, and gives what is known of that digest. Without a cache, everything is seen for the first time. */
export function noteSighting(
  cache: Cache | undefined,
  { repository, tag, digest }: { readonly repository: string; readonly tag: string; readonly digest: string },
  now: number,
): Sighting {
  const ofTag = cache?.getFields('seen', `${repository}:${tag}`);
  const known = cache?.getFields('seen', `${repository}@${digest}`);
  const first = timeIn(known, 'first', now) ?? now;
  const lastOther = ofTag?.['digest'] === digest ? undefined : timeIn(ofTag, 'at', now);
  const notBefore = known ? timeIn(known, 'notBefore', now) : lastOther;
  if (!known) cache?.set('seen', `${repository}@${digest}`, JSON.stringify({ first, notBefore: notBefore ?? null }));
  cache?.set('seen', `${repository}:${tag}`, JSON.stringify({ digest, at: now }));
  return { first, notBefore };
}

/** A time in an entry. One that is yet to come was written by a clock that was wrong. */
function timeIn(fields: Readonly<Record<string, unknown>> | undefined, name: string, now: number): number | undefined {
  const value = fields?.[name];
  return typeof value === 'number' && Number.isFinite(value) && value <= now ? value : undefined;
}
