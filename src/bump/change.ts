import type { FollowedTag } from '../list/follow.js';
import type { FileEdit } from '../nix/edit/edit.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Platform } from '../oci/platform.js';

/** What a pin had, and what it will have. */
export interface Side {
  readonly digest: string;
  readonly hash?: string;
  /** What the image's label says of its version. */
  readonly version?: string;
}

/** A pin that should be changed. Without `edits` where it was only found out that it is outdated. */
export interface Change {
  readonly site: PinSite;
  readonly follows?: FollowedTag;
  readonly from: Side;
  readonly to: Side;
  readonly edits: readonly FileEdit[];
  /** The platform was not written in the pin. */
  readonly platformAssumed?: Platform;
}

export type SiteOutcome =
  | { readonly state: 'current' | 'frozen' | 'untracked'; readonly platformAssumed?: Platform }
  | { readonly state: 'changed'; readonly change: Change };
