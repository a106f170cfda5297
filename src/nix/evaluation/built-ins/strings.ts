import { joined, LONGEST_TEXT } from '../../values/joined.js';
import { computedText, sliceText } from '../../values/text.js';
import { type TextValue, Thunk, unknown, type Value } from '../../values/value.js';
import { type BuiltIn, type BuiltIns, type Call, integerOf, strict, textsOf } from './built-in.js';

// No version is as long as this.
const LONGEST_VERSION = 1000;

/** Functions of strings. */
export const STRINGS: BuiltIns = {
  toString: strict(1, ([value]) => asText(value)),
  optionalString: strict(2, ([condition, text]) =>
    condition.kind === 'boolean' ? (condition.value ? text : computedText('')) : undefined,
  ),
  removePrefix: ofTexts((prefix, text) =>
    text.text.startsWith(prefix.text) ? sliceText(text, prefix.text.length, text.text.length) : text,
  ),
  removeSuffix: ofTexts((suffix, text) =>
    text.text.endsWith(suffix.text) ? sliceText(text, 0, text.text.length - suffix.text.length) : text,
  ),
  hasPrefix: ofTexts((prefix, text) => ({ kind: 'boolean', value: text.text.startsWith(prefix.text) })),
  hasSuffix: ofTexts((suffix, text) => ({ kind: 'boolean', value: text.text.endsWith(suffix.text) })),
  hasInfix: ofTexts((infix, text) => ({ kind: 'boolean', value: text.text.includes(infix.text) })),
  splitString: ofTexts((separator, text, call) => splitAt(separator.text, text, call)),
  concatStringsSep: strict(2, ([separator, list], { evaluation, where }) => {
    if (list.kind !== 'list') return undefined;
    const parts = list.items.flatMap((item, at) => (at === 0 ? [item.force()] : [separator, item.force()]));
    return joined(parts, where, evaluation);
  }),
  concatStrings: strict(1, ([list], { evaluation, where }) =>
    list.kind === 'list'
      ? joined(
          list.items.map((item) => item.force()),
          where,
          evaluation,
        )
      : undefined,
  ),
  concatMapStringsSep: strict(3, ([separator, f, list], { evaluation, where }) => {
    if (list.kind !== 'list') return undefined;
    const parts = list.items.flatMap((item, at) => {
      const part = evaluation.apply(f, [item], where);
      return at === 0 ? [part] : [separator, part];
    });
    return joined(parts, where, evaluation);
  }),
  substring: strict(3, ([start, length, text]) => {
    const [from, count] = [integerOf(start), integerOf(length)];
    if (from === undefined || count === undefined || from < 0 || text.kind !== 'text') return undefined;
    return sliceText(text, from, count < 0 ? text.text.length : Math.min(from + count, text.text.length));
  }),
  stringLength: strict(1, ([text]) =>
    text.kind === 'text' ? { kind: 'other', text: String(Buffer.byteLength(text.text)) } : undefined,
  ),
  toLower: strict(1, ([text]) => unchangedOr(text, (written) => written.toLowerCase())),
  toUpper: strict(1, ([text]) => unchangedOr(text, (written) => written.toUpperCase())),
  replaceStrings: strict(3, ([from, to, text], call) => replaced(from, to, text, call)),
  splitVersion: strict(1, ([text]) => {
    if (text.kind !== 'text' || text.text.length > LONGEST_VERSION) return undefined;
    return { kind: 'list', items: versionParts(text).map(Thunk.of) };
  }),
  'versions.major': strict(1, ([version]) => versionPrefix(version, 1)),
  'versions.majorMinor': strict(1, ([version]) => versionPrefix(version, 2)),
};

function ofTexts(compute: (first: TextValue, second: TextValue, call: Call) => Value | undefined): BuiltIn {
  return strict(2, ([first, second], call) =>
    first.kind === 'text' && second.kind === 'text' ? compute(first, second, call) : undefined,
  );
}

function asText(value: Value): Value | undefined {
  if (value.kind === 'text') return value;
  return value.kind === 'other' ? computedText(value.text) : undefined;
}

function splitAt(separator: string, text: TextValue, { evaluation, where }: Call): Value | undefined {
  if (separator === '') return undefined;
  const parts = text.text.split(separator);
  if (!evaluation.spend(parts.length * text.segments.length)) return unknown('too-heavy', where);
  const items: Thunk[] = [];
  let start = 0;
  for (const part of parts) {
    items.push(Thunk.of(sliceText(text, start, start + part.length)));
    start += part.length + separator.length;
  }
  return { kind: 'list', items };
}

/** A text that the function does not change keeps its literals. A changed text has none, because no literal holds it. */
function unchangedOr(value: Value, change: (text: string) => string): Value | undefined {
  if (value.kind !== 'text' || !/^[ -~]*$/.test(value.text)) return undefined;
  const changed = change(value.text);
  return changed === value.text ? value : computedText(changed);
}

/** A text in which nothing is replaced keeps its literals. Another one has none: with other characters there, the result might be another one. */
function replaced(from: Value, to: Value, text: Value, { evaluation, where }: Call): Value | undefined {
  const [searched, given] = [textsOf(from), textsOf(to)];
  if (!searched || !given || searched.length !== given.length || text.kind !== 'text') return undefined;
  if (searched.some((each) => each.text === '')) return undefined;
  // At each character, each of the texts may begin.
  if (!evaluation.spend(searched.length * text.text.length)) return unknown('too-heavy', where);
  let result = '';
  let isChanged = false;
  for (let at = 0; at < text.text.length; ) {
    const found = searched.findIndex((each) => text.text.startsWith(each.text, at));
    isChanged ||= found >= 0;
    result += found < 0 ? text.text.charAt(at) : (given[found]?.text ?? '');
    at += searched[found]?.text.length ?? 1;
    if (result.length > LONGEST_TEXT) return unknown('too-large', where);
  }
  return isChanged ? computedText(result) : text;
}

/** The numbers and words of a version, as Nix's splitVersion has them. */
function versionParts(text: TextValue): TextValue[] {
  const parts = text.text.matchAll(/\d+|[^.\-\d]+/g);
  return Array.from(parts, ({ 0: part, index }) => sliceText(text, index, index + part.length));
}

function versionPrefix(version: Value, count: number): Value | undefined {
  if (version.kind !== 'text' || version.text.length > LONGEST_VERSION) return undefined;
  const parts = [...version.text.matchAll(/\d+|[^.\-\d]+/g)].slice(0, count);
  const last = parts.at(-1);
  const prefix = parts.map(([part]) => part).join('.');
  return last && version.text.startsWith(prefix) ? sliceText(version, 0, prefix.length) : undefined;
}
