import { chooseWanted } from '../bump/tag/choose-wanted.js';
import { heldBack, heldMessage } from '../bump/tag/cooldown.js';
import type { TagQuestion } from '../bump/tag/tag-question.js';
import { UsageError } from '../errors.js';
import { type Digest, parseDigest } from '../oci/digest.js';
import { DEFAULT_PLATFORM } from '../oci/platform.js';
import { formatRepository } from '../oci/reference.js';
import type { LookUps } from '../pin/look-ups.js';
import { isSameImage, isSameRequest, type LockEntry } from './entry.js';
import { type HashSettings, hashImage } from './hash-image.js';
import type { LockedImage } from './lock-schema.js';

/** Which entries get what: `missing` leaves what is locked and still fits; `update` looks for newer images; `digests` does so without hashes. */
export type LockMode = 'missing' | 'update' | 'digests';

export interface LockSettings extends HashSettings {
  readonly lookUps: LookUps;
}

/** What became of one image. */
export interface LockedEntry {
  readonly entry: LockEntry;
  readonly before: LockedImage | undefined;
  /** The image that the lock should have; `before` when that is right. */
  readonly after: LockedImage;
  readonly warnings: readonly string[];
}

/** The tag and the digest to lock, or to keep. */
export interface LockChoice {
  readonly tag: string;
  readonly digest: Digest;
  /** Why there is no newer one yet. */
  readonly held?: string | undefined;
}

/** What the lock should have for an image. Throws a PullpinError. */
export async function lockImage(
  entry: LockEntry,
  before: LockedImage | undefined,
  mode: LockMode,
  settings: LockSettings,
): Promise<LockedEntry> {
  const isFitting = before !== undefined && isSameRequest(before.request, entry.request);
  const isFixed = mode === 'missing' || entry.isFrozen;
  if (isFitting && isFixed) return { entry, before, after: before, warnings: [] };
  const isSame = before !== undefined && isSameImage(before.request, entry.request);
  if (before && entry.isFrozen && !isSame)
    throw new UsageError(
      `${entry.place}: it is frozen, and images.toml asks for another image than the lock has: remove freeze, or restore the entry`,
    );
  const choice =
    before && isSame && isFixed ? keptChoice(before) : await chooseForLock(entry, before, isSame, settings.lookUps);
  const warnings = choice.held === undefined ? [] : [choice.held];
  const isLocked = isFitting && before.tag === choice.tag && before.digest === choice.digest;
  // What is hashed is checked there.
  if (isLocked || mode === 'digests')
    await settings.lookUps.repository({ ...entry.reference, unverified: false }).checkSigned([choice.digest]);
  if (isLocked) return { entry, before, after: before, warnings };
  if (mode === 'digests') return { entry, before, after: notHashed(entry, before, choice), warnings };
  const hashed = await hashImage(entry, choice, settings);
  return { entry, before, after: hashed.image, warnings: [...warnings, ...hashed.warnings] };
}

function keptChoice({ tag, digest }: LockedImage): LockChoice {
  return { tag, digest: parseDigest(digest) };
}

/** An image that was not looked at any closer, to show where it would move. */
function notHashed(entry: LockEntry, before: LockedImage | undefined, { tag, digest }: LockChoice): LockedImage {
  const { reference, request, target, finalName, finalTag } = entry;
  const names = { finalImageName: finalName ?? reference.name, finalImageTag: finalTag ?? tag };
  return { ...names, digest, imageName: reference.name, request, systems: before?.systems ?? {}, tag, target };
}

/**
 * The image that an entry leads to now. Throws a PullpinError.
 *
 * @param isSame whether the lock has an image of this name by this rule, so that the cooldown counts
 */
export async function chooseForLock(
  entry: LockEntry,
  before: LockedImage | undefined,
  isSame: boolean,
  lookUps: LookUps,
): Promise<LockChoice> {
  const { reference, rule, cooldown } = entry;
  const written = reference.tag ?? 'latest';
  if (reference.digest !== undefined) return { tag: written, digest: reference.digest };
  const repository = lookUps.repository({ ...reference, unverified: false });
  const isSameName = before?.request.image === entry.request.image;
  const pinnedTag = rule && isSameName ? before?.tag : reference.tag;
  const image = {
    lookUps: repository,
    repository: formatRepository(reference),
    digest: isSame ? before?.digest : undefined,
    platform: () => platformOf(entry),
    cooldown: isSame ? cooldown : 0,
  };
  if (rule) {
    const ruleText = entry.request.rule ?? '';
    const question: TagQuestion = { ...image, rule, ruleText, pinnedTag };
    const { tag, held } = await chooseWanted(question);
    const why = held && heldMessage(held);
    if (tag !== undefined) return { tag, digest: await repository.resolve(tag), held: why };
    return stayed(pinnedTag ?? written, why);
  }
  return stayed(written, undefined);

  /** The image that a tag has now, unless it is too new. */
  async function stayed(tag: string, held: string | undefined): Promise<LockChoice> {
    const tooNew = before && isSame ? await heldBack(image, tag) : undefined;
    if (before && tooNew) return { ...keptChoice(before), held: held ?? heldMessage(tooNew) };
    return { tag, digest: await repository.resolve(tag), held };
  }
}

function platformOf({ platforms }: LockEntry) {
  return (platforms === 'all' ? undefined : platforms[0]) ?? DEFAULT_PLATFORM;
}
