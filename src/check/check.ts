import type { Cache } from '../cache/cache.js';
import { settleInOrder } from '../concurrency/settle-in-order.js';
import { findInFiles } from '../list/find.js';
import type { FoundInFiles } from '../list/find-in-file.js';
import { cautionsOf, type PinFiles, readerOf } from '../list/pin-files.js';
import { createSelector, type PinSelection } from '../list/select.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { isDigest, isPlaceholderDigest } from '../oci/digest.js';
import type { Registries } from '../oci/image-source.js';
import { DEFAULT_PLATFORM, type Platform, toPlatform } from '../oci/platform.js';
import { type RepositoryName, splitName } from '../oci/reference.js';
import { LookUps } from '../pin/look-ups.js';
import type { PinSettings } from '../pin/pin.js';
import { checkAlive, checkImages } from './alive.js';
import { type CheckedPin, type CheckedPinSettings, followedBy, platformOf } from './checked-pin.js';
import { checkContainer } from './containers.js';
import { checkCurrent } from './current.js';
import { bumpAdvice, type Finding, findingAt, findingOf, findingsInOrder } from './finding.js';
import type { FindingCode } from './findings.js';
import { checkHashes } from './hashes.js';
import { checkPlatforms } from './platforms.js';
import { ownerOfContainer, ownerOfPin, withSafeEdits } from './safe-edits.js';
import { checkSigned } from './signed.js';

/** Which pins are checked, how thoroughly, and which registries are asked. */
export interface CheckSettings extends PinSelection {
  readonly registries: Registries;
  readonly cache?: Cache | undefined;
  /** Whether to look at indexes, manifests, configs and layers one by one. No layer is downloaded. */
  readonly isDeep?: boolean | undefined;
  /** Whether to compute all hashes, which downloads the images that are not in the cache. */
  readonly computesHashes?: boolean | undefined;
  /** The platform of pins that name none; linux/amd64 when omitted. */
  readonly platform?: Platform | string | undefined;
  /** The tag of pins that name none. */
  readonly assumeTag?: string | undefined;
  /** Gives the rule by which `pullpin bump` refuses to move tags of these pins; without it, every move of a tag is advised. */
  readonly tagRefusals?: ((found: FoundInFiles) => CheckedPinSettings['refusesMove']) | undefined;
  /** Throws for an image that must be signed and is not. */
  readonly checkSignature?: PinSettings['checkSignature'];
  /** Findings that are not wanted. */
  readonly ignored?: ReadonlySet<FindingCode> | undefined;
  readonly temporaryFolder: string;
  readonly maxSpool?: number | undefined;
  readonly onProgress?: ((progress: { done: number; total: number; changed: number }) => void) | undefined;
  readonly onDownload?:
    | ((image: RepositoryName) => (progress: { readonly received: number; readonly total: number }) => void)
    | undefined;
}

/** What a check has found, in the order of the files. */
export interface CheckReport {
  /** How many pins were checked. */
  readonly pins: number;
  readonly findings: readonly Finding[];
}

/** How many pins are checked at the same time. The registry client limits the requests to each host. */
const CONCURRENT_PINS = 32;

