import type { Origin, SourceRange, TextValue, Value } from './value.js';

/** Any value, also one that was not followed to a text. */
type AnyValue = TextValue | { readonly kind: Exclude<Value['kind'], 'text'> | 'unfollowable' };

/** The literals that a text is made of; none for any other value. */
export function literalsOf(value: AnyValue | undefined): Origin[] {
  return value?.kind === 'text' ? value.segments.flatMap(({ origin }) => origin ?? []) : [];
}

/** Whether two ranges have a character in common. */
export function overlap(one: SourceRange, other: SourceRange): boolean {
  return one.file === other.file && one.start < other.end && other.start < one.end;
}
