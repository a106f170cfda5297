import type { Cache } from '../cache/cache.js';
import { mapStream } from '../concurrency/map-stream.js';
import { checkCount, checkWord } from '../errors.js';
import { findGroups } from '../list/find-groups.js';
import { type PinFiles, readerOf } from '../list/pin-files.js';
import { createSelector, type PinSelection } from '../list/select.js';
import { fromProcess } from '../machine/machine.js';
import type { Registries } from '../oci/image-source.js';
import { DEFAULT_PLATFORM, type Platform, toPlatform } from '../oci/platform.js';
import type { RepositoryName } from '../oci/reference.js';
import type { KeptArchive } from '../pin/keep-archive.js';
import { LookUps } from '../pin/look-ups.js';
import type { PinSettings } from '../pin/pin.js';
import { loadParsers } from '../text/load-parsers.js';
import { type BumpPlan, joinedPlan } from './bump-plan.js';
import { askAhead } from './one-pin/plan-site.js';
import { GroupPlanner } from './plan-group.js';
import type { BumpProgress, PlannedPin } from './plan-sites.js';
import { sourceProblem } from './problem.js';
import { checkShard, type Shard } from './shards/shard.js';
import type { BumpMode, DigestPolicy, SiteSettings } from './site/site-settings.js';

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

/** How many groups of files are planned at the same time: enough that pins wait for each other and not for the search. */
const GROUPS_AT_ONCE = 32;

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
  const { temporaryFolder = fromProcess().temporaryFolder, onPin, shard } = settings;
  const checked = siteSettings(pinFiles, settings);
  await loadParsers([...pinFiles.files, ...(settings.since?.files ?? [])], pinFiles.withUnpinned);
  const lookUps = new LookUps({ ...settings, temporaryFolder });
  const selector = createSelector(pinFiles, settings);
  const forSites = { ...checked, earlierPin: selector.earlierPin };
  const groups = findGroups(pinFiles, {
    // Who gets each pin by itself need not keep them all. Which pins are those of a shard is known when all were found.
    isApart: onPin !== undefined && !shard,
    onFound: (sites) => {
      for (const site of sites) if (!shard && selector.isWanted(site)) void askAhead(site, lookUps, forSites);
    },
  });
  const planner = new GroupPlanner(pinFiles, settings, { lookUps, selector, forSites });
  const plans = await mapStream(groups, GROUPS_AT_ONCE, (found) => planner.plan(found));
  // What is wrong with the files is said by one of the shards.
  const unreadable = (shard?.index ?? 1) === 1 ? (pinFiles.unreadable ?? []).map(sourceProblem) : [];
  return joinedPlan(plans, unreadable);
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
