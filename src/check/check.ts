import type { Cache } from '../cache/cache.js';
import { Gate } from '../concurrency/gate.js';
import { mapStream } from '../concurrency/map-stream.js';
import { settleInOrder } from '../concurrency/settle-in-order.js';
import { findGroups } from '../list/find-groups.js';
import type { FoundInFiles } from '../list/find-in-file.js';
import { cautionsOf, type PinFiles, readerOf } from '../list/pin-files.js';
import { createSelector, type PinSelection, type Selector } from '../list/select.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Registries } from '../oci/image-source.js';
import { DEFAULT_PLATFORM, type Platform, toPlatform } from '../oci/platform.js';
import type { RepositoryName } from '../oci/reference.js';
import { LookUps } from '../pin/look-ups.js';
import type { PinSettings } from '../pin/pin.js';
import { checkContainer } from './containers.js';
import { type Finding, findingOf, findingsInOrder } from './findings/finding.js';
import type { FindingCode } from './findings/findings.js';
import type { LockedPins } from './locks/locked-pins.js';
import { checkPin, type PinResult } from './one-pin/check-pin.js';
import type { CheckedPinSettings } from './one-pin/checked-pin.js';
import { ownerOfContainer, ownerOfPin, withSafeEdits } from './safe-edits.js';

/** Which pins are checked, how thoroughly, and which registries are asked. */
export interface CheckSettings extends PinSelection {
  readonly registries: Registries;
  readonly cache?: Cache | undefined;
  /** Whether to look at indexes, manifests, configs and layers one by one. No layer is downloaded. */
  readonly isDeep?: boolean | undefined;
  /** Whether to compute all hashes, which downloads the images that are not in the cache. */
  readonly computesHashes?: boolean | undefined;
  /** Whether to find out what the images of pins are like: size, layers, age, platforms. No layer is downloaded. */
  readonly looksAtImages?: boolean | undefined;
  /** The platform of pins that name none; linux/amd64 when omitted. */
  readonly platform?: Platform | string | undefined;
  /** The tag of pins that name none. */
  readonly assumeTag?: string | undefined;
  /** Gives the rule by which `pullpin bump` refuses to move tags of these pins; without it, every move of a tag is advised. */
  readonly tagRefusals?: ((found: FoundInFiles) => CheckedPinSettings['refusesMove']) | undefined;
  /** Throws for an image that must be signed and is not. */
  readonly checkSignature?: PinSettings['checkSignature'];
  /** What `pullpin lock` keeps in these files; not checked when omitted. */
  readonly locked?: LockedPins | undefined;
  /** Findings that are not wanted. */
  readonly ignored?: ReadonlySet<FindingCode> | undefined;
  readonly temporaryFolder: string;
  readonly maxSpool?: number | undefined;
  /** Called for each pin as soon as it is checked; the next one waits for it. */
  readonly onPin?: ((checked: CheckedPinEvent) => Promise<void>) | undefined;
  readonly onProgress?: ((progress: { done: number; total: number; changed: number }) => void) | undefined;
  readonly onDownload?:
    | ((image: RepositoryName) => (progress: { readonly received: number; readonly total: number }) => void)
    | undefined;
}

/** A pin that was checked, and the kinds of findings that it has. */
export interface CheckedPinEvent extends Pick<Finding, 'file' | 'line' | 'column'> {
  readonly imageName: string;
  /** A digest, or the empty text as a placeholder. */
  readonly imageDigest: string;
  readonly codes: readonly FindingCode[];
}

/** What a check has found, in the order of the files. */
export interface CheckReport {
  /** How many pins were checked. */
  readonly pins: number;
  readonly findings: readonly Finding[];
  /** The pins that were checked. */
  readonly inventory: readonly InventoryEntry[];
}

/** A pin that was checked, and what its image is like. */
export interface InventoryEntry extends Pick<Finding, 'file' | 'line' | 'column'>, Omit<PinResult, 'findings'> {
  readonly imageName: string;
  /** A digest, or the empty text as a placeholder. */
  readonly imageDigest: string;
}

/** How many pins are checked at the same time. The registry client limits the requests to each host. */
const CONCURRENT_PINS = 32;

/** What pins of a lock share with those of other files. */
const NO_PINS: FoundInFiles = { sites: [], problems: [], besides: [], usedDirectives: new Set(), entered: new Set() };

/** How many groups of files are checked at the same time. */
const GROUPS_AT_ONCE = 32;

