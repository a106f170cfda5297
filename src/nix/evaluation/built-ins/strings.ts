import { computedText } from '../../values/text.js';
import type { Value } from '../../values/value.js';
import { type BuiltIns, strict } from './built-in.js';

/** Functions of strings. */
export const STRINGS: BuiltIns = {
  toString: strict(1, ([value]) => asText(value)),
  optionalString: strict(2, ([condition, text]) =>
    condition.kind === 'boolean' ? (condition.value ? text : computedText('')) : undefined,
  ),
};

function asText(value: Value): Value | undefined {
  if (value.kind === 'text') return value;
  return value.kind === 'other' ? computedText(value.text) : undefined;
}
