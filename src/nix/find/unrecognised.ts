import { spine } from '../evaluation/calls.js';
import { constantText } from '../language/string-text.js';
import type * as Syntax from '../language/syntax.js';
import { children } from '../language/traverse.js';
import type { NixFiles } from '../values/files.js';
import { RangeIndex } from '../values/ordered.js';
import { literalsOf } from '../values/text.js';
import { type Beside, Neighbours } from './images/neighbours.js';
import { possibleDigests, withPrefix } from './images/possible-digests.js';
import { Locations } from './locations.js';
import { layeredPlaces, type PinProblem, type PinSite } from './pin-site.js';

/** An expression, the names of the attributes around it (the nearest last), and the nearest of these attributes. */
interface Visit {
  readonly expression: Syntax.Expression;
  readonly names: readonly string[];
  readonly attribute?: Syntax.Assignment | Syntax.Formal;
  readonly beside: Beside;
  /** Whether it is a part of an option: its default is written alone, wherever the option is used. */
  readonly isOfOption?: boolean | undefined;
}

const ALONE: Beside = { hasHash: false, hasImage: false, hasDigest: false };

/**
 * Finds text in a Nix file that looks like the digest of an image. Most of it belongs to pins; `withoutRecognised` finds the rest. The line is the
 * line of the attribute, the range is the range of the digest. Where all digests belong to the sites at hand, the search is saved.
 */
export function digestsInNix(files: NixFiles, sites: readonly PinSite[]): PinProblem[] {
  const { source, root, path } = files.main;
  const digests = Array.from(source.matchAll(/[0-9a-f]{64}/g), ({ index }) => ({
    file: path,
    start: index,
    end: index + 64,
  }));
  const used = originsOf(sites);
  if (digests.every((digest) => used.overlap(digest))) return [];
  const locations = new Locations(files);
  const found: PinProblem[] = [];
  const waiting: Visit[] = [{ expression: root, names: [], beside: ALONE }];
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
  const { names, beside, isOfOption = false } = visit;
  const isAlone = parts.length === 1;
  const context = isAlone ? { names, ...beside, hasHash: beside.hasHash || isOfOption } : { names: [], ...ALONE };
  const texts = parts.filter(({ kind }) => kind === 'text');
  return texts.flatMap((part) =>
    possibleDigests(source.slice(part.start, part.end), context).map(({ start, end, imageDigest, message }) => {
      const range = { file: path, start: part.start + start, end: part.start + end };
      const isWhole = end - start === part.end - part.start;
      const shown = locations.at(isWhole && visit.attribute ? { ...visit.attribute, file: path } : range);
      return { ...shown, ...range, code: 'unrecognised', message, imageDigest: withPrefix(imageDigest) };
    }),
  );
}

function inside(visit: Visit, source: string): Visit[] {
  const { expression } = visit;
  switch (expression.kind) {
    case 'set':
    case 'let':
    case 'let-body': {
      const values = ofBindings(expression.bindings, visit, source);
      return expression.kind === 'let' ? [...values, { ...visit, expression: expression.body }] : values;
    }
    case 'lambda': {
      const defaults = (expression.formals ?? []).flatMap((formal) =>
        formal.fallback ? [within(formal, [formal.name], formal.fallback, { ...visit, beside: ALONE })] : [],
      );
      return [...defaults, { ...visit, expression: expression.body }];
    }
    case 'list':
      return amongOthers(expression.items, visit, source);
    case 'apply': {
      const { head, args } = spine(expression);
      const isOfOption = visit.isOfOption || OPTION.test(source.slice(head.start, head.end));
      return [{ ...visit, expression: head }, ...amongOthers(args, { ...visit, isOfOption }, source)];
    }
    default:
      return children(expression).map((inner) => ({ ...visit, expression: inner }));
  }
}

function ofBindings(bindings: readonly Syntax.Binding[], visit: Visit, source: string): Visit[] {
  const neighbours = new Neighbours(
    bindings.flatMap((binding) =>
      binding.kind === 'assignment'
        ? [{ name: namesOf(binding, source).at(-1) ?? '', text: textOf(binding.value, source) }]
        : binding.names.map(({ start, end }) => ({ name: source.slice(start, end), text: '' })),
    ),
  );
  return bindings.flatMap((binding) => {
    if (binding.kind !== 'assignment') return [];
    const names = namesOf(binding, source);
    const beside = neighbours.beside({ name: names.at(-1) ?? '', text: textOf(binding.value, source) });
    return [within(binding, names, binding.value, { ...visit, beside })];
  });
}

/** Arguments or list items: a hash may stand beside a digest there, or a name in front of it. */
function amongOthers(expressions: readonly Syntax.Expression[], visit: Visit, source: string): Visit[] {
  const texts = expressions.map((expression) => textOf(expression, source));
  const inside = expressions.flatMap((expression) => (expression.kind === 'list' ? expression.items : []));
  const all = [...texts, ...inside.map((item) => textOf(item, source))].map((text) => ({ name: '', text }));
  const neighbours = new Neighbours(all);
  return expressions.map((expression, at) => {
    const own = neighbours.beside({ name: '', text: texts[at] ?? '' });
    const hasHash = visit.beside.hasHash || own.hasHash;
    const hasImage = visit.beside.hasImage || own.hasImage || NAME.test(texts[at - 1] ?? '');
    return { ...visit, expression, beside: { ...own, hasHash, hasImage } };
  });
}

const OPTION = /(?:^|\.)mkOption$/;
const NAME = /^[a-z0-9][\w.-]*(?:[:/][\w.-]+)*$/;

function textOf(expression: Syntax.Expression, source: string): string {
  return (expression.kind === 'string' && constantText(source, expression)) || '';
}

function within(
  attribute: Syntax.Assignment | Syntax.Formal,
  own: readonly string[],
  expression: Syntax.Expression,
  { names, beside, isOfOption }: Visit,
): Visit {
  // The default of an option is the option's value.
  const isDefault = own.length === 1 && own[0] === 'default';
  return { expression, attribute, beside, names: isDefault ? names : [...names.slice(-2), ...own], isOfOption };
}

function namesOf({ path }: Syntax.Assignment, source: string): string[] {
  return path.map(({ start, end }) => source.slice(start, end).replaceAll('"', ''));
}

/** Drops the digests that belong to a pin, and those of which another problem of the same file speaks. */
export function withoutRecognised<
  Problem extends { readonly code: string; readonly message: string; readonly file: string },
>(problems: readonly Problem[], sites: readonly PinSite[]): Problem[] {
  if (problems.every(({ code }) => code !== 'unrecognised')) return [...problems];
  const used = originsOf(sites);
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

/** Where the digests and hashes of sites are written. */
function originsOf(sites: readonly PinSite[]): RangeIndex {
  return new RangeIndex(
    sites.flatMap(({ imageDigest, hashes, layered }) => [
      ...[imageDigest, ...hashes.map(({ value }) => value)].flatMap(literalsOf),
      ...(layered ? layeredPlaces(layered) : []),
    ]),
  );
}
