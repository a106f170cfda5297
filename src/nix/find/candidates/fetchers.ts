import type { Lambda } from '../../language/syntax.js';
import { descendants } from '../../language/traverse.js';
import { CHARACTERS_A_STEP } from '../../values/budget.js';
import type { Evaluation } from '../../values/evaluation.js';
import type { FunctionValue, Scope, Value } from '../../values/value.js';

/** What a fetcher makes of an image. Where its name does not say that, it is assumed, and `unknown` is that name. */
export interface Fetcher {
  readonly target: 'docker-archive' | 'nar';
  readonly unknown?: string;
}

const PULL = /pullImage(FromManifest)?$/;

/** Whether a function that is reached by these names is a fetcher of images. */
export function isPull(names: readonly string[]): boolean {
  return PULL.test(names.at(-1) ?? '');
}

/** Whether a value is such a function. */
export function isFetcher(value: Value): boolean {
  return value.kind === 'unknown' && isPull(value.spelling);
}

const MAY_BE_PIN = /pull|image|digest|@|modules|callPackage|\bimport\b/i;
// How far the names in a function are followed to other functions.
const MOST_STEPS = 6;

/** Whether the body of a function may fetch an image or have a pin, by itself or by a function that it names. */
export function mayBePin(callee: FunctionValue, evaluation: Evaluation, steps = MOST_STEPS): boolean {
  const { lambda, scope } = callee;
  const known = ANSWERS.get(scope)?.get(lambda);
  if (known !== undefined) return known;
  const answers = ANSWERS.get(scope) ?? new Map<Lambda, boolean>();
  ANSWERS.set(scope, answers);
  // A function that calls itself adds nothing.
  answers.set(lambda, false);
  const { start, end } = lambda;
  if (!evaluation.spend((end - start) / CHARACTERS_A_STEP.searched)) return false;
  const answer = MAY_BE_PIN.test(scope.file.source.slice(start, end)) || namesPin(callee, evaluation, steps);
  if (answer || steps === MOST_STEPS) answers.set(lambda, answer);
  else answers.delete(lambda);
  return answer;
}

const ANSWERS = new WeakMap<Scope, Map<Lambda, boolean>>();

function namesPin({ lambda, scope }: FunctionValue, evaluation: Evaluation, steps: number): boolean {
  if (steps === 0) return true;
  for (const expression of descendants(lambda.body)) {
    if (expression.kind !== 'variable' && expression.kind !== 'select') continue;
    const value = evaluation.evaluate(expression, scope);
    if (isFetcher(value) || (value.kind === 'function' && mayBePin(value, evaluation, steps - 1))) return true;
  }
  return false;
}

/** Whether a value that a function is given may fetch an image when that function calls it. */
export function mayFetch(value: Value, evaluation: Evaluation): boolean {
  return isFetcher(value) || (value.kind === 'function' && mayBePin(value, evaluation));
}

const KNOWN: readonly (readonly [name: RegExp, target: Fetcher['target']])[] = [
  [/nix2container/i, 'nar'],
  [/dockerTools/i, 'docker-archive'],
];

/** What people often call nix2container, which proves nothing. */
const SHORT = /n2c/i;

/** The fetcher that is reached by these names, such as `pkgs.dockerTools.pullImage`: as they were followed, and as they are written. */
export function fetcherNamed(followed: readonly string[], written: readonly string[]): Fetcher {
  const names = [...followed, ...written];
  const known = KNOWN.find(([name]) => names.some((step) => name.test(step)));
  if (known) return { target: known[1] };
  const target = names.some((step) => SHORT.test(step)) ? 'nar' : 'docker-archive';
  return { target, unknown: (written.length > followed.length ? written : followed).join('.') };
}
