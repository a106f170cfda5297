import { Evaluator } from '../../../../src/nix/evaluation/evaluator.js';
import { parseNix } from '../../../../src/nix/language/parser.js';
import { NixFiles } from '../../../../src/nix/values/files.js';
import { NameScope } from '../../../../src/nix/values/scope.js';
import type { Thunk, Value } from '../../../../src/nix/values/value.js';

/** The value of a program at `dir/main.nix`, beside other files, for one system. */
export function evaluateText(source: string, others: Readonly<Record<string, string>> = {}, system?: string): Value {
  const file = parseNix(source, 'dir/main.nix');
  return new Evaluator(new NixFiles(file, (path) => others[path]), system).evaluate(
    file.root,
    NameScope.of<Thunk>(file),
  );
}

/** The text, with each piece in brackets that has a literal; for any other value its kind, and why it is not known. */
export function tracedText(source: string, others: Readonly<Record<string, string>> = {}, system?: string): string {
  const value = evaluateText(source, others, system);
  if (value.kind !== 'text') return value.kind === 'unknown' ? `unknown: ${value.deadEnd.code}` : value.kind;
  const written = (file: string) => (file === 'dir/main.nix' ? source : (others[file] ?? ''));
  return value.segments
    .map(({ text, origin }) => (origin ? `[${written(origin.file).slice(origin.start, origin.end)}]` : text))
    .join('');
}
