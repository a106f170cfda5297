import { sliceText } from '../../values/text.js';
import { NULL, type TextValue, Thunk, type Value } from '../../values/value.js';
import { type BuiltIns, strict } from './built-in.js';
import { type Match, parsePattern } from './pattern.js';

/** Functions of Nix's regular expressions. */
export const MATCHING: BuiltIns = {
  match: strict(2, ([pattern, text]) => {
    if (pattern.kind !== 'text' || text.kind !== 'text') return undefined;
    const match = parsePattern(pattern.text)?.matchAt(text.text, 0, true);
    if (match === undefined) return undefined;
    return match === 'none' ? NULL : groupsOf(match, text);
  }),
  split: strict(2, ([pattern, text]) =>
    pattern.kind === 'text' && text.kind === 'text' ? split(pattern.text, text) : undefined,
  ),
};

function groupsOf({ groups }: Match, text: TextValue): Value {
  const items = groups.map((group) => Thunk.of(group ? sliceText(text, group.start, group.end) : NULL));
  return { kind: 'list', items };
}

/** The pieces between the matches, and between each two the groups of the match. */
function split(source: string, text: TextValue): Value | undefined {
  const pattern = parsePattern(source);
  if (!pattern) return undefined;
  const items: Thunk[] = [];
  let rest = 0;
  for (let at = 0; at <= text.text.length; ) {
    const match = pattern.matchAt(text.text, at, false);
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
