import { setTimeout as sleep } from 'node:timers/promises';
import { readBody, readErrorText } from './body.js';
import { ConnectionError } from './connection-error.js';
import type { RegistryEvent } from './events.js';
import {
  type HttpAnswer,
  type HttpHead,
  type HttpRequest,
  type HttpResponse,
  isSuccess,
  type Send,
  shownUrl,
} from './http.js';
import { DEFAULT_TIME_LIMITS } from './limits.js';
import { retryTime } from './refusal.js';

/** How often, and after which pauses, a request is repeated that failed for a temporary reason. */
export interface RetrySettings {
  /** Repetitions, without the first attempt. */
  readonly retries: number;
  /** The first pause, in milliseconds; it doubles each time, and up to half of it is left to chance. */
  readonly pause: number;
  /** The longest Retry-After that is waited for, in milliseconds. */
  readonly longestWait: number;
}

export interface RetryOptions {
  readonly retry?: Partial<RetrySettings> | undefined;
  /** For reading the whole of a small answer, in milliseconds. */
  readonly readingTime?: number | undefined;
  /** Ends every pause. */
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((event: RegistryEvent) => void) | undefined;
}

/** A body to read, or the text of an error. */
export type OpenedResponse = HttpResponse & { readonly errorText?: string };

const DEFAULT_RETRY: RetrySettings = { retries: 4, pause: 500, longestWait: 60_000 };

/** 501 and 505 mean that the server does not support the request, so a repetition would not help. */
const LASTING: ReadonlySet<number> = new Set([501, 505]);
const LONGEST_PAUSE = 20_000;

/**
 * Repeats exchanges while they fail or get a status for a temporary problem, with growing pauses, or with the pause that the server asks for.
 * Returns the last answer, or throws the last error.
 */
export class Retry {
  private readonly settings: RetrySettings;

  constructor(
    private readonly options: RetryOptions,
    private readonly random: () => number = Math.random,
  ) {
    this.settings = { ...DEFAULT_RETRY, ...options.retry };
  }

  /** The same, with at most this many repetitions. */
  atMost(retries: number): Retry {
    const retry = { ...this.settings, retries: Math.min(retries, this.settings.retries) };
    return new Retry({ ...this.options, retry }, this.random);
  }

  /** An exchange whose answer is small: it is read whole, at most `limit` bytes of it. */
  ask(send: Send, request: HttpRequest, limit: number): Promise<HttpAnswer> {
    const { readingTime = DEFAULT_TIME_LIMITS.small } = this.options;
    return this.exchange(request, async () => {
      const response = await send(request);
      const bytes = isSuccess(response)
        ? await readBody(response, limit, readingTime)
        : Buffer.from(await readErrorText(response));
      return { ...response, bytes };
    });
  }

  /** An exchange whose answer is streamed; repeated until it begins well. The body of an error is read already. */
  open(send: Send, request: HttpRequest): Promise<OpenedResponse> {
    return this.exchange(request, async () => {
      const response = await send(request);
      return isSuccess(response) ? response : { ...response, errorText: await readErrorText(response) };
    });
  }

  /** Waits before repetition `count`, from 1. Returns false, at once, when there may be no more. */
  async pause(url: URL, count: number, reason: string): Promise<boolean> {
    if (count > this.settings.retries) return false;
    await this.wait(url, count, reason);
    return true;
  }

  private async exchange<T extends HttpHead>({ method, url }: HttpRequest, attempt: () => Promise<T>): Promise<T> {
    for (let count = 1; count <= this.settings.retries; count += 1) {
      const outcome = await settled(attempt);
      if ('error' in outcome) {
        if (!(outcome.error instanceof ConnectionError && outcome.error.isTemporary)) throw outcome.error;
        await this.wait(url, count, outcome.error.message);
        continue;
      }
      const { answer } = outcome;
      const asked = askedWait(answer);
      const isTooLong = asked !== undefined && asked > this.settings.longestWait;
      // Some servers fail at every HEAD: more repetitions are left to the GET that follows.
      const isFailedHead = method === 'HEAD' && answer.status >= 500 && count > 1;
      if (!isTemporary(answer) || isTooLong || isExhausted(answer) || isFailedHead) return answer;
      await this.wait(url, count, `status ${answer.status}`, asked);
    }
    return attempt();
  }

  private async wait(url: URL, count: number, reason: string, atLeast = 0): Promise<void> {
    const { signal, log } = this.options;
    const grown = Math.min(this.settings.pause * 2 ** (count - 1), LONGEST_PAUSE);
    const milliseconds = Math.round(Math.max(grown * (0.5 + this.random() / 2), atLeast));
    log?.({ type: 'retry', url: shownUrl(url), reason, milliseconds, attempt: count });
    await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  }
}

async function settled<T>(attempt: () => Promise<T>): Promise<{ readonly answer: T } | { readonly error: unknown }> {
  try {
    return { answer: await attempt() };
  } catch (error) {
    return { error };
  }
}

function isTemporary({ status }: HttpHead): boolean {
  return status === 408 || status === 429 || (status >= 500 && !LASTING.has(status));
}

function askedWait(answer: HttpHead): number | undefined {
  const time = retryTime(answer);
  return time && time.getTime() - Date.now();
}

/** Nothing is left of a quota whose window is hours long, as Docker Hub's is: asking again would not help. */
function isExhausted(answer: HttpHead): boolean {
  return retryTime(answer) === undefined && /^0*(;|$)/.test(answer.headers.get('ratelimit-remaining') ?? 'unknown');
}
