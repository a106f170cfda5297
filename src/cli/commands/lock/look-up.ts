import type { LockEntry } from '../../../lock/entry.js';
import type { OpenedLock } from '../../../lock/lock-files.js';
import type { LockMode } from '../../../lock/lock-image.js';
import type { Lock } from '../../../lock/lock-schema.js';
import { type LockPlan, planLock } from '../../../lock/plan-lock.js';
import { formatRepository } from '../../../oci/reference.js';
import { createDownloadProgress } from '../../progress/progress.js';
import { openRegistries } from '../../resources/registries.js';
import { openSharingCache } from '../../resources/shared-cache.js';
import { signatureCheck } from '../../resources/signatures.js';
import type { Context } from '../../terminal/context.js';
import { Report } from '../../terminal/report.js';
import type { LockCommandSettings } from './options.js';

/** What a run of lock looks up. */
export interface LookUpRequest {
  readonly entries: readonly LockEntry[];
  readonly lock: Lock;
  readonly mode: LockMode;
  /** The registries that the command line names. */
  readonly registries?: readonly string[];
}

/** The entries that a run is about: those with these names, or all. */
export function entriesOf({ entries }: OpenedLock, names: readonly string[] | undefined): LockEntry[] {
  return [...entries.values()].filter(({ name }) => names?.includes(name) ?? true);
}

/** Opens the registries, looks the images up and closes the registries. Throws a PullpinError only for what concerns all images. */
export async function lookUpImages(
  { entries, lock, mode, registries: named = [] }: LookUpRequest,
  settings: LockCommandSettings,
  context: Context,
): Promise<{ readonly plan: LockPlan; readonly report: Report }> {
  const checkSignature = await signatureCheck(settings.signatures, context);
  const progress = createDownloadProgress(context, settings.loudness === 'normal', entries.length);
  const report = new Report(context, settings.loudness, () => progress.clear());
  const cache = await openSharingCache(settings, context, report);
  const registries = await openRegistries(settings.registries, { registries: named, cache, report }, context);
  try {
    const plan = await planLock(entries, lock, mode, {
      ...{ registries, cache, checkSignature, signal: context.signal },
      temporaryFolder: context.temporaryFolder,
      maxSpool: settings.downloads.maxSpool,
      onDownload: (image) => progress.image(image.name ?? formatRepository(image)),
    });
    return { plan, report };
  } finally {
    progress.stop();
    await registries.close();
  }
}
