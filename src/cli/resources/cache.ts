import { isAbsolute, join } from 'node:path';
import { Cache } from '../../cache/cache.js';
import type { ChallengeCache } from '../../registry/client.js';
import type { CacheSettings } from '../options/registries.js';
import type { Context } from '../terminal/context.js';
import type { Report } from '../terminal/report.js';

/** The folder in which pullpin keeps what it found out, by the XDG base directory specification. */
export function cacheFolder({ environment, home }: Context): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base && isAbsolute(base) ? base : join(home, '.cache'), 'pullpin');
}

/** What earlier runs found out, unless the user wants none of it. Opened once in a run: each cache counts its own writes. */
export function openCache(
  { isUsed, keepsAllStates }: CacheSettings,
  context: Context,
  report: Report,
): Cache | undefined {
  const folder = cacheFolder(context);
  const onUnusable = (reason: string): void =>
    report.warning(`the cache folder ${folder} is not used, because ${reason}: fix it, or run with --no-cache`);
  return isUsed ? new Cache(folder, { uid: context.uid, keepsAllStates, onUnusable }) : undefined;
}

/** What registries asked for in earlier runs: a new process then need not be refused first. */
export function challengeCache(cache: Cache): ChallengeCache {
  return {
    get: (host) => {
      const entry = cache.get('challenge', host);
      return entry && Buffer.from(entry).toString('utf8');
    },
    set: (host, challenge) => cache.set('challenge', host, challenge),
  };
}
