import { sliceText } from '../../values/text.js';
import { NULL, type TextValue, Thunk, unknown, type Value } from '../../values/value.js';
import { type BuiltIns, type Call, strict } from './built-in.js';
import { type Match, parsePattern } from './pattern.js';

/** Functions of Nix's regular expressions. */
export const MATCHING: BuiltIns = {
  match: strict(2, ([source, text], { evaluation, where }) => {
    if (source.kind !== 'text' || text.kind !== 'text') return undefined;
    const pattern = parsePattern(source.text);
    const match = pattern?.matchAt(text.text, 0, true);
    if (pattern && !evaluation.spend(pattern.steps)) return unknown('too-heavy', where);
    if (match === undefined) return undefined;
    return match === 'none' ? NULL : groupsOf(match, text);
  }),
  split: strict(2, ([pattern, text], call) =>
    pattern.kind === 'text' && text.kind === 'text' ? split(pattern.text, text, call) : undefined,
  ),
};

function groupsOf({ groups }: Match, text: TextValue): Value {
  const items = groups.map((group) => Thunk.of(group ? sliceText(text, group.start, group.end) : NULL));
  return { kind: 'list', items };
}

/** As `builtins.split`: the pieces between the matches, and between two pieces a list of the groups of the match. */
function split(source: string, text: TextValue, { evaluation, where }: Call): Value | undefined {
  const pattern = parsePattern(source);
  if (!pattern) return undefined;
  const items: Thunk[] = [];
  let rest = 0;
  for (let at = 0; at <= text.text.length; ) {
    const before = pattern.steps;
    const match = pattern.matchAt(text.text, at, false);
    const slices = match === 'none' ? 0 : text.segments.length;
    if (!evaluation.spend(1 + pattern.steps - before + slices)) return unknown('too-heavy', where);
    if (match === undefined || (match !== 'none' && match.end === at)) return undefined;
    if (match === 'none') {
      at++;
      continue;
    }
    items.push(Thunk.of(sliceText(text, rest, at)), Thunk.of(groupsOf(match, text)));
    at = match.end;
    rest = at;
  }
  return { kind: 'list', items: [...items, Thunk.of(sliceText(text, rest, text.text.length))] };
}
