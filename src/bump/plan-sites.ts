import type { Gate } from '../concurrency/gate.js';
import { settleInOrder } from '../concurrency/settle-in-order.js';
import { type ListedPin, toListedPin } from '../list/listed-pin.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { LookUps } from '../pin/look-ups.js';
import type { PinChange, PlannedSite, SiteOutcome } from './one-pin/pin-change.js';
import { planSite } from './one-pin/plan-site.js';
import { type BumpProblem, failedProblem } from './problem.js';
import type { SiteSettings } from './site/site-settings.js';

/** How many pins are done, how many there are, and how many of the done ones are outdated. */
export interface BumpProgress {
  readonly done: number;
  readonly total: number;
  readonly changed: number;
}

/** A pin that was planned, before it is known whether its change can be made together with those of other pins. */
export interface PlannedPin {
  readonly pin: ListedPin;
  readonly state: 'current' | 'changed' | 'frozen' | 'untracked' | 'failed';
  readonly change?: PinChange | undefined;
  /** Why it failed. */
  readonly problem?: BumpProblem | undefined;
}

/** What is told while pins are planned. */
export interface PlanEvents {
  /** Lets as many pins in as are planned at the same time. */
  readonly gate: Gate;
  /** How far the run has come with all its pins. These are added. */
  readonly progress: { -readonly [Key in keyof BumpProgress]: BumpProgress[Key] };
  readonly onProgress: (progress: BumpProgress) => void;
  readonly onPin?: ((planned: PlannedPin) => Promise<void>) | undefined;
}

/** Plans pins, several at a time, and returns the outcome of each, in their order. */
export async function planSites(
  sites: readonly PinSite[],
  lookUps: LookUps,
  settings: SiteSettings,
  { gate, progress, onProgress, onPin }: PlanEvents,
): Promise<PlannedSite[]> {
  progress.total += sites.length;
  onProgress({ ...progress });
  const planOne = async (site: PinSite): Promise<SiteOutcome> => {
    const pin = toListedPin(site, settings.assumeTag);
    try {
      const outcome = await planSite(site, lookUps, settings);
      if (outcome.state === 'changed') progress.changed += 1;
      await onPin?.({ pin, state: outcome.state, change: changeOfOutcome(outcome) });
      return outcome;
    } catch (error) {
      if (onPin) await onPin({ pin, state: 'failed', problem: failedProblem(site, error, settings.systems) });
      throw error;
    } finally {
      progress.done += 1;
      onProgress({ ...progress });
    }
  };
  const outcomes = await settleInOrder(sites, sites.length, (site) => gate.run(() => planOne(site)));
  return outcomes.flatMap((outcome, at) => (sites[at] ? [{ ...outcome, site: sites[at] }] : []));
}

function changeOfOutcome(outcome: SiteOutcome): PinChange | undefined {
  return outcome.state === 'changed' ? outcome.change : undefined;
}
