import { unknown, type Value } from '../../values/value.js';
import { type BuiltIns, type Call, strict } from './built-in.js';

function stop(_: unknown, { where }: Call): Value {
  return unknown('throws', where);
}

/** Functions that end an evaluation. */
export const CONTROL: BuiltIns = {
  throw: strict(1, stop),
  abort: strict(1, stop),
};
