/** By this first key a plan of `pullpin bump --plan` is known, whatever its file is called. */
export const PLAN_GENERATOR = 'pullpin bump';
/** The version of plans that this pullpin reads and writes. */
export const PLAN_VERSION = 1;

const PLAN = new RegExp(`^\\s*\\{\\s*"generator":\\s*"${PLAN_GENERATOR}"`);

/** Whether a file is a plan of a bump. What it says of pins is no pin. */
export function isOfPlan(text: string): boolean {
  return PLAN.test(text);
}
