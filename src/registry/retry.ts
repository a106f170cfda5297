import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError } from './connection-error.js';
import { retryTime } from './errors.js';
import { type HttpHead, shownUrl } from './http.js';
import { DEFAULT_RETRY, type RegistrySettings } from './settings.js';

/** Repeats what failed for a reason that passes. */
export interface Retry {
  /**
   * Repeats an exchange while it breaks or is answered by a status that passes, with growing pauses, or as long as the server asks for.
   * Gives back the last answer, throws the last error.
   */
  exchange<T extends HttpHead>(url: URL, attempt: () => Promise<T>, retries?: number): Promise<T>;
  /** Waits before repetition `attempt`, counted from 1. Returns false, at once, when there may be no more. */
  pause(url: URL, attempt: number, reason: string, atLeast?: number): Promise<boolean>;
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

  const wait = async (url: URL, attempt: number, reason: string, atLeast: number): Promise<void> => {
    const grown = Math.min(first * 2 ** (attempt - 1), LONGEST_PAUSE);
    const milliseconds = Math.round(Math.max(grown * (0.5 + random() / 2), atLeast));
    log?.({ type: 'retry', url: shownUrl(url), reason, milliseconds, attempt });
    await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  };

  return {
    async exchange(url, attempt, retries = allowed) {
      for (let count = 1; ; count += 1) {
        const isLast = count > retries;
        let reason: string;
        let atLeast = 0;
        try {
          const answer = await attempt();
          if (isLast || !passes(answer)) return answer;
          const asked = retryTime(answer);
          atLeast = asked ? asked.getTime() - Date.now() : 0;
          // Its window is hours long: asking again only annoys.
          const isExhausted = !asked && /^0*(;|$)/.test(answer.headers.get('ratelimit-remaining') ?? '1');
          if (atLeast > longestWait || isExhausted) return answer;
          reason = `status ${answer.status}`;
        } catch (error) {
          if (isLast || !(error instanceof ConnectionError && error.passes)) throw error;
          reason = error.message;
        }
        await wait(url, count, reason, atLeast);
      }
    },
    async pause(url, attempt, reason, atLeast = 0) {
      if (attempt > allowed) return false;
      await wait(url, attempt, reason, atLeast);
      return true;
    },
  };
}

function passes({ status }: HttpHead): boolean {
  return status === 408 || status === 429 || (status >= 500 && !LASTING.has(status));
}
