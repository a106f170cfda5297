import { type FollowedTag, followedTag } from '../../list/follow.js';
import { isRuledWithoutTag } from '../../list/tag-rule.js';
import { isWithoutHash, type PinSite } from '../../nix/find/pin-site.js';
import { splitName } from '../../oci/reference.js';
import type { LookUps, RepositoryLookUps } from '../../pin/look-ups.js';
import type { Recipe } from '../../recipe/recipe.js';
import { SiteError } from '../../recipe/site-error.js';
import type { SiteSettings } from './site-settings.js';

/** An image that is too new for a pin. */
export interface HeldBack {
  readonly tag: string;
  readonly digest: string;
  /** When the pin may have it, RFC 3339 in UTC. */
  readonly free: string;
  /** What its age is counted from: what the image says, or when this machine has seen it first. */
  readonly by: 'created' | 'first-seen';
}

/** A pin that may change, and everything that its plan needs. */
export interface TrackedPin {
  readonly site: PinSite;
  /** Undefined when the run only computes hashes. */
  readonly follows: FollowedTag | undefined;
  /** The tag that its rule leads to; undefined for a pin without a rule. */
  readonly wantedTag?: string | undefined;
  /** The newest image that it must not have yet. */
  readonly held?: HeldBack | undefined;
  /** Whether it stays as it is written, because of that. */
  readonly stays?: boolean;
  readonly lookUps: RepositoryLookUps;
  /** The proven recipe of its hash; undefined when nothing was proven. */
  readonly recipe?: Recipe | undefined;
  /** The same pin at an earlier revision, when the run only computes hashes: its digest and hash belong together. */
  readonly earlier?: TrackedPin | undefined;
  readonly settings: SiteSettings;
}

/** A pin with everything that its plan needs, or the reason why it stays as it is. Throws a SiteError for a pin that must not change. */
export function trackPin(site: PinSite, lookUps: LookUps, settings: SiteSettings): TrackedPin | 'frozen' | 'untracked' {
  if (site.isFrozen) return 'frozen';
  if (site.flaw) throw new SiteError(site.flaw.code, site.flaw.message);
  if (site.hold?.part === 'pin') throw new SiteError('held', site.hold.message);
  const follows = settings.mode === 'hashes' ? undefined : followedTag(site, settings.assumeTag);
  if (!follows && settings.mode !== 'hashes' && !isRuledWithoutTag(site)) return 'untracked';
  if (site.hashes.length === 0 && !isWithoutHash(site.form))
    throw new SiteError(
      'no-hash',
      'it has a digest and no hash, and pullpin changes them only together: write a hash beside the digest',
    );
  const before = settings.mode === 'hashes' ? settings.earlierPin(site) : undefined;
  const earlier = before && !before.flaw ? untracked(before, lookUps, settings) : undefined;
  return { ...untracked(site, lookUps, settings), follows, earlier };
}

function untracked(site: PinSite, lookUps: LookUps, settings: SiteSettings): TrackedPin {
  const { text } = site.imageName;
  // Messages name the image as it is written.
  const name = { ...splitName(text), name: text, unverified: site.tlsVerify === false };
  return { site, follows: undefined, lookUps: lookUps.repository(name), settings };
}

/** The tag that a pin has now and the one that it should have; undefined when that is the same, or when nothing says which tag it has. */
export function tagMove({
  follows,
  wantedTag,
}: Pick<TrackedPin, 'follows' | 'wantedTag'>): { readonly from: string; readonly to: string } | undefined {
  if (!follows || wantedTag === undefined || follows.tag === wantedTag) return undefined;
  return { from: follows.tag, to: wantedTag };
}
