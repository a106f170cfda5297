import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cache } from '../cache/cache.js';
import { checkCount, checkWord } from '../errors.js';
import { findInCallers } from '../list/callers-pins.js';
import { joinedFinds } from '../list/find.js';
import { type FoundInFiles, findInFile } from '../list/find-in-file.js';
import { findInNamingFiles } from '../list/naming-files.js';
import { cautionsOf, type ListedProblem, type PinFiles, type Read, readerOf } from '../list/pin-files.js';
import { createSelector, type PinSelection } from '../list/select.js';
import { fromProcess } from '../machine/machine.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Registries } from '../oci/image-source.js';
import { DEFAULT_PLATFORM, type Platform, toPlatform } from '../oci/platform.js';
import type { RepositoryName } from '../oci/reference.js';
import type { KeptArchive } from '../pin/keep-archive.js';
import { LookUps } from '../pin/look-ups.js';
import type { PinSettings } from '../pin/pin.js';
import { loadParsers } from '../text/load-parsers.js';
import { assemblePlan, type BumpPlan } from './bump-plan.js';
import { askAhead } from './one-pin/plan-site.js';
import { type BumpProgress, type PlannedPin, planSites } from './plan-sites.js';
import { failedProblem, noticeOf, sourceProblem } from './problem.js';
import { sitesOfShard } from './shards/deal.js';
import { checkShard, type Shard } from './shards/shard.js';
import type { BumpMode, DigestPolicy, SiteSettings } from './site/site-settings.js';
import { entryCheck } from './systems/entry-uses.js';
import { type PlannedTables, planTables } from './systems/plan-tables.js';
import { tagMover } from './tag-moves.js';

/** Settings of a bump: what it may change, and which registries it asks. */
export interface BumpSettings extends PinSelection {
  readonly registries: Registries;
  /** The results of earlier runs. */
  readonly cache?: Cache | undefined;
  /** `keep` when omitted. */
  readonly digest?: DigestPolicy | undefined;
  /** `all` when omitted. */
  readonly mode?: BumpMode | undefined;
  /** How far the tags of pins without a rule may move: to another patch, minor or major version. When omitted, they stay. */
  readonly tags?: 'patch' | 'minor' | 'major' | undefined;
  /** How long an image must have been there before a pin may move to it, in milliseconds; 0 when omitted. */
  readonly cooldown?: number | undefined;
  /** Whether tables by system get and lose entries, so that they have one for each system of the image; `keep` when omitted. */
  readonly systems?: 'keep' | 'all' | undefined;
  /** The platform, such as `linux/arm64`, for pins that have the digest of an index and give no architecture; linux/amd64 when omitted. */
  readonly platform?: Platform | string | undefined;
  /** The tag of pins that name none. When omitted, such pins stay as they are. */
  readonly assumeTag?: string | undefined;
  /** Whether pins that have the digest of an index and give no architecture get `os` and `arch`. */
  readonly addArch?: boolean | undefined;
  /** Whether to write, with the assumed recipe, pins whose old hash proves no recipe. When omitted, such pins stay as they are. */
  readonly unproven?: boolean | undefined;
  /** Whether changes say what is known of the old and the new image, which may cost requests; false when omitted. */
  readonly details?: boolean | undefined;
  /** The folder for a layer that has to be read twice; the temporary folder of this process when omitted. */
  readonly temporaryFolder?: string | undefined;
  /** The largest layer to keep there, in bytes, and the largest layer to accept when the manifest does not give its size; 8 GiB when omitted. */
  readonly maxSpool?: number | undefined;
  /** @internal Which part of the pins this machine looks up, when several share the work; all when omitted. */
  readonly shard?: Shard | undefined;
  /** Where to keep the archives of new pins. When omitted, they are not kept: a hash needs no file. */
  readonly keep?: Pick<KeptArchive, 'store' | 'copyTo'> | undefined;
  /** Another program that computes hashes. */
  readonly backend?: PinSettings['backend'];
  /** Throws for an image that must be signed and is not. */
  readonly checkSignature?: PinSettings['checkSignature'];
  /** @internal Called for each pin as soon as it is planned; the next one waits for it. What cannot be written together is known at the end only. */
  readonly onPin?: ((planned: PlannedPin) => Promise<void>) | undefined;
  /** Called after each pin that was looked up. */
  readonly onProgress?: ((progress: BumpProgress) => void) | undefined;
  /** Called when the download of an image may start. The function that it returns is called as the bytes arrive. */
  readonly onDownload?:
    | ((image: RepositoryName) => (progress: { readonly received: number; readonly total: number }) => void)
    | undefined;
}

const NO_TABLES: PlannedTables = { tables: [], failed: [] };

/**
 * Finds the pins of some files and plans their changes, so that each gets the digest that its tag has now. Writes nothing. A pin that cannot be
 * looked up or changed is a problem of the plan. Throws a UsageError for a setting that makes no sense.
 *
 * @example
 * ```js
 * import { connectRegistries, fromProcess, openPinFiles, planBump } from 'pullpin';
 *
 * const registries = await connectRegistries(fromProcess());
 * const { changes } = await planBump(await openPinFiles(['hosts/cache/redis.nix']), { registries });
 * for (const { pin, from, to } of changes) console.log(pin.line, from.version, to.version); // 2 7.4.1 7.4.2
 * await registries.close();
 * ```
 */
