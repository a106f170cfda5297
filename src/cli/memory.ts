import { isAbsolute, join } from 'node:path';
import type { Memory } from '../library/references.js';
import type { ChallengeMemory } from '../library/registries.js';
import type { Context } from './context.js';

/** The folder in which pullpin keeps what it found out, by the XDG base directory specification. */
export function cacheFolder({ environment, home }: Context): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base && isAbsolute(base) ? base : join(home, '.cache'), 'pullpin');
}

export interface MemoryOptions {
  readonly cache: boolean;
  readonly 'resume-cache'?: boolean | undefined;
}

/** The memory of earlier runs, unless the user wants none. */
export async function openMemory(
  { cache, 'resume-cache': isThorough = false }: MemoryOptions,
  context: Context,
): Promise<Memory | undefined> {
  if (!cache) return undefined;
  const { Memory } = await import('../library/references.js');
  return new Memory(cacheFolder(context), context.uid, isThorough);
}

/** What registries asked for in earlier runs: a new process then need not be refused first. */
export function challengeMemory(memory: Memory): ChallengeMemory {
  return {
    get: (host) => {
      const entry = memory.get('challenge', host);
      return entry && Buffer.from(entry).toString('utf8');
    },
    set: (host, challenge) => memory.set('challenge', host, challenge),
  };
}
