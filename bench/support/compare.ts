import { rmSync } from 'node:fs';
import type { Contest, Side, Situation } from './contest.js';
import { layerDigests } from './image-layout.js';
import { type Cost, measuredRun } from './measured-run.js';
import type { Place } from './place.js';
import type { RequestLog } from './request-log.js';
import { type Spread, spreadOf } from './statistics.js';
import { openTokenGate } from './token-gate.js';
import { openWire, type Wire } from './wire.js';

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
  const gate = contest.isGuarded ? await openTokenGate(place.registry.host) : undefined;
  const direct = gate?.host ?? place.registry.host;
  const wire = await openWire({ target: direct, ...contest.wire });
  try {
    const theirLog = await watchedRun(contest.theirs, wire, place);
    const ourLog = await watchedRun(contest.ours, wire, place);
    if (theirLog.answer !== ourLog.answer) {
      throw new Error(`${contest.id}: ${theirLog.answer} by ${contest.theirs.name}, ${ourLog.answer} by us`);
    }
    const host = contest.wire ? wire.host : direct;
    const theirRuns: Run[] = [];
    const ourRuns: Run[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      theirRuns.push(await runOnce(contest.theirs, host, place));
      ourRuns.push(await runOnce(contest.ours, host, place));
    }
    const layers = new Set(contest.layersOf ? layerDigests(place.layout(contest.layersOf)) : []);
    const ratioOf = (value: (run: Run) => number): Spread =>
      spreadOf(ourRuns.map((ours, index) => value(ours) / value(theirRuns[index] ?? ours)));
    return {
      contest,
      theirs: sideResult(theirRuns, theirLog.requests, layers),
      ours: sideResult(ourRuns, ourLog.requests, layers),
      ratio: ratioOf(({ wall }) => wall),
      cpuRatio: ratioOf(({ cpu }) => cpu),
      ratioWithoutRegistry: ratioOf(({ wall, registryCpu }) => wall - registryCpu),
    };
  } finally {
    await wire.close();
    await gate?.close();
  }
}

async function watchedRun(side: Side, wire: Wire, place: Place) {
  let requests = wire.watch();
  const { stdout } = await runOnce(side, wire.host, place, () => {
    requests = wire.watch();
  });
  wire.watch();
  return { requests, answer: side.answer?.(stdout) };
}

async function runOnce(side: Side, host: string, place: Place, begin?: () => void): Promise<Run> {
  const situation: Situation = { place, host, environment: place.environment() };
  await side.prepare?.(situation);
  begin?.();
  const before = place.registry.cpuSeconds();
  const options = { env: situation.environment, cwd: situation.environment.TMPDIR };
  const cost = await measuredRun(side.command(situation), place.folder, options);
  rmSync(situation.environment.TMPDIR, { recursive: true, force: true });
  return { ...cost, registryCpu: place.registry.cpuSeconds() - before };
}

function sideResult(runs: readonly Run[], log: RequestLog, layers: ReadonlySet<string>): SideResult {
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