/** Checks the pins of some files. Whatever cannot be looked up is a finding. Throws a UsageError for a setting that makes no sense. */
export async function checkPins(pinFiles: PinFiles, settings: CheckSettings): Promise<CheckReport> {
  const { ignored = new Set(), onProgress = () => {} } = settings;
  const { isWanted, isWantedFile } = createSelector(pinFiles, settings);
  const found = findInFiles(pinFiles);
  const sites = found.sites.filter(isWanted);
  const lookUps = new LookUps(settings);
  const forPins = { ...pinSettings(pinFiles, settings), refusesMove: settings.tagRefusals?.(found) };
  const progress = { done: 0, total: sites.length, changed: 0 };
  onProgress({ ...progress });
  const settled = await settleInOrder(sites, CONCURRENT_PINS, async (site) => {
    const findings = await checkPin(site, lookUps, forPins);
    progress.done += 1;
    if (findings.some(({ code }) => code === 'moved-tag')) progress.changed += 1;
    onProgress({ ...progress });
    return findings;
  });
  const results = new Map(sites.map((site, at) => [site, resultOf(settled[at])]));
  const containers = (found.containers ?? []).map((each) => {
    return ownerOfContainer(each, isWantedFile(each.file) ? checkContainer(each) : []);
  });
  const pins = found.sites.map((site) => ownerOfPin(site, results.get(site) ?? []));
  const findings = [
    ...withSafeEdits([...pins, ...containers]),
    ...[...found.problems.filter(({ file }) => isWantedFile(file)), ...cautionsOf(sites)].map(findingOf),
    ...(pinFiles.unreadable ?? []).map(findingOf),
  ];
  return { pins: sites.length, findings: findingsInOrder(unique(findings).filter(({ code }) => !ignored.has(code))) };
}

function pinSettings(pinFiles: PinFiles, settings: CheckSettings): Omit<CheckedPinSettings, 'refusesMove'> {
  const { isDeep = false, computesHashes = false, platform = DEFAULT_PLATFORM, assumeTag } = settings;
  return { isDeep, computesHashes, platform: toPlatform(platform), assumeTag, read: readerOf(pinFiles) };
}

function resultOf(result: PromiseSettledResult<Finding[]> | undefined): Finding[] {
  if (result?.status === 'rejected') throw result.reason;
  return result?.value ?? [];
}

/** A pin with a table of systems is checked for each of them; what is the same for several is one finding. */
function unique(findings: readonly Finding[]): Finding[] {
  const keyOf = ({ file, line, column, code, message }: Finding) => JSON.stringify([file, line, column, code, message]);
  return [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()];
}

async function checkPin(site: PinSite, all: LookUps, settings: CheckedPinSettings): Promise<Finding[]> {
  const { flaw, imageName, imageDigest } = site;
  const flaws = flaw ? [findingAt(site, flaw.code, flaw.message)] : [];
  if (flaw?.code === 'malformed-reference') return flaws;
  const digest = imageDigest.text;
  if (!isDigest(digest) || isPlaceholderDigest(digest))
    return [...flaws, findingAt(site, 'no-digest', 'it has no digest yet', { fix: bumpAdvice(site) })];
  const name = { ...splitName(imageName.text), name: imageName.text, unverified: site.tlsVerify === false };
  const lookUps = all.repository(name);
  // A malformed architecture has its own finding.
  const platform = flaw ? undefined : platformOf(site);
  const pin: CheckedPin = { site, digest, follows: followedBy(site, settings), platform, lookUps, settings };
  const [ofDigest, ofTag, ofSignature] = await Promise.all([
    checkDigest(pin, flaw !== undefined),
    checkCurrent(pin),
    checkSigned(pin),
  ]);
  return [...flaws, ...withoutRepeatedFailure([...ofDigest, ...ofTag, ...ofSignature])];
}

async function checkDigest(pin: CheckedPin, isFlawed: boolean): Promise<Finding[]> {
  const { root, findings } = await checkAlive(pin);
  const images = root ? await checkImages(pin, root) : [];
  const canBeHashed = images.length === 0 ? root : undefined;
  const hashes = await checkHashes(pin, canBeHashed);
  const platforms = root && !isFlawed ? await checkPlatforms(pin, root, hashes.recipe?.platform) : [];
  return [...findings, ...images, ...hashes.findings, ...platforms];
}

/** A registry that does not answer fails every question about a pin: the first failure says it. */
function withoutRepeatedFailure(findings: readonly Finding[]): Finding[] {
  const first = findings.find(({ code }) => code === 'look-up-failed');
  return findings.filter((finding) => finding.code !== 'look-up-failed' || finding === first);
}
