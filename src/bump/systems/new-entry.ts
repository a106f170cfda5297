import type { FileEdit } from '../../nix/edit/edit.js';
import { rewrite } from '../../nix/edit/edit.js';
import { keyOfPlatform } from '../../nix/edit/system-keys.js';
import { copyOfEntry, isInEntry } from '../../nix/edit/system-table.js';
import type { Followed, PinSite } from '../../nix/find/pin-site.js';
import { literalsOf } from '../../nix/values/text.js';
import type { TextValue } from '../../nix/values/value.js';
import { choosePlatform, isChosenByNix } from '../../oci/choose-platform.js';
import { type Digest, parseDigest } from '../../oci/digest.js';
import type { ImageIndex } from '../../oci/manifest.js';
import { formatPlatform, type Platform, systemOfPlatform } from '../../oci/platform.js';
import { hashText } from '../../recipe/hash-text.js';
import { recipeOfProven } from '../../recipe/recipe.js';
import { SiteError } from '../../recipe/site-error.js';
import { textOrFail } from '../../recipe/site-text.js';
import { layeredEdits } from '../one-pin/layered-edits.js';
import type { NewDigest } from '../one-pin/new-digest.js';
import type { PinChange, PlannedSite } from '../one-pin/pin-change.js';
import { finalNames, targetAfter, targetBefore } from '../one-pin/pin-target.js';
import { proveRecipe } from '../proof/prove-recipe.js';
import type { TrackedPin } from '../site/tracked-pin.js';
import type { Member } from './members.js';

/** A new entry for a table by system. */
export interface NewEntry {
  readonly system: string;
  readonly text: string;
  readonly platform: Platform;
  /** Undefined when the digest is not part of the entry. */
  readonly digest: Digest | undefined;
  /** The texts of its hashes; empty when the run only compares the systems. */
  readonly hashes: readonly string[];
}

/** What is needed to make a new entry from an existing one, its pattern. */
export interface NewEntryRequest {
  readonly platform: Platform;
  readonly index: ImageIndex;
  /** The pin on the pattern's system. */
  readonly pin: TrackedPin;
}

/** Makes the entry of a platform in the form of its pattern. Throws a PullpinError. */
export async function newEntry(pattern: Member, { platform, index, pin }: NewEntryRequest): Promise<NewEntry> {
  const { site, lookUps, settings } = pin;
  const system = systemOfPlatform(platform) ?? formatPlatform(platform);
  const key = keyOfPlatform(pattern.table.style, platform) ?? system;
  if (settings.mode === 'digests') return { system, text: '', platform, digest: undefined, hashes: [] };
  const change = changeOf(pattern.planned);
  const written = change?.to.digest ?? site.imageDigest.text;
  const digest = digestFor(index, platform, written);
  const digestEdits = editsIn(pattern, site.imageDigest, digest, 'the digest');
  const isShared = digestEdits === undefined;
  if (isShared && digest !== written) throw cannotAdd(system, 'it needs a digest of its own, and the table has none');
  const target = await targetOfHashes(pin, change, digestEdits ?? []);
  const image = await lookUps.image(digest, platform);
  const { sha256 } = await lookUps.prefetchForPin(image, target, finalNames(site, target));
  const hashes = site.hashes.map((hash) => hashText(hash, sha256));
  const edits = [
    ...(digestEdits ?? []),
    ...hashes.flatMap((text, at) => editsOrFail(system, editsIn(pattern, site.hashes[at]?.value, text, 'the hash'))),
    ...platformEdits(pattern, site, platform, system),
    ...editsOrFail(system, await layerEdits(pattern, { ...pin, site }, { digest, platform })),
  ];
  const text = copyOfEntry(pattern.table, pattern.own, key, edits);
  return { system, text, platform, digest: isShared ? undefined : digest, hashes };
}

/** A digest of the same kind as in the pattern: the digest of the tag, or that of the platform's own manifest when Nix could not choose it. */
function digestFor(index: ImageIndex, platform: Platform, pattern: string): Digest {
  const isWhole = pattern === index.stored.digest && isChosenByNix(index, platform);
  return isWhole ? index.stored.digest : parseDigest(choosePlatform(index, platform).digest);
}

/** The target of the pattern's hashes, as the change of the pattern has proven it. */
async function targetOfHashes(pin: TrackedPin, change: PinChange | undefined, digestEdits: readonly FileEdit[]) {
  const platform = pin.settings.platform;
  const recipe = change ? change.proven && recipeOfProven(change.proven) : await proveRecipe(pin, platform);
  const proven = { ...pin, recipe };
  return targetAfter(proven, digestEdits) ?? targetBefore(proven);
}

function platformEdits(pattern: Member, site: PinSite, platform: Platform, system: string): FileEdit[] {
  return [
    ...(site.os ? editsOrFail(system, editsIn(pattern, site.os, platform.os, 'os')) : []),
    ...(site.arch ? editsOrFail(system, editsIn(pattern, site.arch, platform.architecture, 'arch')) : []),
  ];
}

/** The config and the layers of a layered pin; undefined when they do not stand in the entry. */
async function layerEdits(
  { table, own }: Member,
  pin: TrackedPin,
  to: Pick<NewDigest, 'digest' | 'platform'>,
): Promise<FileEdit[] | undefined> {
  const edits = await layeredEdits(pin, to);
  return edits.every((edit) => isInEntry(edit, table, own)) ? edits : undefined;
}

/** The edits of a value in the entry; undefined when the value is elsewhere. Throws a SiteError for a value that cannot be changed. */
function editsIn(
  { table, own }: Member,
  value: Followed<TextValue> | undefined,
  text: string,
  what: string,
): FileEdit[] | undefined {
  const followed = textOrFail(value, what);
  const places = literalsOf(followed);
  const edits = rewrite(followed, text);
  if (!edits) throw new SiteError('computed', `${what} is not written in one place, so no system can be added`);
  return places.every((place) => isInEntry({ ...place, text: '' }, table, own)) ? edits : undefined;
}

/** A value that all systems share can only stay shared when it does not change. Throws a SiteError otherwise. */
function editsOrFail(system: string, edits: FileEdit[] | undefined): FileEdit[] {
  if (edits) return edits;
  throw cannotAdd(system, 'its hash, os, arch or layers do not stand in the table');
}

function cannotAdd(system: string, reason: string): SiteError {
  return new SiteError('systems', `${system} cannot be added to it: ${reason}`);
}

function changeOf(planned: PlannedSite): PinChange | undefined {
  return planned.status === 'fulfilled' && planned.value.state === 'changed' ? planned.value.change : undefined;
}
