import type { FileEdit } from '../../nix/edit/edit.js';
import { rewrite } from '../../nix/edit/edit.js';
import { copyOfEntry, isWithin, type SystemEntry, type SystemTable } from '../../nix/edit/system-table.js';
import type { Followed, PinSite } from '../../nix/find/pin-site.js';
import type { TextValue } from '../../nix/values/value.js';
import { choosePlatform, isChosenByNix } from '../../oci/choose-platform.js';
import { type Digest, parseDigest } from '../../oci/digest.js';
import type { ImageIndex } from '../../oci/manifest.js';
import { formatPlatform, type Platform, systemOfPlatform } from '../../oci/platform.js';
import { hashText } from '../one-pin/hash-text.js';
import type { PinChange, PlannedSite } from '../one-pin/pin-change.js';
import { finalNames, targetAfter, targetBefore } from '../one-pin/pin-target.js';
import { proveRecipe } from '../proof/prove-recipe.js';
import { recipeOfProven } from '../site/recipe.js';
import { SiteError } from '../site/site-error.js';
import { followedText } from '../site/site-text.js';
import type { TrackedPin } from '../site/tracked-pin.js';

/** An entry of a table by system that is not written yet. */
export interface NewEntry {
  readonly system: string;
  readonly text: string;
  readonly platform: Platform;
  /** Undefined where the digest does not stand in the entry. */
  readonly digest: Digest | undefined;
  /** The texts of its hashes; none where only the systems are compared. */
  readonly hashes: readonly string[];
}

/** What a new entry is made of, beside an entry that is its pattern. */
export interface NewEntryRequest {
  readonly platform: Platform;
  readonly index: ImageIndex;
  /** The pin on the pattern's system. */
  readonly pin: TrackedPin;
}

/** An entry that is there, and what becomes of it. */
export interface Pattern {
  readonly planned: PlannedSite;
  readonly table: SystemTable;
  readonly own: SystemEntry;
}

/** Makes the entry of a platform, as its pattern is written. Throws a PullpinError. */
export async function newEntry(pattern: Pattern, { platform, index, pin }: NewEntryRequest): Promise<NewEntry> {
  const { site, lookUps, settings } = pin;
  const system = systemOfPlatform(platform) ?? formatPlatform(platform);
  if (settings.mode === 'digests') return { system, text: '', platform, digest: undefined, hashes: [] };
  const change = changeOf(pattern.planned);
  const written = change?.to.digest ?? site.imageDigest.text;
  const digest = digestFor(index, platform, written);
  const digestEdits = editsIn(pattern, site.imageDigest, digest, 'the digest');
  const isShared = digestEdits === undefined;
  if (isShared && digest !== written) throw cannotAdd(system, 'it needs a digest of its own, and the table has none');
  const target = await targetOf(pin, change, digestEdits ?? []);
  const image = await lookUps.image(digest, platform);
  const { sha256 } = await lookUps.prefetchForPin(image, target, finalNames(site, target));
  const hashes = site.hashes.map((hash) => hashText(hash, sha256));
  const edits = [
    ...(digestEdits ?? []),
    ...hashes.flatMap((text, at) => own(system, editsIn(pattern, site.hashes[at]?.value, text, 'the hash'))),
    ...platformEdits(pattern, site, platform, system),
  ];
  const text = copyOfEntry(pattern.table, pattern.own, system, edits);
  return { system, text, platform, digest: isShared ? undefined : digest, hashes };
}

/** Of the same kind as that of the pattern: the tag's, or that of the platform's own manifest where Nix could not choose it. */
function digestFor(index: ImageIndex, platform: Platform, pattern: string): Digest {
  const isWhole = pattern === index.stored.digest && isChosenByNix(index, platform);
  return isWhole ? index.stored.digest : parseDigest(choosePlatform(index, platform).digest);
}

/** What the hashes of the pattern are of, as far as its own change has shown it. */
async function targetOf(pin: TrackedPin, change: PinChange | undefined, digestEdits: readonly FileEdit[]) {
  const platform = pin.settings.platform;
  const recipe = change ? change.proven && recipeOfProven(change.proven) : await proveRecipe(pin, platform);
  const proven = { ...pin, recipe };
  return targetAfter(proven, digestEdits) ?? targetBefore(proven);
}

function platformEdits(pattern: Pattern, site: PinSite, platform: Platform, system: string): FileEdit[] {
  return [
    ...(site.os ? own(system, editsIn(pattern, site.os, platform.os, 'os')) : []),
    ...(site.arch ? own(system, editsIn(pattern, site.arch, platform.architecture, 'arch')) : []),
  ];
}

/** The edits of a value that stands in the entry; undefined when it stands elsewhere. Throws a SiteError for one that cannot be changed. */
function editsIn(
  { table, own }: Pattern,
  value: Followed<TextValue> | undefined,
  text: string,
  what: string,
): FileEdit[] | undefined {
  const followed = followedText(value, what);
  const places = followed.segments.flatMap(({ origin }) => origin ?? []);
  const edits = rewrite(followed, text);
  if (!edits) throw new SiteError('computed', `${what} is not written in one place, so no system can be added`);
  return places.every((place) => isWithin({ ...place, text: '' }, table, own)) ? edits : undefined;
}

/** A value that is the same for all systems may stay so only when it need not change. */
function own(system: string, edits: FileEdit[] | undefined): FileEdit[] {
  if (edits) return edits;
  throw cannotAdd(system, 'its hash, os or arch does not stand in the table');
}

function cannotAdd(system: string, reason: string): SiteError {
  return new SiteError('systems', `${system} cannot be added to it: ${reason}`);
}

function changeOf(planned: PlannedSite): PinChange | undefined {
  return planned.status === 'fulfilled' && planned.value.state === 'changed' ? planned.value.change : undefined;
}
