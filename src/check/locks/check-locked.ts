import { isSameRequest, type LockEntry } from '../../lock/entry.js';
import type { LockPaths } from '../../lock/lock-files.js';
import { chooseForLock } from '../../lock/lock-image.js';
import type { LockedImage } from '../../lock/lock-schema.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { parseDigest } from '../../oci/digest.js';
import { splitName } from '../../oci/reference.js';
import type { LookUps } from '../../pin/look-ups.js';
import { type Finding, findingAt } from '../findings/finding.js';
import { checkDigest, type PinResult, withoutRepeatedFailure } from '../one-pin/check-pin.js';
import { type CheckedPin, type CheckedPinSettings, failureOf, platformOf } from '../one-pin/checked-pin.js';
import { summarizeImage } from '../one-pin/image-summary.js';
import { checkSigned } from '../one-pin/signed.js';
import { lockCommand } from './lock-command.js';

/** What a lock has of an image for one system. */
interface LockedPin {
  readonly site: PinSite;
  readonly name: string;
  readonly image: LockedImage;
  /** Undefined where images.toml no longer has the image. */
  readonly entry: LockEntry | undefined;
  readonly paths: LockPaths;
}

/** Everything about one pin of a lock. Whatever cannot be looked up is a finding. */
export async function checkLocked(locked: LockedPin, all: LookUps, settings: CheckedPinSettings): Promise<PinResult> {
  const { site, image } = locked;
  const repository = { ...splitName(image.imageName), name: image.imageName, unverified: image.tlsVerify === false };
  const digest = parseDigest(site.imageDigest.text);
  const lookUps = all.repository(repository);
  const pin: CheckedPin = { site, digest, follows: undefined, platform: platformOf(site), lookUps, settings };
  const [ofDigest, ofTag, ofSignature] = await Promise.all([
    checkDigest(pin, false),
    checkEntry(locked, all),
    checkSigned(pin, parseDigest(image.digest)),
  ]);
  return {
    findings: withoutRepeatedFailure([...ofDigest, ...ofTag, ...ofSignature]).map((finding) => ({
      ...finding,
      fix: fixOf(finding, locked),
      edits: [],
    })),
    tag: image.tag,
    image: settings.looksAtImages ? await summarizeImage(pin) : undefined,
  };
}

/** Whether images.toml still leads to what the lock has. Where it asks for something else by now, the lock is stale, which is a finding of its own. */
async function checkEntry({ site, image, entry }: LockedPin, all: LookUps): Promise<Finding[]> {
  if (!entry || entry.isFrozen || !isSameRequest(image.request, entry.request)) return [];
  try {
    const { tag, digest } = await chooseForLock(entry, image, true, all);
    if (tag !== image.tag)
      return [findingAt(site, 'newer-tag', `its rule leads to tag ${tag} instead of ${image.tag}`)];
    return digest === image.digest ? [] : [findingAt(site, 'moved-tag', `tag ${tag} has ${digest} now`)];
  } catch (error) {
    return [failureOf(site, error, 'dead-tag')];
  }
}

const MOVES: ReadonlySet<Finding['code']> = new Set(['moved-tag', 'newer-tag', 'dead-digest', 'dead-image']);
const KEEPS: ReadonlySet<Finding['code']> = new Set(['look-up-failed', 'unsigned', 'dead-tag']);

/** Only `pullpin lock` changes a lock, and it leaves alone what fits. */
function fixOf({ code }: Finding, locked: LockedPin): string | undefined {
  if (MOVES.has(code)) return moveOf(locked);
  return KEEPS.has(code) ? undefined : 'restore the lock, or remove it and run pullpin lock';
}

/** What moves an image; an entry with a digest, and a frozen one, stay until somebody changes them. */
function moveOf({ entry, name, paths }: LockedPin): string | undefined {
  if (entry?.reference.digest !== undefined) return `name another image in ${entry.place}`;
  const update = lockCommand(paths, ['--update', name]);
  return entry?.isFrozen ? `${lockCommand(paths, ['unfreeze', name])} and ${update}` : update;
}
