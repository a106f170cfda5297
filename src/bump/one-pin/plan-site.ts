import { tagRule } from '../../list/tag-rule.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { isDigest } from '../../oci/digest.js';
import { formatPlatform } from '../../oci/platform.js';
import type { LookUps } from '../../pin/look-ups.js';
import type { Recipe } from '../../recipe/recipe.js';
import { SiteError } from '../../recipe/site-error.js';
import { proveRecipe, UnprovenError } from '../proof/prove-recipe.js';
import type { SiteSettings } from '../site/site-settings.js';
import { type TrackedPin, tagMove, trackPin } from '../site/tracked-pin.js';
import { heldMessage } from '../tag/cooldown.js';
import { withWantedTag } from '../tag/wanted-tag.js';
import { behindTag } from './behind-tag.js';
import { checkIndex } from './check-index.js';
import { checkLayered, lacksConfig } from './layered-edits.js';
import { type NewDigest, newDigest } from './new-digest.js';
import type { SiteNotice, SiteOutcome } from './pin-change.js';
import { platformOfPin } from './pin-platform.js';
import { mayNeedArch, outdated, planChange, withDetails } from './plan-change.js';

/**
 * Plans one pin. Throws a PullpinError: a SiteError when the pin's own text is the reason, otherwise the error of a look-up.
 */
export async function planSite(site: PinSite, lookUps: LookUps, settings: SiteSettings): Promise<SiteOutcome> {
  const tracked = trackPin(site, lookUps, settings);
  if (typeof tracked === 'string') return { state: tracked };
  checkLayered(site);
  const pin = await withWantedTag(tracked);
  const wanted = await wantedDigest(pin);
  const isMoved = wanted.digest !== site.imageDigest.text || tagMove(pin) !== undefined;
  const needsHash =
    settings.mode === 'hashes' || site.hashes.some(({ isPlaceholder }) => isPlaceholder) || lacksConfig(site);
  const isLookedAt = settings.mode !== 'digests' && (isMoved || needsHash);
  if (!isLookedAt) await checkIndex(pin, wanted);
  const late = heldNotice(pin);
  if (!isMoved && !needsHash && !mayNeedArch(pin)) return { state: 'current', notice: late };
  if (isMoved && site.hold) throw new SiteError('held', site.hold.message);
  await checkSigned(pin, wanted);
  if (settings.mode === 'digests')
    return { state: 'changed', change: await withDetails(outdated(pin, wanted), pin, wanted), notice: late };
  const recipe = await recipeOf(pin, wanted);
  const proven = { ...pin, recipe };
  const final = recipe ? await wantedDigest(proven) : wanted;
  await checkSigned(pin, final);
  const change = await planChange(proven, final);
  // What the cache has given by then, the registry may have lost.
  if (isMoved) await pin.lookUps.checkServed(final.digest);
  await checkIndex(pin, final);
  const notice = late ?? (await behindTag(pin)) ?? wanted.notice;
  if (!isMoved && change.edits.length === 0) return { state: 'current', notice };
  return { state: 'changed', change: await withDetails(change, proven, final), notice };
}

/** Whatever is written must be signed where the user wants that. Throws a PullpinError. */
async function checkSigned({ lookUps }: TrackedPin, { digest, index }: NewDigest): Promise<void> {
  await lookUps.checkSigned(index === undefined ? [digest] : [digest, index]);
}

function heldNotice({ held }: TrackedPin): SiteNotice | undefined {
  return held && { code: 'cooldown', message: heldMessage(held), free: held.free };
}

/** The proven recipe of the hash; undefined when nothing is to be proven, and when the pin is written as it is assumed without a proof. */
async function recipeOf(pin: TrackedPin, { digest, platform }: NewDigest): Promise<Recipe | undefined> {
  const { site, settings, lookUps } = pin;
  try {
    return await proveRecipe(pin, platform);
  } catch (error) {
    if (!(error instanceof UnprovenError)) throw error;
    // A wrong hash proves nothing, so the written attributes must give its recipe.
    const isCorrectable = settings.mode === 'hashes' && !isFinalTagUnseen(site);
    if (settings.unproven || isCorrectable) return undefined;
    // When Nix could not fetch the new image, that problem is reported instead.
    await lookUps.image(digest, platform);
    throw error;
  }
}

function isFinalTagUnseen({ assumed }: PinSite): boolean {
  return assumed.some(({ part, why }) => part === 'finalImageTag' && why === 'unseen-call');
}

/** Looks up a pin's tag early, so that `planSite` gets the answer or the failure without a wait. Never throws. */
export async function askAhead(site: PinSite, lookUps: LookUps, settings: SiteSettings): Promise<void> {
  try {
    const pin = trackPin(site, lookUps, settings);
    if (typeof pin === 'string') return;
    if (settings.mode !== 'hashes' && tagRule(site, settings.level)) await pin.lookUps.tags();
    else if (pin.follows) await pin.lookUps.resolve(pin.follows.tag);
  } catch {
    // planSite reports the failure if this pin is planned.
  }
}

/** The digest that a pin should have. Throws a PullpinError. */
export async function wantedDigest(pin: TrackedPin): Promise<NewDigest> {
  const { site, follows, wantedTag, lookUps, settings, stays } = pin;
  const written = site.imageDigest.text;
  const tag = wantedTag ?? follows?.tag;
  if (tag !== undefined && !stays) {
    const latest = await lookUps.resolve(tag);
    return newDigest({
      lookUps,
      latest,
      written,
      policy: settings.digest,
      mayBeIndex: (old) => isOfNoPlatform(site) && formatPlatform(old) === formatPlatform(settings.platform),
      isPlatformWritten: site.arch !== undefined,
      platformOfPin: () => platformOfPin(pin),
      platformThroughIndex: () => platformOfPin({ ...pin, recipe: undefined }),
    });
  }
  if (isDigest(written)) return { digest: written, isChosen: false, ...(await platformOfPin(pin)) };
  throw new SiteError('no-digest', 'it has no digest whose hash could be computed: run pullpin bump without --hashes');
}

/**
 * A string says no platform, and the digest that a table of hashes by system stands beside is that of all of them. The one hash of a call proves
 * the platform of its image.
 */
function isOfNoPlatform({ imageDigest, hashes, arch, isPlatformDependent }: PinSite): boolean {
  const isOfTable = hashes.some(({ value }) => value.kind === 'text' && (value.others ?? []).length > 0);
  return hashes.length === 0 || (isOfTable && !imageDigest.others && isPlatformDependent && !arch);
}
