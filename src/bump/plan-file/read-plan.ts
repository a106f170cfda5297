import * as v from 'valibot';
import { PullpinError, printable } from '../../errors.js';
import { PLAN_GENERATOR, PLAN_VERSION } from '../../list/open/of-plan.js';
import { PLAN_SCHEMA, type PlanFile } from './plan-schema.js';

/** A plan cannot be carried out; the message names its file. */
export class PlanError extends PullpinError {}

/** A plan, and the name of its file for messages. */
export interface NamedPlan {
  readonly name: string;
  readonly plan: PlanFile;
}

/**
 * Reads a plan. Nothing in it is trusted: all texts are bounded, and no path leads out of the folder. Throws a PlanError.
 *
 * @param pullpin the version of this pullpin: another one might find other pins in the same files
 */
export function readPlan(text: string, file: string, pullpin: string): NamedPlan {
  const name = printable(file, 200);
  const value = parsed(text, name);
  const version = member(value, 'version');
  if (typeof version !== 'number' || member(value, 'generator') !== PLAN_GENERATOR)
    throw new PlanError(`${name} is not a plan: pullpin bump --plan FILE writes one`);
  if (version !== PLAN_VERSION)
    throw new PlanError(
      `${name} has version ${version} of plans, and this pullpin knows version ${PLAN_VERSION}: use the pullpin that made it`,
    );
  const maker = member(value, 'pullpin');
  if (maker !== pullpin)
    throw new PlanError(
      `${name} was made by pullpin ${printable(String(maker), 40)}, and this is ${pullpin}: use one version for all shards and for --apply`,
    );
  const checked = v.safeParse(PLAN_SCHEMA, value, { abortEarly: true });
  if (!checked.success) {
    const at = (checked.issues[0].path ?? []).map(({ key }) => String(key)).join('.');
    throw new PlanError(`${name}: ${printable(at, 200) || 'it'} is not what pullpin writes there: make the plan again`);
  }
  const { shard } = checked.output;
  if (shard.index > shard.count)
    throw new PlanError(`${name}: shard ${shard.index} of ${shard.count} cannot be: make the plan again`);
  return { name, plan: checked.output };
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlanError(`${name} is not JSON: pullpin bump --plan FILE writes a plan`, { cause });
  }
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
