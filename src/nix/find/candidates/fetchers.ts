import { CHARACTERS_A_STEP } from '../../values/budget.js';
import type { Evaluation } from '../../values/evaluation.js';
import type { FunctionValue, Value } from '../../values/value.js';

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

const MAY_BE_PIN = /pull|image|digest|@|modules/i;

/** Whether the body of a function may fetch an image or have a pin. */
export function mayBePin({ lambda: { start, end }, scope: { file } }: FunctionValue, evaluation: Spending): boolean {
  return evaluation.spend((end - start) / CHARACTERS_A_STEP.searched) && MAY_BE_PIN.test(file.source.slice(start, end));
}

/** Whether a value that a function is given may fetch an image when that function calls it. */
export function mayFetch(value: Value, evaluation: Spending): boolean {
  return isFetcher(value) || (value.kind === 'function' && mayBePin(value, evaluation));
}

type Spending = Pick<Evaluation, 'spend'>;

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
