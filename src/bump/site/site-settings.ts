import type { EarlierPin } from '../../list/select.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import type { Platform } from '../../oci/platform.js';
import type { Level } from '../../tag-rules/rule.js';

/** `all` plans digests and hashes; `digests` only finds what is outdated; `hashes` computes the hashes of the digests as written. */
export type BumpMode = 'all' | 'digests' | 'hashes';

/** Which digest a bumped pin gets: the same kind as before, the digest of the tag's index, or the digest of its platform's manifest. */
export type DigestPolicy = 'keep' | 'index' | 'platform';

/** What a user has decided for all pins of a run. */
export interface SiteSettings {
  /** The platform of pins that have the digest of an index and give no architecture. */
  readonly platform: Platform;
  /** Whether the user has chosen this platform. */
  readonly isPlatformChosen: boolean;
  /** The tag of pins that name none. */
  readonly assumeTag: string | undefined;
  /** How far tags may move that no comment gives a rule; undefined when they stay. */
  readonly level: Level | undefined;
  /** How long an image must have been there before pins may move to it, in milliseconds. */
  readonly cooldown: number;
  readonly digest: DigestPolicy;
  readonly mode: BumpMode;
  /** Whether a table by system keeps its entries, or gets one for each system of the image. */
  readonly systems: 'keep' | 'all';
  /** Whether pins that have the digest of an index and give no architecture get `os` and `arch`. */
  readonly addArch: boolean;
  /** Whether to write a pin whose recipe is only assumed, because it could not be proven. */
  readonly unproven: boolean;
  /** Whether changes say what is known of the old and the new image. */
  readonly details: boolean;
  /** Whether the archives of new pins are kept, for example in the Nix store. */
  readonly keepsArchives: boolean;
  /**
   * Makes sure that the literals of a pin's tag are used for nothing but tags that move with them, and gives the edits of what must move as well.
   * Throws a SiteError that says where else they are used.
   */
  readonly moveTag: (
    edits: readonly FileEdit[],
    site: PinSite,
    move: { readonly from: string; readonly to: string },
  ) => readonly FileEdit[];
  /** Finds the same pin at the revision since which a run looks at pins; none without such a revision. */
  readonly earlierPin: EarlierPin;
  /** Returns the text of a file with pins. */
  readonly read: (path: string) => string | undefined;
}
