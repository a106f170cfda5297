import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpHead, Wrapper } from './http.js';
import { retryTime } from './refusal.js';

/** The time, for tests that cannot wait for minutes. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

const CLOCK: Clock = {
  now: Date.now,
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  },
};

const MINUTE = 60_000;
/** A longer Retry-After is a failure of its request, and nothing waits for it. */
const LONGEST_WAIT = 60_000;

/**
 * Lets no more than so many requests go to a host in any minute, in the order in which they come; below 1, one in several minutes. After a 429 whose
 * Retry-After is at most a minute, all requests to that host wait, not only the refused one.
 *
 * @param perMinute more than 0; a part of a whole number where several machines share it
 */
export function createPace(perMinute: number, signal?: AbortSignal, clock: Clock = CLOCK): Wrapper {
  const hosts = new Map<string, HostPace>();
  return (next) => async (request) => {
    const { host } = request.url;
    const pace = hosts.get(host) ?? new HostPace(perMinute, signal, clock);
    hosts.set(host, pace);
    await pace.enter();
    const response = await next(request);
    pace.note(response);
    return response;
  };
}

/** The pace of the requests to one host. */
class HostPace {
  /** When the last requests were sent, as many as may be within one window. */
  private readonly sent: number[] = [];
  private readonly most: number;
  private readonly window: number;
  private free = 0;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    perMinute: number,
    private readonly signal: AbortSignal | undefined,
    private readonly clock: Clock,
  ) {
    this.most = Math.max(1, Math.floor(perMinute));
    this.window = (this.most * MINUTE) / perMinute;
  }

  /** Waits until one more request may be sent, behind those that came before. */
  enter(): Promise<void> {
    const own = this.turn.then(() => this.wait());
    this.turn = own.catch(() => undefined);
    return own;
  }

  note(response: HttpHead): void {
    const time = response.status === 429 ? retryTime(response, this.clock.now())?.getTime() : undefined;
    if (time !== undefined && time - this.clock.now() <= LONGEST_WAIT) this.free = Math.max(this.free, time);
  }

  private async wait(): Promise<void> {
    for (let left = this.left(); left > 0; left = this.left()) await this.clock.sleep(left, this.signal);
    this.signal?.throwIfAborted();
    if (this.sent.length >= this.most) this.sent.shift();
    this.sent.push(this.clock.now());
  }

  private left(): number {
    const [first = Number.NEGATIVE_INFINITY] = this.sent;
    const full = this.sent.length < this.most ? 0 : first + this.window;
    return Math.max(full, this.free) - this.clock.now();
  }
}
