import { spine } from '../evaluation/calls.js';
import { constantText } from '../language/string-text.js';
import type * as Syntax from '../language/syntax.js';
import { children } from '../language/traverse.js';
import type { NixFiles } from '../values/files.js';
import { countBefore, groupedBy } from '../values/ordered.js';
import type { SourceRange } from '../values/value.js';
import { isHashAttribute } from './images/own-arguments.js';
import { possibleDigests } from './images/possible-digests.js';
import { Locations } from './locations.js';
import { layeredPlaces, type PinProblem, type PinSite } from './pin-site.js';

/** An expression, the names of the attributes around it (the nearest last), and the nearest of these attributes. */
interface Visit {
  readonly expression: Syntax.Expression;
  readonly names: readonly string[];
  readonly attribute?: Syntax.Assignment | Syntax.Formal;
  readonly hasHash: boolean;
}

/**
 * Finds text in a Nix file that looks like the digest of an image. Most of it belongs to pins; `isUnrecognised` finds the rest. The line is the
 * line of the attribute, the range is the range of the digest.
 */
export function digestsInNix(files: NixFiles): PinProblem[] {
  const { source, root } = files.main;
  if (!/[0-9a-f]{64}/.test(source)) return [];
  const locations = new Locations(files);
  const found: PinProblem[] = [];
  const waiting: Visit[] = [{ expression: root, names: [], hasHash: false }];
  for (let visit = waiting.pop(); visit; visit = waiting.pop()) {
    for (const inner of inside(visit, source).reverse()) waiting.push(inner);
    if (visit.expression.kind !== 'string') continue;
    for (const problem of digestsInString(visit, visit.expression, files.main, locations)) found.push(problem);
  }
  return found;
}

function digestsInString(
  visit: Visit,
  { parts }: Syntax.StringLiteral,
  { path, source }: Syntax.NixFile,
  locations: Locations,
): PinProblem[] {
  // Text right beside an interpolation may be only a part of a digest.
  const context = { names: parts.length === 1 ? visit.names : [], hasHash: visit.hasHash };
  const texts = parts.filter(({ kind }) => kind === 'text');
  return texts.flatMap((part) =>
    possibleDigests(source.slice(part.start, part.end), context).map(({ start, end, imageDigest, message }) => {
      const range = { file: path, start: part.start + start, end: part.start + end };
      const isWhole = end - start === part.end - part.start;
      const shown = locations.at(isWhole && visit.attribute ? { ...visit.attribute, file: path } : range);
      return { ...shown, ...range, code: 'unrecognised', message, imageDigest };
    }),
  );
}

function inside(visit: Visit, source: string): Visit[] {
  const { expression } = visit;
  switch (expression.kind) {
    case 'set':
    case 'let':
    case 'let-body': {
      const written = expression.bindings.flatMap((binding) => (binding.kind === 'assignment' ? [binding.value] : []));
      const hasHash = expression.bindings.some((binding) => isHash(binding, source)) || haveHash(written, source);
      const values = expression.bindings.flatMap((binding) =>
        binding.kind === 'assignment' ? [within(binding, namesOf(binding, source), binding.value, visit, hasHash)] : [],
      );
      return expression.kind === 'let' ? [...values, { ...visit, expression: expression.body }] : values;
    }
    case 'lambda': {
      const defaults = (expression.formals ?? []).flatMap((formal) =>
        formal.fallback ? [within(formal, [formal.name], formal.fallback, visit, false)] : [],
      );
      return [...defaults, { ...visit, expression: expression.body }];
    }
    case 'list':
      return amongOthers(expression.items, visit, source);
    case 'apply': {
      const { head, args } = spine(expression);
      return [{ ...visit, expression: head }, ...amongOthers(args, visit, source)];
    }
    default:
      return children(expression).map((inner) => ({ ...visit, expression: inner }));
  }
}

/** Arguments or list items: a hash may stand beside a digest there, or a name in front of it. */
function amongOthers(expressions: readonly Syntax.Expression[], visit: Visit, source: string): Visit[] {
  const hasHash = haveHash(expressions, source);
  return expressions.map((expression, at) => {
    const before = expressions[at - 1];
    const isNamed = before !== undefined && NAME.test(textOf(before, source));
    return { ...visit, expression, hasHash: visit.hasHash || hasHash || isNamed };
  });
}

