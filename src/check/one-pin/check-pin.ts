import type { PinSite } from '../../nix/find/pin-site.js';
import { isDigest, isPlaceholderDigest } from '../../oci/digest.js';
import { splitName } from '../../oci/reference.js';
import type { LookUps } from '../../pin/look-ups.js';
import { bumpAdvice, type Finding, findingAt } from '../findings/finding.js';
import { checkAlive, checkImages } from './alive.js';
import { type CheckedPin, type CheckedPinSettings, followedBy, platformOf } from './checked-pin.js';
import { checkCurrent } from './current.js';
import { checkHashes } from './hashes.js';
import { type ImageSummary, summarizeImage } from './image-summary.js';
import { checkPlatforms } from './platforms.js';
import { checkSigned } from './signed.js';

/** What a check has found of a pin. */
export interface PinResult {
  readonly findings: readonly Finding[];
  /** The tag that the pin follows. */
  readonly tag?: string | undefined;
  /** Undefined when the image was not to be looked at, or could not be. */
  readonly image?: ImageSummary | undefined;
}

/** Everything about one pin. Whatever cannot be looked up is a finding. */
export async function checkPin(site: PinSite, all: LookUps, settings: CheckedPinSettings): Promise<PinResult> {
  const { flaw, imageName, imageDigest } = site;
  const flaws = flaw ? [findingAt(site, flaw.code, flaw.message)] : [];
  if (flaw?.code === 'malformed-reference') return { findings: flaws };
  const digest = imageDigest.text;
  const follows = followedBy(site, settings);
  if (!isDigest(digest) || isPlaceholderDigest(digest)) {
    const missing = findingAt(site, 'no-digest', 'it has no digest yet', { fix: bumpAdvice(site) });
    return { findings: [...flaws, missing], tag: follows?.tag };
  }
  const name = { ...splitName(imageName.text), name: imageName.text, unverified: site.tlsVerify === false };
  const lookUps = all.repository(name);
  // A malformed architecture has its own finding.
  const platform = flaw ? undefined : platformOf(site);
  const pin: CheckedPin = { site, digest, follows, platform, lookUps, settings };
  const [ofDigest, ofTag, ofSignature] = await Promise.all([
    checkDigest(pin, flaw !== undefined),
    checkCurrent(pin),
    checkSigned(pin),
  ]);
  return {
    findings: [...flaws, ...withoutRepeatedFailure([...ofDigest, ...ofTag, ...ofSignature])],
    tag: follows?.tag,
    image: settings.looksAtImages ? await summarizeImage(pin) : undefined,
  };
}

/** What the digest of a pin names, and whether its hash and its platform belong to that. */
export async function checkDigest(pin: CheckedPin, isFlawed: boolean): Promise<Finding[]> {
  const { root, findings } = await checkAlive(pin);
  const images = root ? await checkImages(pin, root) : [];
  const canBeHashed = images.length === 0 ? root : undefined;
  const hashes = await checkHashes(pin, canBeHashed);
  const platforms = root && !isFlawed ? await checkPlatforms(pin, root, hashes.recipe?.platform) : [];
  return [...findings, ...images, ...hashes.findings, ...platforms];
}

/** A registry that does not answer fails every question about a pin: the first failure says it. */
export function withoutRepeatedFailure(findings: readonly Finding[]): Finding[] {
  const first = findings.find(({ code }) => code === 'look-up-failed');
  return findings.filter((finding) => finding.code !== 'look-up-failed' || finding === first);
}
