import type { ProvenRecipe } from '../../cache/proven-recipes.js';
import type { ListedPin } from '../../list/listed-pin.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import type { Platform } from '../../oci/platform.js';

/** The tag, digest and version that a pin has or will have. */
export interface PinnedValues {
  /** Undefined when nothing says which tag it has. */
  readonly tag: string | undefined;
  readonly digest: string;
  readonly hash: string | undefined;
  /** The version that the image's label gives. */
  readonly version: string | undefined;
  /** What the image says of itself, all of it text from a registry; undefined when it was not asked for, and when the image is gone. */
  readonly image?:
    | {
        /** RFC 3339, in UTC. */
        readonly created: string | undefined;
        /** Bytes of a download. */
        readonly size: number;
        /** The name of the image that it was built on. */
        readonly base: string | undefined;
        /** Where its source is, and which commit of it was built. */
        readonly source: string | undefined;
        readonly revision: string | undefined;
      }
    | undefined;
}

/** What an image says of itself. */
export type ImageDetails = NonNullable<PinnedValues['image']>;

/** The change of a pin. `edits` is empty when the plan only reports which pins are outdated. */
export interface PinChange {
  /** The pin in its file before the change. */
  readonly pin: ListedPin;
  readonly from: PinnedValues;
  readonly to: PinnedValues;
  /** Ranges of the files before the change, and their new texts. */
  readonly edits: readonly FileEdit[];
  /** The assumed platform, when neither the pin nor its hash shows the platform. */
  readonly platformAssumed: Platform | undefined;
  /** The recipe that the old hash has proven; undefined when no proof was needed or possible. */
  readonly proven?: ProvenRecipe | undefined;
  /** The store path of the new archive; undefined when the run does not keep archives. */
  readonly storePath?: string | undefined;
  /** How many layers the new image has, and how many of them the old one has as well; undefined when that was not asked for. */
  readonly layers?: { readonly count: number; readonly shared: number } | undefined;
  /** The parts of the pin that stay as they are, and why. */
  readonly unchanged?: string | undefined;
  /** The Nix systems that a table gets and loses. A change that has these changes nothing else. */
  readonly systems?: { readonly added: readonly string[]; readonly dropped: readonly string[] } | undefined;
}

/** Something about a pin that was looked up, which its user should know. */
export interface SiteNotice {
  readonly code: 'behind' | 'index-now' | 'one-platform' | 'cooldown';
  readonly message: string;
  /** For `cooldown`, when the image becomes free, RFC 3339 in UTC. */
  readonly free?: string;
}

/** The plan for one pin. */
export type SiteOutcome = (
  | { readonly state: 'current' | 'frozen' | 'untracked' }
  | { readonly state: 'changed'; readonly change: PinChange }
) & { readonly notice?: SiteNotice | undefined };

/** The result of planning one pin. */
export type PlannedSite = PromiseSettledResult<SiteOutcome> & { readonly site: PinSite };