/** Checks the pins of some files. Whatever cannot be looked up is a finding. Throws a UsageError for a setting that makes no sense. */
export async function checkPins(pinFiles: PinFiles, settings: CheckSettings): Promise<CheckReport> {
  const { ignored = new Set(), onPin, looksAtImages = false } = settings;
  const selector = createSelector(pinFiles, settings);
  const locked = settings.locked?.pins.filter(({ site }) => selector.isWanted(site)) ?? [];
  const lookUps = new LookUps(settings);
  const forPins = pinSettings(pinFiles, settings);
  const check = checker(settings);
  // Who gets each pin by itself need not keep them all.
  const isApart = onPin !== undefined && !looksAtImages;
  const groups = mapStream(findGroups(pinFiles, { isApart }), GROUPS_AT_ONCE, async (found) => {
    const own = { ...forPins, refusesMove: settings.tagRefusals?.(found) };
    const sites = found.sites.filter((site) => selector.isWanted(site));
    const results = await check(sites.map((site) => ({ site, check: () => checkPin(site, lookUps, own) })));
    return {
      pins: results.size,
      ...findingsOf(found, results, selector),
      inventory: isApart ? [] : inventoryOf(results),
    };
  });
  const forLocked = { ...forPins, refusesMove: settings.tagRefusals?.(NO_PINS) };
  const ofLocked = check(locked.map((pin) => ({ site: pin.site, check: () => pin.check(lookUps, forLocked) })));
  const [parts, lockedResults] = await Promise.all([groups, ofLocked]);
  const findings = [
    ...parts.flatMap(({ ofPins }) => ofPins),
    ...parts.flatMap(({ ofFiles }) => ofFiles),
    ...(pinFiles.unreadable ?? []).map(findingOf),
    ...locked.flatMap(({ site }) => lockedResults.get(site)?.findings ?? []),
    ...(settings.locked?.findings ?? []).filter(({ file }) => selector.isWantedFile(file)),
  ];
  return {
    pins: parts.reduce((sum, { pins }) => sum + pins, lockedResults.size),
    findings: findingsInOrder(unique(findings).filter(({ code }) => !ignored.has(code))),
    inventory: [...parts.flatMap(({ inventory }) => inventory), ...inventoryOf(lockedResults)],
  };
}

/** What was found of the pins and the containers of some files, and of the files themselves. */
function findingsOf(
  { sites, containers = [], problems }: FoundInFiles,
  results: ReadonlyMap<PinSite, PinResult>,
  { isWantedFile }: Selector,
) {
  const pins = sites.map((site) => ownerOfPin(site, results.get(site)?.findings ?? []));
  const others = containers.map((each) => ownerOfContainer(each, isWantedFile(each.file) ? checkContainer(each) : []));
  const ofFiles = [...problems.filter(({ file }) => isWantedFile(file)), ...cautionsOf([...results.keys()])];
  return { ofPins: withSafeEdits([...pins, ...others]), ofFiles: ofFiles.map(findingOf) };
}

/** Checks several pins of a run at a time, in as many calls as there are. */
function checker({ ignored = new Set(), onProgress = () => {}, onPin }: CheckSettings) {
  const gate = new Gate(CONCURRENT_PINS);
  const progress = { done: 0, total: 0, changed: 0 };
  return async (
    pins: readonly { readonly site: PinSite; readonly check: () => Promise<PinResult> }[],
  ): Promise<ReadonlyMap<PinSite, PinResult>> => {
    progress.total += pins.length;
    onProgress({ ...progress });
    const checkOne = async ({ site, check }: (typeof pins)[number]): Promise<PinResult> => {
      const result = await check();
      await onPin?.(toEvent(site, result, ignored));
      progress.done += 1;
      if (result.findings.some(({ code }) => code === 'moved-tag')) progress.changed += 1;
      onProgress({ ...progress });
      return result;
    };
    const settled = await settleInOrder(pins, pins.length, (pin) => gate.run(() => checkOne(pin)));
    return new Map(pins.map(({ site }, at) => [site, resultOf(settled[at])]));
  };
}

function toEvent(site: PinSite, { findings }: PinResult, ignored: ReadonlySet<FindingCode>): CheckedPinEvent {
  const { file, line, column, imageName, imageDigest } = site;
  const codes = [...new Set(findings.map(({ code }) => code))].filter((code) => !ignored.has(code));
  return { file, line, column, imageName: imageName.text, imageDigest: imageDigest.text, codes };
}

function pinSettings(pinFiles: PinFiles, settings: CheckSettings): Omit<CheckedPinSettings, 'refusesMove'> {
  const { isDeep = false, computesHashes = false, looksAtImages = false, assumeTag } = settings;
  const platform = toPlatform(settings.platform ?? DEFAULT_PLATFORM);
  return { isDeep, computesHashes, looksAtImages, platform, assumeTag, read: readerOf(pinFiles) };
}

function resultOf(result: PromiseSettledResult<PinResult> | undefined): PinResult {
  if (result?.status === 'rejected') throw result.reason;
  return result?.value ?? { findings: [] };
}

function inventoryOf(results: ReadonlyMap<PinSite, PinResult>): InventoryEntry[] {
  return Array.from(results, ([site, result]) => inventoryEntry(site, result));
}

function inventoryEntry(site: PinSite, { tag, image }: PinResult): InventoryEntry {
  const { file, line, column, imageName, imageDigest } = site;
  return { file, line, column, imageName: imageName.text, imageDigest: imageDigest.text, tag, image };
}

/** A pin with a table of systems is checked for each of them; what is the same for several is one finding. */
function unique(findings: readonly Finding[]): Finding[] {
  const keyOf = ({ file, line, column, code, message }: Finding) => JSON.stringify([file, line, column, code, message]);
  return [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()];
}
