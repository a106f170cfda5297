import { PullpinError, printable } from '../../errors.js';
import { PLAN_GENERATOR, PLAN_VERSION } from '../../list/open/of-plan.js';
import type { PinFiles } from '../../list/pin-files.js';
import { digestOf } from '../../oci/verified.js';
import type { BumpPlan } from '../bump-plan.js';
import type { Shard } from '../shards/shard.js';
import { isPlanPath, type PlanFile } from './plan-schema.js';

/** How a plan was made. */
export interface PlanOrigin {
  /** The version of pullpin. */
  readonly pullpin: string;
  readonly shard: Shard | undefined;
  readonly words: readonly string[];
  readonly options: PlanFile['options'];
}

/** A plan cannot name a file. */
export class PlanPathError extends PullpinError {}

/**
 * A plan as a file that another machine can carry out (docs/fleet.md). Throws a PlanPathError when a file is not below the folder of the run, for another
 * machine would not have it in the same place, and for a name with control characters.
 */
export function printPlan(plan: BumpPlan, { files }: PinFiles, origin: PlanOrigin): string {
  const texts = new Map([
    ...files.map(({ path, text }) => [path, text] as const),
    ...plan.files.map(({ path, before }) => [path, before] as const),
  ]);
  const outside = [...texts.keys()].find((path) => path.startsWith('/'));
  if (outside !== undefined)
    throw new PlanPathError(
      `${printable(outside)} is not below this folder, and a plan is for another machine: run pullpin in a folder that has all files`,
    );
  const odd = [...texts.keys()].find((path) => !isPlanPath(path));
  if (odd !== undefined)
    throw new PlanPathError(`${printable(odd, 200)} has a name that no plan can have: rename it, or ignore it in git`);
  const file: PlanFile = {
    generator: PLAN_GENERATOR,
    version: PLAN_VERSION,
    pullpin: origin.pullpin,
    shard: origin.shard ?? { index: 1, count: 1 },
    words: [...origin.words],
    options: origin.options,
    files: Array.from(texts, ([path, text]) => ({ path, digest: digestOf(text) })),
    changes: plan.changes.map(plainChange),
    problems: plan.problems.map(({ error: _, ...problem }) => problem),
    counts: plan.counts,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

function plainChange({ edits, ...change }: BumpPlan['changes'][number]): PlanFile['changes'][number] {
  const plain = structuredClone(change) as Omit<PlanFile['changes'][number], 'edits'>;
  return { ...plain, edits: edits.map(({ file, start, end, text }) => ({ file, start, end, text })) };
}
