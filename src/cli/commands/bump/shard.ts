import { checkShard, type Shard } from '../../../bump/shards/shard.js';
import { printable, UsageError } from '../../../errors.js';
import type { RegistryOptionSettings } from '../../options/registries.js';
import type { Context } from '../../terminal/context.js';

/** The variables by which a CI numbers the jobs that run in parallel. */
interface Numbering {
  readonly ci: string;
  readonly index: string;
  readonly count: string;
  /** The index of the first job. */
  readonly first: 0 | 1;
}

// As their manuals say, November 2026. GitHub has no such variables.
const NUMBERINGS: readonly Numbering[] = [
  { ci: 'GitLab', index: 'CI_NODE_INDEX', count: 'CI_NODE_TOTAL', first: 1 },
  { ci: 'CircleCI', index: 'CIRCLE_NODE_INDEX', count: 'CIRCLE_NODE_TOTAL', first: 0 },
  { ci: 'Buildkite', index: 'BUILDKITE_PARALLEL_JOB', count: 'BUILDKITE_PARALLEL_JOB_COUNT', first: 0 },
  { ci: 'Semaphore', index: 'SEMAPHORE_JOB_INDEX', count: 'SEMAPHORE_JOB_COUNT', first: 1 },
  { ci: 'Bitbucket', index: 'BITBUCKET_PARALLEL_STEP', count: 'BITBUCKET_PARALLEL_STEP_COUNT', first: 0 },
  { ci: 'Azure', index: 'SYSTEM_JOBPOSITIONINPHASE', count: 'SYSTEM_TOTALJOBSINPHASE', first: 1 },
];

/**
 * The shard of a run. Throws a UsageError where the variables of the CI should say it and do not: a machine that then did all the work, or none, would
 * look like one that did its part.
 */
export function shardOf(
  shard: Shard | 'auto' | undefined,
  { environment }: Pick<Context, 'environment'>,
): Shard | undefined {
  if (shard !== 'auto') return shard;
  const known = NUMBERINGS.filter(({ index, count }) => isSet(environment[index]) && isSet(environment[count]));
  const [one, ...others] = known.map((numbering) => ({ numbering, shard: numbered(numbering, environment) }));
  if (!one) throw new UsageError(unsetMessage(environment));
  const other = others.find(({ shard: { index, count } }) => index !== one.shard.index || count !== one.shard.count);
  if (other)
    throw new UsageError(
      `--shard auto: ${one.numbering.index} and ${other.numbering.index} say different shards: write --shard K/N`,
    );
  return one.shard;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function numbered({ ci, index, count, first }: Numbering, environment: Context['environment']): Shard {
  const [at = '', of = ''] = [environment[index], environment[count]];
  const shard = { index: whole(at) + 1 - first, count: whole(of) };
  try {
    checkShard(shard);
    return shard;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `--shard auto: ${index} is '${printable(at, 40)}' and ${count} is '${printable(of, 40)}', which ${ci} does not set so: write --shard K/N`,
    );
  }
}

function whole(text: string): number {
  return /^[0-9]{1,4}$/.test(text) ? Number(text) : Number.NaN;
}

function unsetMessage(environment: Context['environment']): string {
  const half = NUMBERINGS.find(({ index, count }) => isSet(environment[count]) || isSet(environment[index]));
  const names = NUMBERINGS.map(({ index, count }) => `${index} and ${count}`).join(', ');
  const what = half
    ? `${isSet(environment[half.index]) ? half.count : half.index} is not set, so this job is not one of several`
    : `this CI has set none of ${names}`;
  return `--shard auto: ${what}: write --shard K/N, or let the CI run the job in parallel (docs/fleet.md)`;
}

/** The settings with the part of this shard of the requests that all shards together may send. */
export function sharedPace(settings: RegistryOptionSettings, shard: Shard | undefined): RegistryOptionSettings {
  const { maxRequestsPerMinute: all } = settings;
  return all === undefined || !shard ? settings : { ...settings, maxRequestsPerMinute: all / shard.count };
}
