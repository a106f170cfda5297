import { rmSync } from 'node:fs';
import type { Contest, Side, Situation } from './contest.js';
import { layerDigests } from './image-layout.js';
import { type Cost, measuredRun } from './measured-run.js';
import type { Place } from './place.js';
import type { RequestLog } from './request-log.js';
import { openRoute, type Route } from './route.js';
import { type Spread, spreadOf } from './statistics.js';

/** What one side's runs cost; seconds and bytes. */
export interface SideResult {
  readonly wall: Spread;
  readonly cpu: Spread;
  /** Processor time of docker-registry during the run. */
  readonly registryCpu: Spread;
  readonly resident: number;
  readonly written: number;
  readonly requests: number;
  readonly layerRequests: number;
  /** Requests of the longest chain in which each waited for the one before. */
  readonly sequential: number;
  /** How many round trips the program waited for; only over TLS. */
  readonly roundTrips: number | undefined;
}

export interface Comparison {
  readonly contest: Contest;
  readonly theirs: SideResult;
  readonly ours: SideResult;
  /** Ours over theirs, of runs next to each other. */
  readonly ratio: Spread;
  readonly cpuRatio: Spread;
  /** The same for wall time minus the processor time of docker-registry, which normally runs on another machine. */
  readonly ratioWithoutRegistry: Spread;
}

type Run = Cost & { readonly registryCpu: number };

/** Runs both sides in turn, after one pair that does not count: in it the requests are counted, and the answers compared. */
export async function compare(contest: Contest, pairs: number, place: Place): Promise<Comparison> {
  const route = await openRoute(contest, place);
  try {
    const theirLog = await watchedRun(contest.theirs, route, place);
    const ourLog = await watchedRun(contest.ours, route, place);
    if (theirLog.answer !== ourLog.answer) {
      throw new Error(`${contest.id}: ${theirLog.answer} by ${contest.theirs.name}, ${ourLog.answer} by us`);
    }
    const theirRuns: Run[] = [];
    const ourRuns: Run[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      theirRuns.push(await runOnce(contest.theirs, route, place));
      ourRuns.push(await runOnce(contest.ours, route, place));
    }
    const layers = new Set(contest.layersOf ? layerDigests(place.layout(contest.layersOf)) : []);
    const ratioOf = (value: (run: Run) => number): Spread =>
      spreadOf(ourRuns.map((ours, index) => value(ours) / value(theirRuns[index] ?? ours)));
    const [theirTrips, ourTrips] = contest.isTls ? await roundTrips(contest, place) : [];
    return {
      contest,
      theirs: { ...sideResult(theirRuns, theirLog.requests, layers), roundTrips: theirTrips },
      ours: { ...sideResult(ourRuns, ourLog.requests, layers), roundTrips: ourTrips },
      ratio: ratioOf(({ wall }) => wall),
      cpuRatio: ratioOf(({ cpu }) => cpu),
      ratioWithoutRegistry: ratioOf(({ wall, registryCpu }) => wall - registryCpu),
    };
  } finally {
    await route.close();
  }
}

/** Round trips in milliseconds at which a contest is run once more, to see how many of them it waits for. */
const NEAR = 25;
const FAR = 100;
const RUNS_FOR_THE_SLOPE = 3;

/** How many round trips each side waits for: by how much longer it takes at a longer distance. */
async function roundTrips(contest: Contest, place: Place): Promise<number[]> {
  const [near = [], far = []] = [await fastest(contest, place, NEAR), await fastest(contest, place, FAR)];
  return near.map((wall, side) => ((far[side] ?? wall) - wall) / ((FAR - NEAR) / 1000));
}

async function fastest(contest: Contest, place: Place, roundTrip: number): Promise<number[]> {
  const route = await openRoute(contest, place, roundTrip);
  try {
    const walls: number[] = [];
    for (const side of [contest.theirs, contest.ours]) {
      const runs: number[] = [];
      for (let count = 0; count < RUNS_FOR_THE_SLOPE; count += 1) runs.push((await runOnce(side, route, place)).wall);
      walls.push(Math.min(...runs));
    }
    return walls;
  } finally {
    await route.close();
  }
}

async function watchedRun(side: Side, route: Route, place: Place) {
  let requests = route.watch();
  const { stdout } = await runOnce(side, { ...route, host: route.watchedHost }, place, () => {
    requests = route.watch();
  });
  route.watch();
  return { requests, answer: side.answer?.(stdout) };
}

async function runOnce(side: Side, { host, bundle }: Route, place: Place, begin?: () => void): Promise<Run> {
  const own = place.environment();
  const environment = bundle === undefined ? own : { ...own, SSL_CERT_FILE: bundle };
  const situation: Situation = { place, host, environment, isTls: bundle !== undefined };
  await side.prepare?.(situation);
  begin?.();
  const before = place.registry.cpuSeconds();
  const options = { env: situation.environment, cwd: situation.environment.TMPDIR };
  const cost = await measuredRun(side.command(situation), place.folder, options);
  rmSync(situation.environment.TMPDIR, { recursive: true, force: true });
  return { ...cost, registryCpu: place.registry.cpuSeconds() - before };
}

function sideResult(
  runs: readonly Run[],
  log: RequestLog,
  layers: ReadonlySet<string>,
): Omit<SideResult, 'roundTrips'> {
  return {
    wall: spreadOf(runs.map(({ wall }) => wall)),
    cpu: spreadOf(runs.map(({ cpu }) => cpu)),
    registryCpu: spreadOf(runs.map(({ registryCpu }) => registryCpu)),
    resident: Math.max(...runs.map(({ resident }) => resident)),
    written: Math.max(...runs.map(({ written }) => written)),
    requests: log.requests.length,
    layerRequests: log.countOf(layers),
    sequential: log.sequential,
  };
}
