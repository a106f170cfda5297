import { isDeepStrictEqual } from 'node:util';
import { type FailureKind, firstOf, PullpinError, printable } from '../../errors.js';
import type { BumpPlan } from '../bump-plan.js';
import type { PinChange, PinnedValues } from '../one-pin/pin-change.js';
import { type BumpProblem, inOrder } from '../problem.js';
import type { PlanFile } from './plan-schema.js';
import { type NamedPlan, PlanError } from './read-plan.js';

/** What several machines have planned together. */
export interface JoinedPlan extends Pick<PlanFile, 'words' | 'options' | 'files'>, Omit<BumpPlan, 'files'> {}

/**
 * The plans of all shards of one bump as one, in the order of one machine. Throws a PlanError when a shard is missing or is there twice, and when
 * the plans were not made with the same options from the same files.
 */
export function joinPlans(plans: readonly NamedPlan[]): JoinedPlan {
  const [first] = plans;
  if (!first) throw new TypeError('there is a plan');
  for (const each of plans) checkSame(first, each);
  checkShards(plans);
  const { words, options, files, counts } = first.plan;
  const sum = (key: keyof BumpPlan['counts']): number => plans.reduce((total, { plan }) => total + plan.counts[key], 0);
  const order = new Map(files.map(({ path }, at) => [path, at]));
  const changes = distinct(plans.flatMap(({ plan }) => plan.changes.map(toChange)));
  return {
    words,
    options,
    files,
    changes: changes.toSorted(
      (a, b) =>
        (order.get(a.pin.file) ?? 0) - (order.get(b.pin.file) ?? 0) ||
        a.pin.line - b.pin.line ||
        a.pin.column - b.pin.column,
    ),
    problems: inOrder(plans.flatMap(({ plan }) => plan.problems.map(withError))),
    counts: {
      ...counts,
      ...Object.fromEntries(Object.keys(counts).map((key) => [key, sum(key as keyof typeof counts)])),
    },
  };
}

/** A change that plans say twice is made once, and counts once. */
function distinct(changes: readonly PinChange[]): PinChange[] {
  const keyOf = ({ pin: { file, line, column, systems: of }, systems, edits }: PinChange) =>
    JSON.stringify([
      file,
      line,
      column,
      of,
      systems,
      edits.map(({ file, start, end, text }) => [file, start, end, text]),
    ]);
  return [...new Map(changes.map((change) => [keyOf(change), change])).values()];
}

function toChange({ from, to, ...change }: PlanFile['changes'][number]): PinChange {
  return { ...change, platformAssumed: change.platformAssumed, from: toValues(from), to: toValues(to) };
}

function toValues({ tag, digest, hash, version, image }: PlanFile['changes'][number]['from']): PinnedValues {
  const { created, size = 0, base, source, revision } = image ?? {};
  return { tag, digest, hash, version, image: image && { created, size, base, source, revision } };
}

function checkSame(first: NamedPlan, other: NamedPlan): void {
  const both = `${first.name} and ${other.name}`;
  const [one, two] = [first.plan, other.plan];
  if (one.shard.count !== two.shard.count)
    throw new PlanError(
      `${both} are of ${one.shard.count} and of ${two.shard.count} shards: a bump has one number of shards`,
    );
  if (!isDeepStrictEqual(one.words, two.words))
    throw new PlanError(`${both} were made with other words on the command line: run all shards with the same`);
  const names = new Set([...Object.keys(one.options), ...Object.keys(two.options)]);
  const differing = [...names].find((name) => !isDeepStrictEqual(one.options[name], two.options[name]));
  if (differing !== undefined)
    throw new PlanError(`${both} were made with other values of --${differing}: run all shards with the same options`);
  const digests = new Map(one.files.map(({ path, digest }) => [path, digest]));
  const changed = two.files.find(({ path, digest }) => digests.get(path) !== digest);
  if (changed || one.files.length !== two.files.length)
    throw new PlanError(
      `${both} were made of other files${changed ? `, such as ${printable(changed.path)}` : ''}: run all shards on one commit`,
    );
}

function checkShards(plans: readonly NamedPlan[]): void {
  const known = new Map<number, string>();
  for (const { name, plan } of plans) {
    const same = known.get(plan.shard.index);
    const text = `${plan.shard.index}/${plan.shard.count}`;
    if (same !== undefined) throw new PlanError(`${same} and ${name} are both of shard ${text}: name one of them`);
    known.set(plan.shard.index, name);
  }
  const count = plans[0]?.plan.shard.count ?? 0;
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !known.has(index));
  if (missing.length === 0) return;
  const list = firstOf(
    missing.map((index) => `${index}/${count}`),
    MOST_NAMED,
  );
  throw new PlanError(
    `the plans of ${missing.length === 1 ? 'shard' : 'shards'} ${list} are missing, so nothing was written: name all plans of the bump`,
  );
}

const MOST_NAMED = 20;

/** A failure on another machine. */
class PlannedFailure extends PullpinError {
  constructor(
    message: string,
    override readonly kind: FailureKind,
  ) {
    super(message);
  }
}

const KINDS: readonly string[] = ['usage', 'authentication', 'not-found', 'rate-limited'] satisfies FailureKind[];

/** The failure of a look-up has its kind as its code, and decides the exit code. */
function withError(problem: PlanFile['problems'][number]): BumpProblem {
  if (problem.severity !== 'failure' || !KINDS.includes(problem.code)) return problem;
  return { ...problem, error: new PlannedFailure(problem.message, problem.code as FailureKind) };
}
