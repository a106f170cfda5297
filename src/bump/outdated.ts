import { settleInOrder } from '../concurrency/settle-in-order.js';
import { findInFiles } from '../list/find.js';
import { type ListedPin, toListedPin } from '../list/listed-pin.js';
import type { PinFiles } from '../list/pin-files.js';
import { createSelector } from '../list/select.js';
import { fromProcess } from '../machine/machine.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { LookUps } from '../pin/look-ups.js';
import { wantedDigest } from './one-pin/plan-site.js';
import { type BumpSettings, siteSettings } from './plan.js';
import { type BumpProblem, failedProblem, inOrder, siteProblem, sourceProblem, untrackedProblem } from './problem.js';
import type { SiteSettings } from './site/site-settings.js';
import { trackPin } from './site/tracked-pin.js';
import { heldMessage } from './tag/cooldown.js';
import { newestTag, withWantedTag } from './tag/wanted-tag.js';

/** A pin with the tags that it has, should have, and could have. */
export interface PinAge {
  readonly pin: ListedPin;
  /** Null when nothing says which tag it has. */
  readonly current: string | null;
  /** The tag that its rule leads to; its own tag without a rule. */
  readonly wanted: string | null;
  /** The newest tag of the same kind, whatever the rule allows. */
  readonly newest: string | null;
  /** Whether the wanted tag has another digest than the pin. */
  readonly hasOtherDigest: boolean;
  /** An image that is too new for it. */
  readonly held: { readonly message: string; readonly free: string } | undefined;
}

/** The ages of pins, and why those of others are not known. */
export interface PinAges {
  readonly ages: readonly PinAge[];
  readonly problems: readonly BumpProblem[];
}

/** How many pins are looked up at the same time. */
const AT_ONCE = 32;

/** Looks up how old the pins of some files are. Frozen pins are left out. Throws a UsageError for a setting that makes no sense. */
export async function findAges(
  pinFiles: PinFiles,
  settings: Omit<BumpSettings, 'mode' | 'keep' | 'systems'>,
): Promise<PinAges> {
  const { temporaryFolder = fromProcess().temporaryFolder } = settings;
  const lookUps = new LookUps({ ...settings, temporaryFolder });
  const forSites = siteSettings(pinFiles, { ...settings, mode: 'digests' });
  const { isWanted, isWantedFile } = createSelector(pinFiles, settings);
  const found = findInFiles(pinFiles);
  const sites = found.sites.filter(isWanted);
  const settled = await settleInOrder(sites, AT_ONCE, (site) => ageOf(site, lookUps, forSites));
  const failed = settled.flatMap((each, at) => {
    const site = sites[at];
    if (!site) return [];
    if (each.status === 'rejected') return [failedProblem(site, each.reason)];
    if (typeof each.value === 'string') return each.value === 'untracked' ? [untrackedProblem(site)] : [];
    return each.value.held ? [siteProblem(site, { code: 'cooldown', ...each.value.held })] : [];
  });
  const inSources = found.problems.filter(({ file }) => isWantedFile(file)).map(sourceProblem);
  const ages = settled.flatMap((each) =>
    each.status === 'fulfilled' && typeof each.value !== 'string' ? [each.value] : [],
  );
  return { ages, problems: inOrder([...inSources, ...failed]) };
}

async function ageOf(
  site: PinSite,
  lookUps: LookUps,
  settings: SiteSettings,
): Promise<PinAge | 'frozen' | 'untracked'> {
  const tracked = trackPin(site, lookUps, settings);
  if (typeof tracked === 'string') return tracked;
  const pin = await withWantedTag(tracked);
  const newest = await newestTag(tracked);
  const { digest } = await wantedDigest(pin);
  return {
    pin: toListedPin(site, settings.assumeTag),
    current: pin.follows?.tag ?? null,
    wanted: pin.wantedTag ?? pin.follows?.tag ?? null,
    newest: newest ?? null,
    hasOtherDigest: digest !== site.imageDigest.text,
    held: pin.held && { message: heldMessage(pin.held), free: pin.held.free },
  };
}
