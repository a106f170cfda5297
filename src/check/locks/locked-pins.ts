import { PullpinError, UsageError } from '../../errors.js';
import type { PinFiles } from '../../list/pin-files.js';
import { type LockPaths, lockPaths, type OpenedLock, openLock } from '../../lock/lock-files.js';
import { fromProcess } from '../../machine/machine.js';
import type { Location, PinSite } from '../../nix/find/pin-site.js';
import type { LookUps } from '../../pin/look-ups.js';
import { type Finding, findingIn } from '../findings/finding.js';
import type { PinResult } from '../one-pin/check-pin.js';
import type { CheckedPinSettings } from '../one-pin/checked-pin.js';
import { checkLocked } from './check-locked.js';
import { lockedSite } from './locked-site.js';
import { placesIn } from './places.js';
import { staleFindings } from './stale.js';

/** What `pullpin lock` keeps in some files. */
export interface LockedPins {
  /** One for each image and system. */
  readonly pins: readonly {
    readonly site: PinSite;
    check(all: LookUps, settings: CheckedPinSettings): Promise<PinResult>;
  }[];
  /** What is wrong with the files themselves. */
  readonly findings: readonly Finding[];
}

/** Reads the locks among some files. A lock that cannot be read is a finding. */
export async function openLockedPins({ locks = [], folder = fromProcess().folder }: PinFiles): Promise<LockedPins> {
  const names = [...new Set(locks.map((path) => path.replace(/(?:\.lock\.json|\.nix)$/, '.toml')))];
  const found = await Promise.all(names.map((name) => openLocked(name, folder)));
  return { pins: found.flatMap(({ pins }) => pins), findings: found.flatMap(({ findings }) => findings) };
}

async function openLocked(name: string, folder: string): Promise<LockedPins> {
  if (!name.endsWith('.toml'))
    return {
      pins: [],
      findings: [findingIn(topOf(name), 'unrecognised', 'a lock under another name, which is not checked')],
    };
  const paths = await lockPaths(name, folder);
  try {
    const opened = await openLock(paths, true);
    const placeOf = placesIn(opened.texts.lock ?? '', paths.lock);
    return { pins: pinsOf(opened, placeOf), findings: staleFindings(opened, placeOf) };
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    return { pins: [], findings: [unreadable(paths, error)] };
  }
}

function pinsOf({ paths, entries, lock }: OpenedLock, placeOf: (name: string) => Location): LockedPins['pins'] {
  return [...lock].flatMap(([name, image]) =>
    Object.entries(image.systems).map(([system, locked]) => {
      const site = lockedSite(image, system, locked, placeOf(name));
      const pin = { site, name, image, paths, entry: entries.get(name) };
      return { site, check: (all, settings) => checkLocked(pin, all, settings) };
    }),
  );
}

/** A mistake in images.toml has its line in front of the message. */
function unreadable(paths: LockPaths, error: PullpinError): Finding {
  const [, file, line, message] = /^(\S+):(\d+): (.*)$/s.exec(error.message) ?? [];
  if (error instanceof UsageError && file === paths.images && message !== undefined)
    return findingIn({ file, line: Number(line), column: 1 }, 'unreadable', message);
  return findingIn(topOf(error instanceof UsageError ? paths.images : paths.lock), 'unreadable', error.message);
}

function topOf(file: string) {
  return { file, line: 1, column: 1 };
}