const NAME = /^[a-z0-9][\w.-]*(?:[:/][\w.-]+)*$/;

function textOf(expression: Syntax.Expression, source: string): string {
  return (expression.kind === 'string' && constantText(source, expression)) || '';
}

/** Whether there is a hash among some expressions, as Nix writes it. A digest looks like a hash, too: of two of them, one is. */
function haveHash(expressions: readonly Syntax.Expression[], source: string): boolean {
  const texts = expressions.map((each) => textOf(each, source));
  return texts.some((text) => HASH.test(text)) || texts.filter((text) => DIGEST.test(text)).length === 2;
}

const HASH = /^(?:(?:sha256-)?[A-Za-z0-9+/]{43}=|(?:sha256:)?[0-9a-df-np-sv-z]{52}|[0-9a-f]{64})$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

function within(
  attribute: Syntax.Assignment | Syntax.Formal,
  own: readonly string[],
  expression: Syntax.Expression,
  { names }: Visit,
  hasHash: boolean,
): Visit {
  // The default of an option is the option's value.
  const isDefault = own.length === 1 && own[0] === 'default';
  return { expression, attribute, hasHash, names: isDefault ? names : [...names.slice(-2), ...own] };
}

function namesOf({ path }: Syntax.Assignment, source: string): string[] {
  return path.map(({ start, end }) => source.slice(start, end).replaceAll('"', ''));
}

function isHash(binding: Syntax.Binding, source: string): boolean {
  if (binding.kind === 'assignment') return isHashAttribute(namesOf(binding, source).at(-1) ?? '');
  return binding.names.some(({ start, end }) => isHashAttribute(source.slice(start, end)));
}

/** Drops the digests that belong to a pin, and those of which another problem of the same file speaks. */
export function withoutRecognised<
  Problem extends { readonly code: string; readonly message: string; readonly file: string },
>(problems: readonly Problem[], sites: readonly PinSite[]): Problem[] {
  const used = new Origins(
    sites.flatMap(({ imageDigest: { segments }, layered }) => [
      ...segments.flatMap(({ origin }) => origin ?? []),
      ...(layered ? layeredPlaces(layered) : []),
    ]),
  );
  const others = problems.filter(({ code }) => code !== 'unrecognised');
  const said = new Set(
    others.flatMap(({ message, file, ...rest }) => {
      const text = `${message} ${'imageDigest' in rest ? String(rest.imageDigest) : ''}`;
      return (text.match(/[0-9a-f]{64}/g) ?? []).map((digest) => `${digest} ${file}`);
    }),
  );
  return problems.filter((problem) => {
    if (problem.code !== 'unrecognised' || !isPlaced(problem)) return true;
    const digest = problem.imageDigest?.replace('sha256:', '') ?? '';
    return !used.overlap(problem) && !said.has(`${digest} ${problem.file}`);
  });
}

function isPlaced(problem: object): problem is PinProblem {
  return 'start' in problem;
}

/** The ranges of literals of digests, sorted by file. */
class Origins {
  private readonly byFile: ReadonlyMap<string, readonly SourceRange[]>;

  constructor(origins: readonly SourceRange[]) {
    const inOrder = groupedBy(origins.toSorted(byStart), ({ file }) => file);
    this.byFile = new Map(Array.from(inOrder, ([file, own]) => [file, withFurthestEnds(own)]));
  }

  /** Whether a range overlaps one of them. */
  overlap({ file, start, end }: SourceRange): boolean {
    const origins = this.byFile.get(file) ?? [];
    const last = origins[countBefore(origins, (origin) => origin.start < end) - 1];
    return last !== undefined && last.end > start;
  }
}

function byStart(a: SourceRange, b: SourceRange): number {
  return a.start - b.start;
}

/** Each range, with the largest end of all ranges up to it. */
function withFurthestEnds(ranges: readonly SourceRange[]): SourceRange[] {
  let end = 0;
  return ranges.map((range) => {
    end = Math.max(end, range.end);
    return { ...range, end };
  });
}
