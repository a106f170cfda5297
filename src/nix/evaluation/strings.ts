import { constantText, stringRuns } from '../language/string-text.js';
import type * as Syntax from '../language/syntax.js';
import type { Step } from '../values/evaluation.js';
import { joined } from '../values/joined.js';
import { textValue } from '../values/text.js';
import { rangeIn, unknown } from '../values/value.js';

export const string: Step<Syntax.StringLiteral> = (literal, scope, evaluation) => {
  const { source, path: file } = scope.file;
  const { quote } = literal;
  const constant = constantText(source, literal);
  if (constant !== undefined) {
    const margin = quote === 'uri' ? 0 : quote.length;
    const [start, end] = [literal.start + margin, literal.end - margin];
    const verbatim = source.slice(start, end) === constant;
    return textValue([{ text: constant, origin: { file, start, end, quote, verbatim } }]);
  }
  const pieces = stringRuns(source, literal).map((run) => {
    if (run.kind === 'interpolation') return evaluation.evaluate(run.expression, scope);
    const { start, end, text, verbatim } = run;
    return textValue([{ text, origin: { file, start, end, quote, verbatim } }]);
  });
  return joined(pieces, rangeIn(scope, literal), evaluation);
};

export const path: Step<Syntax.PathLiteral> = (literal, scope, evaluation) => {
  const where = rangeIn(scope, literal);
  let written = '';
  for (const part of literal.parts) {
    const value =
      part.kind === 'text'
        ? scope.file.source.slice(part.start, part.end)
        : evaluation.evaluate(part.expression, scope);
    if (typeof value !== 'string' && value.kind !== 'text') return unknown('import', where);
    written += typeof value === 'string' ? value : value.text;
  }
  const resolved = evaluation.files.resolved(scope.file.path, written);
  return resolved === undefined ? unknown('import', where) : { kind: 'path', path: resolved };
};
