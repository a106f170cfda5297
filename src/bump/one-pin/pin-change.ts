import type { ProvenRecipe } from '../../cache/proven-recipes.js';
import type { ListedPin } from '../../list/listed-pin.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import type { Platform } from '../../oci/platform.js';

/** What a pin has, or what it will have. */
export interface PinnedValues {
  readonly digest: string;
  readonly hash: string | undefined;
  /** The version that the image's label gives. */
  readonly version: string | undefined;
}

/** A pin that should be changed. `edits` is empty when the plan only says which pins are outdated. */
export interface PinChange {
  /** The pin as its file has it now. */
  readonly pin: ListedPin;
  readonly from: PinnedValues;
  readonly to: PinnedValues;
  /** Ranges of the files as they are now, and the text that they become. */
  readonly edits: readonly FileEdit[];
  /** The platform that was assumed, where neither the pin nor its hash says which one it is for. */
  readonly platformAssumed: Platform | undefined;
  /** What the old hash has proven that it is made from; undefined where nothing had to be proven, or nothing was. */
  readonly proven?: ProvenRecipe | undefined;
  /** Where the Nix store has the new archive; undefined where it was not to be kept there. */
  readonly storePath?: string | undefined;
  /** What of the pin is left as it is, and why. */
  readonly left?: string;
  /** The Nix systems that a table gets and loses; the change is of nothing else then. */
  readonly systems?: { readonly added: readonly string[]; readonly dropped: readonly string[] } | undefined;
}

/** Something about a pin that was looked up, which its user should know. */
export interface SiteNotice {
  readonly code: 'behind' | 'index-now' | 'one-platform';
  readonly message: string;
}

/** What becomes of one pin. */
export type SiteOutcome = (
  | { readonly state: 'current' | 'frozen' | 'untracked' }
  | { readonly state: 'changed'; readonly change: PinChange }
) & { readonly notice?: SiteNotice | undefined };

/** The result of planning one pin. */
export type PlannedSite = PromiseSettledResult<SiteOutcome> & { readonly site: PinSite };
