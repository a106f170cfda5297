import { setImmediate as nextTurn } from 'node:timers/promises';
import { settleInOrder } from '../concurrency/settle-in-order.js';
import { type FoundInFiles, findInFile, joined, type SourceFile } from '../list/find.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Platform } from '../oci/platform.js';
import { type LookUpOptions, LookUps } from '../pin/look-ups.js';
import { assemblePlan, type BumpPlan, type PlannedSite } from './bump-plan.js';
import { askAhead, planSite } from './one-pin/plan-site.js';
import type { BumpMode, DigestPolicy, SiteSettings } from './one-pin/site-settings.js';
import { sourceProblem } from './problem.js';

export interface BumpRequest extends LookUpOptions {
  readonly files: readonly SourceFile[];
  /** Reads a file by its path, also one that another one imports; undefined where it may not be read. */
  readonly read: (path: string) => string | undefined;
  /** Which pins are looked at; all when omitted. */
  readonly isWanted?: ((site: PinSite) => boolean) | undefined;
  /** The files whose pins are reported when they cannot be followed; all when omitted. */
  readonly isWantedFile?: ((path: string) => boolean) | undefined;
  /** `keep` when omitted. */
  readonly digest?: DigestPolicy | undefined;
  /** `all` when omitted. */
  readonly mode?: BumpMode | undefined;
  /** For pins that go through an index and give no architecture; linux/amd64 when omitted. */
  readonly platform?: Platform | undefined;
  /** The tag of pins that show none; such pins stay as they are when it is omitted. */
  readonly assumeTag?: string | undefined;
  /** Whether pins that go through an index and give no architecture get `os` and `arch`. */
  readonly addArch?: boolean | undefined;
  readonly onProgress?: ((progress: BumpProgress) => void) | undefined;
}

export interface BumpProgress {
  readonly done: number;
  readonly total: number;
  readonly changed: number;
}

/** Pins that are looked at the same time; the registry client bounds the requests at each host. */
const CONCURRENT_SITES = 32;

/** Finds the pins of some files and plans what to change, so that each carries what its tag has now. Throws for bugs only. */
export async function planBump(request: BumpRequest): Promise<BumpPlan> {
  const { files, isWanted = () => true, isWantedFile = () => true, onProgress = () => {} } = request;
  const settings = siteSettings(request);
  const lookUps = new LookUps(request);
  const found = await findAndAsk(files, settings.read, (site) => {
    if (isWanted(site)) void askAhead(site, lookUps, settings);
  });
  const wanted = new Set(found.sites.filter(isWanted));
  const planned = await planSites([...wanted], lookUps, settings, onProgress);
  const unwanted = found.sites.filter((site) => !wanted.has(site));
  const problems = found.problems.filter(({ file }) => isWantedFile(file)).map(sourceProblem);
  return assemblePlan({ planned, unwanted, problems }, settings);
}

function siteSettings({
  files,
  read,
  platform,
  assumeTag,
  digest = 'keep',
  mode = 'all',
  addArch = false,
}: BumpRequest): SiteSettings {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return { platform, assumeTag, digest, mode, addArch, read: (path) => texts.get(path) ?? read(path) };
}

/** Finds the pins of some files, while the registries already answer what is asked of the first ones. */
async function findAndAsk(
  files: readonly SourceFile[],
  read: BumpRequest['read'],
  ask: (site: PinSite) => void,
): Promise<FoundInFiles> {
  const found: FoundInFiles[] = [];
  for (const file of files) {
    const inFile = findInFile(file, read);
    found.push(inFile);
    if (inFile.sites.length === 0) continue;
    inFile.sites.forEach(ask);
    await nextTurn();
  }
  return joined(found);
}

async function planSites(
  sites: readonly PinSite[],
  lookUps: LookUps,
  settings: SiteSettings,
  onProgress: (progress: BumpProgress) => void,
): Promise<PlannedSite[]> {
  const progress = { done: 0, total: sites.length, changed: 0 };
  onProgress({ ...progress });
  const outcomes = await settleInOrder(sites, CONCURRENT_SITES, async (site) => {
    try {
      const outcome = await planSite(site, lookUps, settings);
      if (outcome.state === 'changed') progress.changed += 1;
      return outcome;
    } finally {
      progress.done += 1;
      onProgress({ ...progress });
    }
  });
  return outcomes.flatMap((outcome, at) => (sites[at] ? [{ ...outcome, site: sites[at] }] : []));
}
