import { Gate } from '../concurrency/gate.js';
import type { FoundInFiles } from '../list/find-in-file.js';
import { cautionsOf, type ListedProblem, type PinFiles } from '../list/pin-files.js';
import type { Selector } from '../list/select.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { LookUps } from '../pin/look-ups.js';
import { assemblePlan, type BumpPlan } from './bump-plan.js';
import { type PlanEvents, planSites } from './plan-sites.js';
import { failedProblem, noticeOf, sourceProblem } from './problem.js';
import { sitesOfShard } from './shards/deal.js';
import type { Shard } from './shards/shard.js';
import type { SiteSettings } from './site/site-settings.js';
import { type EntryCheck, entryCheck } from './systems/entry-uses.js';
import { type PlannedTables, planTables } from './systems/plan-tables.js';
import { tagMovers } from './tag-moves.js';

/** How many pins are planned at the same time. The registry client limits the requests to each host. */
const CONCURRENT_SITES = 32;

const NO_TABLES: PlannedTables = { tables: [], failed: [] };

/** What a run does with the pins that it finds. */
interface GroupPlanSettings {
  readonly onProgress?: PlanEvents['onProgress'] | undefined;
  readonly onPin?: PlanEvents['onPin'];
  readonly shard?: Shard | undefined;
  readonly systems?: SiteSettings['systems'] | undefined;
  readonly addArch?: boolean | undefined;
}

/** What the groups of a run have in common. */
interface RunMeans {
  readonly lookUps: LookUps;
  readonly selector: Selector;
  readonly forSites: SiteSettings;
}

/** Plans the pins of a run, one group of files after another. Nothing of a pin is kept but what its plan says. */
export class GroupPlanner {
  private readonly gate = new Gate(CONCURRENT_SITES);
  private readonly progress = { done: 0, total: 0, changed: 0 };
  private readonly moverOf: ReturnType<typeof tagMovers>;
  private entries: EntryCheck | undefined;

  constructor(
    private readonly pinFiles: PinFiles,
    private readonly settings: GroupPlanSettings,
    private readonly means: RunMeans,
  ) {
    this.moverOf = tagMovers(pinFiles);
  }

  async plan(found: FoundInFiles): Promise<BumpPlan> {
    const { onProgress = () => {}, onPin, shard } = this.settings;
    const { lookUps, selector, forSites } = this.means;
    const selected = found.sites.filter((site) => selector.isWanted(site));
    const wanted = new Set(this.dealt(selected));
    const { gate, progress } = this;
    const forPlan = { ...forSites, moveTag: this.moverOf(found) };
    const planned = await planSites([...wanted], lookUps, forPlan, { gate, progress, onProgress, onPin });
    const isForTables = forSites.systems === 'all' && forSites.mode !== 'hashes';
    const { tables, failed } = isForTables
      ? await planTables(planned, lookUps, { ...forSites, checkEntry: this.checkEntry() })
      : NO_TABLES;
    const unwanted = found.sites.filter((site) => !wanted.has(site));
    const cautions = cautionsOf([...wanted]).map(sourceProblem);
    const inTables = failed.map(({ site, reason }) => failedProblem(site, reason));
    const ofFiles = (shard?.index ?? 1) === 1 ? this.problemsOf(found, selected) : [];
    return assemblePlan({ planned, tables, unwanted, problems: [...ofFiles, ...cautions, ...inTables] }, forSites);
  }

  /** The pins that this machine looks up. */
  private dealt(sites: readonly PinSite[]): readonly PinSite[] {
    const { shard, systems, addArch = false } = this.settings;
    return shard ? sitesOfShard(sites, shard, { byFile: addArch || systems === 'all' }) : sites;
  }

  private checkEntry(): EntryCheck {
    this.entries ??= entryCheck(this.pinFiles);
    return this.entries;
  }

  private problemsOf({ problems }: FoundInFiles, selected: readonly PinSite[]) {
    const ofPins = directivesOf(selected);
    return problems
      .filter(({ file }) => this.means.selector.isWantedFile(file))
      .map((problem) => (ofPins(problem) ? noticeOf(problem) : sourceProblem(problem)));
  }
}

/** Whether a problem is about a directive that keeps one of these pins as it is. Then the failure is that of the pin, and there is one. */
function directivesOf(sites: readonly PinSite[]): (problem: Pick<ListedProblem, 'code' | 'file' | 'line'>) => boolean {
  const held = sites.flatMap(({ isFrozen, flaw, hold }) => (isFrozen || flaw ? [] : (hold?.directive ?? [])));
  return ({ code, file, line }) =>
    code === 'malformed-directive' && held.some((directive) => directive.file === file && directive.line === line);
}
