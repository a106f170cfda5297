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
interface PlanEvents {
  readonly onProgress: (progress: BumpProgress) => void;
  readonly onPin?: ((planned: PlannedPin) => Promise<void>) | undefined;
}

/** How many pins are planned at the same time. The registry client limits the requests to each host. */
const CONCURRENT_SITES = 32;

/** Plans pins, several at a time, and returns the outcome of each, in their order. */
export async function planSites(
  sites: readonly PinSite[],
  lookUps: LookUps,
  settings: SiteSettings,
  { onProgress, onPin }: PlanEvents,
): Promise<PlannedSite[]> {
  const progress = { done: 0, total: sites.length, changed: 0 };
  onProgress({ ...progress });
  const outcomes = await settleInOrder(sites, CONCURRENT_SITES, async (site) => {
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
  });
  return outcomes.flatMap((outcome, at) => (sites[at] ? [{ ...outcome, site: sites[at] }] : []));
}

function changeOfOutcome(outcome: SiteOutcome): PinChange | undefined {
  return outcome.state === 'changed' ? outcome.change : undefined;
}
