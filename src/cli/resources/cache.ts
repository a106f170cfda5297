import { isAbsolute, join } from 'node:path';
import { Cache } from '../../cache/cache.js';
import type { ChallengeCache } from '../../registry/client.js';
import type { Context } from '../terminal/context.js';

/** The folder in which pullpin keeps what it found out, by the XDG base directory specification. */
export function cacheFolder({ environment, home }: Context): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base && isAbsolute(base) ? base : join(home, '.cache'), 'pullpin');
}

export interface CacheOptions {
  readonly cache: boolean;
  readonly 'resume-cache'?: boolean | undefined;
}

/** The memory of earlier runs, unless the user wants none. */
export async function openCache(
  { cache, 'resume-cache': keepsAllStates = false }: CacheOptions,
  context: Context,
): Promise<Cache | undefined> {
  if (!cache) return undefined;
  return new Cache(cacheFolder(context), context.uid, keepsAllStates);
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
