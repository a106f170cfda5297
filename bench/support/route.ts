import type { Contest } from './contest.js';
import type { Place } from './place.js';
import type { RequestLog } from './request-log.js';
import { openTlsSite } from './tls-site.js';
import { openTokenGate } from './token-gate.js';
import { openWire } from './wire.js';

/** How the programs of a contest reach the registry. */
export interface Route {
  /** `host:port` for runs that are timed. */
  readonly host: string;
  /** The same for runs whose requests are counted. */
  readonly watchedHost: string;
  /** The PEM file that clients must trust; undefined where the registry speaks plain HTTP. */
  readonly bundle: string | undefined;
  /** Starts a new log of the requests from now on. */
  watch(): RequestLog;
  close(): Promise<void>;
}

/** Opens the route of a contest. @param roundTrip replaces that of the contest, in milliseconds */
export function openRoute(contest: Contest, place: Place, roundTrip = contest.wire?.roundTrip ?? 0): Promise<Route> {
  return contest.isTls ? overTls(contest, place, roundTrip) : overPlainHttp(contest, place, roundTrip);
}

async function overTls({ wire }: Contest, place: Place, roundTrip: number): Promise<Route> {
  const site = await openTlsSite(place.registry.host, place.folder, { ...wire, roundTrip });
  return {
    host: site.host,
    watchedHost: site.host,
    bundle: site.bundle,
    watch: () => site.watch(),
    close: () => site.close(),
  };
}

async function overPlainHttp(contest: Contest, place: Place, roundTrip: number): Promise<Route> {
  const gate = contest.isGuarded ? await openTokenGate(place.registry.host) : undefined;
  const direct = gate?.host ?? place.registry.host;
  const wire = await openWire({ target: direct, ...contest.wire, roundTrip });
  return {
    host: contest.wire ? wire.host : direct,
    watchedHost: wire.host,
    bundle: undefined,
    watch: () => wire.watch(),
    async close() {
      await wire.close();
      await gate?.close();
    },
  };
}
