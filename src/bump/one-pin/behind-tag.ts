import { ifAvailable } from '../../concurrency/if-available.js';
import { followedTag } from '../../list/follow.js';
import type { TrackedPin } from '../site/tracked-pin.js';
import type { SiteNotice } from './pin-change.js';

/** What to say of a pin whose hash is computed for its digest as it is written, while its tag has another one by now. */
export async function behindTag({ site, lookUps, settings }: TrackedPin): Promise<SiteNotice | undefined> {
  const follows = settings.mode === 'hashes' ? followedTag(site, settings.assumeTag) : undefined;
  const latest = follows && (await ifAvailable(lookUps.resolve(follows.tag)));
  const written = site.imageDigest.text;
  if (!follows || latest === undefined || latest === written) return undefined;
  const now = await ifAvailable(lookUps.manifest(latest));
  if (!now || (now.type === 'index' && now.entries.some(({ digest }) => digest === written))) return undefined;
  const message = `tag ${follows.tag} has ${latest} now, and the hash is that of the digest as it is written: run pullpin bump without --hashes to move both`;
  return { code: 'behind', message };
}
