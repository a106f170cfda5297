import type { Origin, Segment, SourceRange, TextValue, Value } from './value.js';

/** The text that segments make together. */
export function textValue(segments: readonly Segment[], through?: TextValue['through']): TextValue {
  const text = segments.map((segment) => segment.text).join('');
  return { kind: 'text', text, segments, through };
}

/** A computed text: no literal in a file holds it. */
export function computedText(text: string): TextValue {
  return { kind: 'text', text, segments: [{ text }] };
}

/** The part of a text from `start` to `end`, with the places that its pieces came from. */
export function sliceText(value: TextValue, start: number, end: number): TextValue {
  const slices: Segment[] = [];
  let at = 0;
  for (const { text, origin } of value.segments) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, text.length)];
    if (at > end) break;
    at += text.length;
    if (from >= to && !(text === '' && start === end)) continue;
    if (from === 0 && to === text.length) slices.push({ text, origin });
    else slices.push({ text: text.slice(from, to), origin: origin?.verbatim ? within(origin, from, to) : undefined });
  }
  return textValue(slices, value.through);
}

function within(origin: Origin, from: number, to: number): Origin {
  // A part of a scalar without quotes cannot get quotes of its own.
  const quote = origin.quote === 'yaml-plain' ? 'yaml' : origin.quote;
  return { ...origin, quote, start: origin.start + from, end: origin.start + to };
}

/** Any value, also one that was not followed to a text. */
type AnyValue = TextValue | { readonly kind: Exclude<Value['kind'], 'text'> | 'unfollowable' };

/** The literals that a text is made of; none for any other value. */
export function literalsOf(value: AnyValue | undefined): Origin[] {
  return value?.kind === 'text' ? value.segments.flatMap(({ origin }) => origin ?? []) : [];
}

/** Whether a range lies in another one. */
export function isInside({ file, start, end }: SourceRange, outer: SourceRange): boolean {
  return file === outer.file && outer.start <= start && end <= outer.end;
}

/** Whether two ranges have a character in common. */
export function overlap(one: SourceRange, other: SourceRange): boolean {
  return one.file === other.file && one.start < other.end && other.start < one.end;
}
