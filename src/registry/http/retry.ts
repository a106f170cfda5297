import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError } from './connection-error.js';
import { retryTime } from './errors.js';
import { type HttpHead, shownUrl } from './http.js';
import { DEFAULT_RETRY } from './limits.js';
import type { RegistrySettings } from './settings.js';

/** Repeats what failed for a reason that passes. */
export interface Retry {
  /**
   * Repeats an exchange while it breaks or is answered by a status that passes, with growing pauses, or after as long as the server asks
   * for. Gives back the last answer, throws the last error.
   */
  exchange<T extends HttpHead>(url: URL, attempt: () => Promise<T>, retries?: number): Promise<T>;
  /** Waits before repetition `count`, from 1. Returns false, at once, when there may be no more. */
  pause(url: URL, count: number, reason: string): Promise<boolean>;
}

/** 501 and 505 say that the server will never know how. */
const LASTING: ReadonlySet<number> = new Set([501, 505]);
const LONGEST_PAUSE = 20_000;

export function createRetry(
  settings: Pick<RegistrySettings, 'retry' | 'signal' | 'log'>,
  random: () => number = Math.random,
): Retry {
  const { retries: allowed, pause: first, longestWait } = { ...DEFAULT_RETRY, ...settings.retry };
  const { signal, log } = settings;

  const wait = async (url: URL, count: number, reason: string, atLeast = 0): Promise<void> => {
    const grown = Math.min(first * 2 ** (count - 1), LONGEST_PAUSE);
    const milliseconds = Math.round(Math.max(grown * (0.5 + random() / 2), atLeast));
    log?.({ type: 'retry', url: shownUrl(url), reason, milliseconds, attempt: count });
    await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  };

  return {
    async exchange(url, attempt, retries = allowed) {
      for (let count = 1; count <= retries; count += 1) {
        const outcome = await settled(attempt);
        if ('error' in outcome) {
          if (!(outcome.error instanceof ConnectionError && outcome.error.passes)) throw outcome.error;
          await wait(url, count, outcome.error.message);
          continue;
        }
        const { answer } = outcome;
        const asked = askedWait(answer);
        if (!passes(answer) || (asked !== undefined && asked > longestWait) || isExhausted(answer)) return answer;
        await wait(url, count, `status ${answer.status}`, asked);
      }
      return attempt();
    },
    async pause(url, count, reason) {
      if (count > allowed) return false;
      await wait(url, count, reason);
      return true;
    },
  };
}

async function settled<T>(attempt: () => Promise<T>): Promise<{ readonly answer: T } | { readonly error: unknown }> {
  try {
    return { answer: await attempt() };
  } catch (error) {
    return { error };
  }
}

function passes({ status }: HttpHead): boolean {
  return status === 408 || status === 429 || (status >= 500 && !LASTING.has(status));
}

function askedWait(answer: HttpHead): number | undefined {
  const time = retryTime(answer);
  return time && time.getTime() - Date.now();
}

/** Nothing is left of a quota whose window is hours long, as Docker Hub's is: asking again would only annoy. */
function isExhausted(answer: HttpHead): boolean {
  return retryTime(answer) === undefined && /^0*(;|$)/.test(answer.headers.get('ratelimit-remaining') ?? 'unknown');
}
