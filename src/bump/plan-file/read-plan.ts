import * as v from 'valibot';
import { PullpinError, printable } from '../../errors.js';
import { PLAN_GENERATOR, PLAN_VERSION } from '../../list/open/of-plan.js';
import { decodeUtf8, validateText } from '../../oci/json-scanner.js';
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
export function readPlan(bytes: Uint8Array, file: string, pullpin: string): NamedPlan {
  const name = printable(file, 200);
  const value = parsed(bytes, name);
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

function parsed(bytes: Uint8Array, name: string): unknown {
  try {
    // The standard parser takes minutes for what nests millions of times.
    validateText(bytes);
    if (hasManyParts(bytes)) throw new PlanError('it has millions of parts');
    return JSON.parse(decodeUtf8(bytes));
  } catch (cause) {
    throw new PlanError(`${name} is not JSON: pullpin bump --plan FILE writes a plan`, { cause });
  }
}

/** A part of a plan has 100 bytes and more; the smallest possible ones would fill all memory. */
const MOST_PARTS = 4_000_000;

function hasManyParts(bytes: Uint8Array): boolean {
  let parts = 0;
  for (const byte of bytes) if (byte === OBJECT || byte === ARRAY) parts += 1;
  return parts > MOST_PARTS;
}

const [OBJECT, ARRAY] = [0x7b, 0x5b];

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
