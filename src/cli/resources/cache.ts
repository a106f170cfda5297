import type { Cache } from '../../cache/cache.js';
import { cacheFolder, openCache } from '../../cache/open-cache.js';
import type { SharedAnswers } from '../../cache/shared-answers.js';
import type { CacheSettings } from '../options/registries.js';
import type { Context } from '../terminal/context.js';
import type { Report } from '../terminal/report.js';

/** Opens the cache unless the user switched it off. Open it once in a run, because each cache counts its own writes. */
export function openRunCache(
  { isUsed, keepsAllStates }: CacheSettings,
  context: Context,
  report: Report,
  shared?: SharedAnswers,
): Cache | undefined {
  const onUnusable = (reason: string): void =>
    report.warning(
      `the cache folder ${cacheFolder(context)} is not used, because ${reason}: fix it, or run with --no-cache`,
    );
  return isUsed ? openCache(context, { keepsAllStates, onUnusable, shared }) : undefined;
}
