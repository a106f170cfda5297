import type { FollowedTag } from '../../list/follow.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import type { Platform } from '../../oci/platform.js';

/** What a pin had, or what it will have. */
export interface Side {
  readonly digest: string;
  readonly hash: string | undefined;
  /** The version that the image's label gives. */
  readonly version: string | undefined;
}

/** A pin that should be changed. `edits` is empty when the plan only says which pins are outdated. */
export interface PinChange {
  readonly site: PinSite;
  readonly follows: FollowedTag | undefined;
  readonly from: Side;
  readonly to: Side;
  readonly edits: readonly FileEdit[];
  /** The platform that was assumed, where neither the pin nor its hash says which one it is for. */
  readonly platformAssumed: Platform | undefined;
}

/** What becomes of one pin. */
export type SiteOutcome =
  | { readonly state: 'current' | 'frozen' | 'untracked' }
  | { readonly state: 'changed'; readonly change: PinChange };
