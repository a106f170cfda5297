import { builtInAt } from '../../evaluation/built-ins/built-ins.js';
import { parameterScope, spine } from '../../evaluation/calls.js';
import type * as Syntax from '../../language/syntax.js';
import { type FunctionValue, isSet, type Scope, type SourceRange, type Thunk, type Value } from '../../values/value.js';
import type { Visit, Walk } from './candidate.js';

interface CalledHere {
  readonly callee: Value;
  readonly where: SourceRange;
  readonly written: readonly Syntax.Expression[];
  readonly given: readonly Thunk[];
  readonly scope: Scope;
  /** The functions that the walk has entered because of this call. */
  readonly entered: ReadonlySet<Syntax.Lambda>;
}

/** Where functions stand that fetch nothing by themselves: those of Nix and of nixpkgs' lib. */
const LIBRARIES: ReadonlySet<string> = new Set(['builtins', 'lib', 'types']);
const NO_FETCHER =
  /^(to[A-Z]\w*|write[A-Z]\w*|generate|trace\w*|typeOf|isNull|derivation|mk(If|Merge|Option|Override|Force|Default|Before|After|Order))/;
/** What costs little to look at. */
const SIMPLE: ReadonlySet<Syntax.Expression['kind']> = new Set([
  ...(['variable', 'select', 'set', 'string', 'list', 'parenthesized', 'lambda', 'path', 'if', 'let'] as const),
]);

/** Notes a call by which something that is not seen may get a digest or a function that makes pins, or that its function is known. */
export function noteCall({ callee, where, written, given, scope, entered }: CalledHere, walk: Walk): Visit[] {
  const isKnown = callee.kind !== 'unknown' || builtInAt(callee) !== undefined;
  if (isKnown) walk.noteKnown(where);
  // What a function of these files does with its arguments is seen where its body is walked.
  if (callee.kind === 'function') return [];
  if (callee.kind === 'unknown' && NO_FETCHER.test(callee.spelling.at(-1) ?? '')) return [];
  const isOfLibrary = isKnown || (callee.kind === 'unknown' && callee.spelling.some((name) => LIBRARIES.has(name)));
  const values = given
    .filter((_, at) => isSimple(written[at], scope, walk))
    .map((each) => withImport(each.force(), where, walk));
  const functions = values.flatMap((each) => functionsIn(each));
  const made = [...functions, ...functionsMadeBy(functions, walk)];
  // A function of a library fetches nothing, but it may call what it is given.
  const away = isOfLibrary ? made.filter(({ lambda }) => !entered.has(lambda)) : [...new Set([...values, ...made])];
  if (away.length === 0 && !isOverride(callee)) return [];
  walk.noteUnknown({ written: where, callee, given: away, all: given, isKnown });
  return away.flatMap((value) => (value.kind === 'function' ? bodyElsewhere(value, where, walk) : []));
}

/** The body of a function of another file, where the walk looks at what callers may give in place of the defaults. */
function bodyElsewhere({ lambda, scope }: FunctionValue, where: SourceRange, walk: Walk): Visit[] {
  if (scope.file.path === where.file) return [];
  walk.evaluation.noteDefault();
  if (!walk.evaluation.areDefaultsOpen || walk.lookedAt.has(lambda)) return [];
  walk.lookedAt.add(lambda);
  return [{ expression: lambda, scope, state: { callDepth: 0, isOperand: false, groups: [] } }];
}

/** Whether a call makes another package of one that is known. */
export function isOverride(callee: Value): boolean {
  return callee.kind === 'unknown' && /^override/.test(callee.spelling.at(-1) ?? '');
}

/** Also what a file gives, and a call of a function of these files that has not all of its arguments: it gives a function. */
function isSimple(expression: Syntax.Expression | undefined, scope: Scope, walk: Walk): boolean {
  if (!expression) return false;
  if (expression.kind === 'parenthesized') return isSimple(expression.expression, scope, walk);
  if (expression.kind !== 'apply') return SIMPLE.has(expression.kind);
  const { head } = spine(expression);
  const name = head.kind === 'select' ? head.path.at(-1) : head;
  if (name?.kind === 'variable' && /^import(?:JSON|TOML)?$/.test(name.name)) return true;
  return walk.evaluation.evaluate(head, scope).kind === 'function';
}

/** The function of a file that is named. */
function withImport(value: Value, where: SourceRange, { evaluation }: Walk): Value {
  if (value.kind !== 'path' || !/(?:\.nix|\/[^./]*)$/.test(value.path)) return value;
  const imported = evaluation.importNix(value.path, where);
  return imported.kind === 'function' ? imported : value;
}

// How many functions may give each other, and how deep choices may be; real ones have few parameters and branches.
const DEEPEST_RESULT = 6;
// More items of a list, attributes or branches are data.
const MOST_PARTS = 20;

/** The functions that a function gives when it has its argument: `at: fetch "arm64"` leaves the hash to whoever calls its result. */
function functionsMadeBy(functions: readonly FunctionValue[], { evaluation }: Walk): FunctionValue[] {
  const found: FunctionValue[] = [];
  let results = functions;
  for (let depth = 0; depth < DEEPEST_RESULT && results.length > 0; depth += 1) {
    results = results
      .map(({ lambda, scope }) => evaluation.evaluate(lambda.body, parameterScope(lambda, scope, evaluation)))
      .flatMap((result) => functionsIn(result))
      .slice(0, MOST_PARTS);
    found.push(...results);
  }
  return found;
}

/** A function, those in a list or in a set of a few attributes, and those of a choice that cannot be made here. */
function functionsIn(value: Value, depth = 0): FunctionValue[] {
  if (value.kind === 'function') return [value];
  if (depth > DEEPEST_RESULT) return [];
  const parts = partsOf(value).slice(0, MOST_PARTS);
  return parts.flatMap((part) => {
    const inner = part.force();
    // Sets in sets are data, such as a whole configuration.
    return inner.kind === 'function' || inner.kind === 'unknown' ? functionsIn(inner, depth + 1) : [];
  });
}

function partsOf(value: Value): readonly Thunk[] {
  if (value.kind === 'list') return value.items;
  if (isSet(value)) return value.attributes.size > MOST_PARTS ? [] : [...value.attributes.values()];
  return value.kind === 'unknown' ? value.inputs : [];
}
