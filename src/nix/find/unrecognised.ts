import type * as Syntax from '../language/syntax.js';
import { children } from '../language/traverse.js';
import type { NixFiles } from '../values/files.js';
import type { SourceRange } from '../values/value.js';
import { isHashAttribute } from './images/own-arguments.js';
import { possibleDigests } from './images/possible-digests.js';
import { Locations } from './locations.js';
import type { PinProblem, PinSite } from './pin-site.js';

/** An expression, and the attributes around it: their names, the nearest last, and the nearest of them as a whole. */
interface Visit {
  readonly expression: Syntax.Expression;
  readonly names: readonly string[];
  readonly attribute?: Syntax.Assignment | Syntax.Formal;
  readonly hasHash: boolean;
}

/**
 * What looks like the digest of an image in a Nix file. Most are those of its pins; `isUnrecognised` says which are not. The line is that of the
 * attribute, the range that of the digest.
 */
export function digestsInNix(files: NixFiles): PinProblem[] {
  const { path, source, root } = files.main;
  if (!/[0-9a-f]{64}/.test(source)) return [];
  const locations = new Locations(files);
  const found: PinProblem[] = [];
  const waiting: Visit[] = [{ expression: root, names: [], hasHash: false }];
  for (let visit = waiting.pop(); visit; visit = waiting.pop()) {
    waiting.push(...inside(visit, source).reverse());
    if (visit.expression.kind !== 'string') continue;
    for (const part of visit.expression.parts) {
      if (part.kind !== 'text') continue;
      // A part of a text beside an interpolation is not a whole digest.
      const names = visit.expression.parts.length === 1 ? visit.names : [];
      for (const each of possibleDigests(source.slice(part.start, part.end), { names, hasHash: visit.hasHash })) {
        const range = { file: path, start: part.start + each.start, end: part.start + each.end };
        const isWhole = each.end - each.start === part.end - part.start;
        const shown = locations.at(isWhole && visit.attribute ? { ...visit.attribute, file: path } : range);
        found.push({ ...shown, ...range, code: 'unrecognised', message: each.message, imageDigest: each.imageDigest });
      }
    }
  }
  return found;
}

function inside(visit: Visit, source: string): Visit[] {
  const { expression } = visit;
  switch (expression.kind) {
    case 'set':
    case 'let':
    case 'let-body': {
      const hasHash = expression.kind === 'set' && expression.bindings.some((binding) => isHash(binding, source));
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
    default:
      return children(expression).map((inner) => ({ ...visit, expression: inner }));
  }
}

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

/** Drops the digests that belong to a pin, and those of which another problem speaks. */
export function withoutRecognised<Problem extends { readonly code: string; readonly message: string }>(
  problems: readonly Problem[],
  sites: readonly PinSite[],
): Problem[] {
  const used = new Map<string, SourceRange[]>();
  for (const { imageDigest } of sites) {
    for (const { origin } of imageDigest.segments) {
      if (origin) used.set(origin.file, [...(used.get(origin.file) ?? []), origin]);
    }
  }
  const others = problems.filter(({ code }) => code !== 'unrecognised');
  const said = others.map(
    ({ message, ...rest }) => `${message} ${'imageDigest' in rest ? String(rest.imageDigest) : ''}`,
  );
  return problems.filter((problem) => {
    if (problem.code !== 'unrecognised' || !isPlaced(problem)) return true;
    const { file, start, end, imageDigest = '' } = problem;
    const isUsed = (used.get(file) ?? []).some((origin) => origin.start < end && start < origin.end);
    return !isUsed && !said.some((text) => text.includes(imageDigest));
  });
}

function isPlaced(problem: object): problem is PinProblem {
  return 'start' in problem;
}
