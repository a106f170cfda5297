import { builtInAt } from '../../evaluation/built-ins/built-ins.js';
import type * as Syntax from '../../language/syntax.js';
import type { SourceRange, Thunk, Value } from '../../values/value.js';
import type { Walk } from './candidate.js';
import { isFetcher } from './fetchers.js';

interface CalledHere {
  readonly callee: Value;
  readonly where: SourceRange;
  readonly written: readonly Syntax.Expression[];
  readonly given: readonly Thunk[];
}

/** Where functions stand that fetch nothing: those of Nix and of nixpkgs' lib. */
const LIBRARIES: ReadonlySet<string> = new Set(['builtins', 'lib', 'types']);
const NO_FETCHER =
  /^(to[A-Z]\w*|write[A-Z]\w*|generate|trace\w*|typeOf|isNull|derivation|mk(If|Merge|Option|Override|Force|Default|Before|After|Order))/;
/** What costs little to look at. */
const SIMPLE: ReadonlySet<Syntax.Expression['kind']> = new Set([
  'variable',
  'select',
  'set',
  'string',
  'list',
  'parenthesized',
]);

/** Notes a call by which something that is not seen may get a digest, or that its function is known. */
export function noteCall({ callee, where, written, given }: CalledHere, walk: Walk): void {
  const last = callee.kind === 'unknown' ? (callee.spelling.at(-1) ?? '') : '';
  if (callee.kind !== 'unknown' || builtInAt(callee) || isFetcher(callee)) {
    walk.noteKnown(where);
    return;
  }
  if (callee.spelling.some((name) => LIBRARIES.has(name)) || NO_FETCHER.test(last)) return;
  const simple = given.filter((_, at) => SIMPLE.has(written[at]?.kind ?? 'apply'));
  walk.noteUnknown({ written: where, given: simple.map((each) => each.force()) });
}