export async function planBump(pinFiles: PinFiles, settings: BumpSettings): Promise<BumpPlan> {
  const { temporaryFolder = fromProcess().temporaryFolder, onProgress = () => {}, onPin } = settings;
  const checked = siteSettings(pinFiles, settings);
  await loadParsers([...pinFiles.files, ...(settings.since?.files ?? [])], pinFiles.withUnpinned);
  const lookUps = new LookUps({ ...settings, temporaryFolder });
  const { isWanted, isWantedFile, earlierPin } = createSelector(pinFiles, settings);
  const forSites = { ...checked, earlierPin };
  const found = await findAndAsk(pinFiles, forSites.read, (site) => {
    // Which pins are those of a shard is known when all were found.
    if (!settings.shard && isWanted(site)) void askAhead(site, lookUps, forSites);
  });
  const selected = found.sites.filter(isWanted);
  const wanted = new Set(dealt(selected, settings));
  const forPlan = { ...forSites, moveTag: tagMover(pinFiles, found) };
  const planned = await planSites([...wanted], lookUps, forPlan, { onProgress, onPin });
  const isForTables = forSites.systems === 'all' && forSites.mode !== 'hashes';
  const { tables, failed } = isForTables
    ? await planTables(planned, lookUps, { ...forSites, checkEntry: entryCheck(pinFiles) })
    : NO_TABLES;
  const unwanted = found.sites.filter((site) => !wanted.has(site));
  const ofPins = directivesOf(selected);
  const inSources = found.problems
    .filter(({ file }) => isWantedFile(file))
    .map((problem) => (ofPins(problem) ? noticeOf(problem) : sourceProblem(problem)));
  const unreadable = (pinFiles.unreadable ?? []).map(sourceProblem);
  const cautions = cautionsOf([...wanted]).map(sourceProblem);
  const inTables = failed.map(({ site, reason }) => failedProblem(site, reason));
  // What is wrong with the files is said by one of the shards.
  const ofFiles = (settings.shard?.index ?? 1) === 1 ? [...inSources, ...unreadable] : [];
  return assemblePlan({ planned, tables, unwanted, problems: [...ofFiles, ...cautions, ...inTables] }, forSites);
}

/** The pins that this machine looks up. */
function dealt(sites: readonly PinSite[], { shard, systems, addArch = false }: BumpSettings): readonly PinSite[] {
  return shard ? sitesOfShard(sites, shard, { byFile: addArch || systems === 'all' }) : sites;
}

/** Whether a problem is about a directive that keeps one of these pins as it is. Then the failure is that of the pin, and there is one. */
function directivesOf(sites: readonly PinSite[]): (problem: Pick<ListedProblem, 'code' | 'file' | 'line'>) => boolean {
  const held = sites.flatMap(({ isFrozen, flaw, hold }) => (isFrozen || flaw ? [] : (hold?.directive ?? [])));
  return ({ code, file, line }) =>
    code === 'malformed-directive' && held.some((directive) => directive.file === file && directive.line === line);
}

/** The settings for each pin. Throws a UsageError. */
export function siteSettings(pinFiles: PinFiles, settings: BumpSettings): SiteSettings {
  const { platform, assumeTag, digest = 'keep', mode = 'all', systems = 'keep' } = settings;
  const { addArch = false, unproven = false, details = false } = settings;
  checkWord('digest', digest, ['keep', 'index', 'platform']);
  checkWord('mode', mode, ['all', 'digests', 'hashes']);
  checkWord('systems', systems, ['keep', 'all']);
  checkWord('tags', settings.tags ?? 'patch', ['patch', 'minor', 'major']);
  checkCount('cooldown', settings.cooldown, 0);
  if (settings.shard) checkShard(settings.shard);
  const isPlatformChosen = platform !== undefined;
  const own = {
    level: settings.tags,
    cooldown: settings.cooldown ?? 0,
    platform: toPlatform(platform ?? DEFAULT_PLATFORM),
    isPlatformChosen,
  };
  const keepsArchives = settings.keep !== undefined;
  return {
    ...own,
    moveTag: () => [],
    earlierPin: () => undefined,
    assumeTag,
    digest,
    mode,
    systems,
    addArch,
    unproven,
    details,
    keepsArchives,
    read: readerOf(pinFiles),
  };
}

/** Finds the pins of some files. The look-ups for the first pins run during the search for the others. */
async function findAndAsk(pinFiles: PinFiles, read: Read, ask: (site: PinSite) => void): Promise<FoundInFiles> {
  const found: FoundInFiles[] = [];
  for (const file of pinFiles.files) {
    const inFile = findInFile(file, read, pinFiles);
    found.push(inFile);
    if (inFile.sites.length === 0) continue;
    inFile.sites.forEach(ask);
    await nextTurn();
  }
  return joinedFinds([...found, ...findInNamingFiles(pinFiles), ...findInCallers(pinFiles, found)]);
}
