import type { BumpPlan } from '../../../bump/bump-plan.js';
import { keepOnly } from '../../../bump/keep-only.js';
import type { PinChange } from '../../../bump/one-pin/pin-change.js';
import { imageMoved, imageOf, systemsOf, versionsOf } from '../../../bump/output/image-moves.js';
import { printable, UsageError } from '../../../errors.js';
import type { PinFiles } from '../../../list/pin-files.js';
import { shortDigest } from '../../../oci/digest.js';
import type { Context, Output } from '../../terminal/context.js';

/** Throws a UsageError when there is no terminal on which to ask a person. */
export function checkTerminal(context: Context): void {
  const missing = !context.stdin().isTTY ? 'stdin' : !context.stderr.isTTY ? 'stderr' : undefined;
  if (missing === undefined) return;
  throw new UsageError(
    `--interactive asks on a terminal, and ${missing} is not one: name the pins instead, as in pullpin bump redis or pullpin bump FILE:LINE`,
  );
}

/** Asks which changes of a plan are wanted, image by image, and gives the plan with those; undefined when the question was cancelled. */
export async function askWhich(plan: BumpPlan, pinFiles: PinFiles, context: Context): Promise<BumpPlan | undefined> {
  if (plan.changes.length === 0) return plan;
  const { groupMultiselect, isCancel } = await import('@clack/prompts');
  const chosen = await groupMultiselect({
    message: 'Which pins are to be changed?',
    options: choices(plan.changes),
    initialValues: plan.changes.map((_, at) => at),
    required: false,
    input: context.stdin(),
    output: withSize(context.stderr),
    signal: context.signal,
  });
  if (isCancel(chosen)) return undefined;
  const wanted = new Set(chosen);
  return keepOnly(plan, (_, at) => wanted.has(at), pinFiles);
}

/** Some terminals, such as those of a container or of an editor, say that they have no columns. The question is then as wide as usual. */
function withSize(output: Output): Output {
  if (output.columns) return output;
  return new Proxy(output, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'columns') return value || 80;
      if (name === 'rows') return value || 24;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The changes by number, under a heading for each image that moves. */
function choices(changes: readonly PinChange[]): Record<string, { value: number; label: string }[]> {
  const groups = new Map<string, { value: number; label: string }[]>();
  for (const [value, change] of changes.entries()) {
    const heading = printable(headingOf(change));
    const label = printable([`${change.pin.file}:${change.pin.line}`, systemText(change)].join(' ').trimEnd());
    groups.set(heading, [...(groups.get(heading) ?? []), { value, label }]);
  }
  return Object.fromEntries(groups);
}

/** The part of a label that distinguishes the changes of one call with values for several systems. */
function systemText(change: PinChange): string {
  const [system, ...others] = change.pin.systems ?? [];
  return systemsOf(change) || (others.length === 0 ? (system ?? '') : '');
}

function headingOf(change: PinChange): string {
  const { pin, from, to, systems } = change;
  if (from.digest === to.digest && from.tag === to.tag) return `${imageOf(pin)}  ${systems ? 'systems' : 'hash'}`;
  const digests = `${shortDigest(from.digest)} → ${shortDigest(to.digest)}`;
  return `${imageMoved(change)}  ${digests}  ${versionsOf(from, to)}`.trimEnd();
}
