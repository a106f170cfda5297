import { PullpinError } from '../../errors.js';
import { type FollowedTag, followedTag } from '../../list/follow.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import type { Digest } from '../../oci/digest.js';
import { ManifestError } from '../../oci/manifest.js';
import { type Platform, PlatformError } from '../../oci/platform.js';
import type { RepositoryLookUps } from '../../pin/look-ups.js';
import { ImageRefusedError } from '../../prefetch/image/refusals.js';
import { SiteError } from '../../recipe/site-error.js';
import { writtenPlatform } from '../../recipe/site-text.js';
import { type Finding, findingAt } from '../findings/finding.js';
import type { FindingCode } from '../findings/findings.js';

/** What all pins of a check share. */
export interface CheckedPinSettings {
  /** Whether the images are looked at down to the last layer. */
  readonly isDeep: boolean;
  /** Whether hashes are computed, which downloads images. */
  readonly computesHashes: boolean;
  /** Whether the results say what the images are like. */
  readonly looksAtImages: boolean;
  /** The platform of pins that name none. */
  readonly platform: Platform;
  /** The tag of pins that name none. */
  readonly assumeTag: string | undefined;
  /** Says why a bump would not move the tag of a pin; undefined when it would. */
  readonly refusesMove: ((site: PinSite, follows: FollowedTag, wantedTag: string) => string | undefined) | undefined;
  /** Returns the text of a file with pins. */
  readonly read: (path: string) => string | undefined;
}

/** A pin whose digest can be asked for, and everything that its rules need. */
export interface CheckedPin {
  readonly site: PinSite;
  readonly digest: Digest;
  readonly follows: FollowedTag | undefined;
  /** The platform that the pin gives; undefined when it gives none. */
  readonly platform: Platform | undefined;
  readonly lookUps: RepositoryLookUps;
  readonly settings: CheckedPinSettings;
}

/** The tag that a pin follows; undefined for one that must stay as it is. */
export function followedBy(site: PinSite, { assumeTag }: CheckedPinSettings): FollowedTag | undefined {
  return site.isFrozen ? undefined : followedTag(site, assumeTag);
}

/** The platform that a pin gives; undefined also where it cannot be followed. */
export function platformOf(site: PinSite): Platform | undefined {
  return followedOr(undefined, () => writtenPlatform(site));
}

/** What `act` returns, or another value when a part of the pin cannot be followed. */
export function followedOr<Result, Other>(other: Other, act: () => Result): Result | Other {
  try {
    return act();
  } catch (error) {
    if (error instanceof SiteError) return other;
    throw error;
  }
}

/**
 * A failed look-up as a finding: with `gone` when the registry does not have what was asked for. Throws any error that is not a PullpinError again,
 * because that is a bug.
 */
export function failureOf(site: PinSite, error: unknown, gone: FindingCode): Finding {
  if (!(error instanceof PullpinError)) throw error;
  return findingAt(site, codeOf(error, gone), error.message);
}

function codeOf(error: PullpinError, gone: FindingCode): FindingCode {
  if (error instanceof PlatformError) return 'missing-platform';
  if (error instanceof ManifestError || error instanceof ImageRefusedError) return 'unusable-image';
  if (error instanceof SiteError) return 'unfollowed-part';
  return error.kind === 'not-found' ? gone : 'look-up-failed';
}
