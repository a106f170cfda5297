import { PullpinError } from '../../../errors.js';
import { didYouMean } from '../../../suggestion.js';
import { dottedPath, lineOfName } from './template-check.js';

/** What a template could have used. */
export interface TemplateNames {
  /** The values that it was given, by their names; `pins` has those of each pin. */
  readonly values: object;
  readonly helpers: readonly string[];
  /** Handlebars' syntax tree of the template, if it could be parsed. */
  readonly program?: unknown;
}

/** What is wrong with a template, in pullpin's own words, and the line when it is known. `cause` is what Handlebars throws. */
export function templateMistake(cause: unknown, names: TemplateNames): { line: number | undefined; problem: string } {
  const message = messageOf(cause);
  const partial = /^The partial (.*) could not be found$/.exec(message)?.[1];
  const inText = /^Cannot use 'in' operator to search for '(.*)' in /s.exec(message)?.[1];
  const known = partial === undefined ? lineOf(cause) : lineOfPartial(names.program, partial);
  const inside = inText ?? insideNothing(message);
  const line = known ?? (inside === undefined ? undefined : lineOfName(names.program, inside));
  return { line, problem: problemOf(cause, message, partial, names) };
}

/** The name `b` of `a.b.c` where there is no `a`. */
function insideNothing(message: string): string | undefined {
  return /^Cannot read properties of (?:undefined|null) \(reading '(.*)'\)$/.exec(message)?.[1];
}

function problemOf(cause: unknown, message: string, partial: string | undefined, names: TemplateNames): string {
  if (cause instanceof PullpinError) return message;
  if (cause instanceof RangeError) return 'the template calls itself without end';
  if (partial !== undefined) return `there is no partial '${partial}', and no file ${partial}.hbs beside the template`;
  const missing = /^"(.*)" not defined in /.exec(message)?.[1] ?? insideNothing(message);
  if (missing !== undefined) return missingName(missing, names);
  const inText = /^Cannot use 'in' operator to search for '(.*)' in /s.exec(message)?.[1];
  if (inText !== undefined) return `there is no value called '${inText}' in a text`;
  const [, opened, closed] = /^(\S+) doesn't match (\S+)/.exec(message) ?? [];
  if (opened !== undefined) return `{{#${opened}}} is closed by {{/${closed}}}`;
  const found = /, got '([A-Z_]+)'$/.exec(message)?.[1];
  if (found !== undefined) return SYNTAX[found] ?? 'this is not valid in a template';
  return 'a value or a helper is used here in a way that templates do not have';
}

/** What Handlebars' parser met where it expected something else. */
const SYNTAX: Readonly<Record<string, string>> = {
  EOF: 'a block such as {{#if …}} is not closed',
  OPEN_ENDBLOCK: '{{/…}} closes no block',
  INVERSE: '{{else}} stands in no block',
  OPEN_INVERSE_CHAIN: '{{else …}} stands in no block',
  INVALID: 'what stands between {{ and }} is not complete',
};

function missingName(name: string, { values, helpers, program }: TemplateNames): string {
  const own = 'pins' in values && Array.isArray(values.pins) ? ['pins', ...Object.keys(values.pins[0] ?? {})] : [];
  const known = own.length > 0 ? own : Object.keys(values);
  const path = dottedPath(program, name);
  if (path !== undefined) return missingPath(path, known);
  const hint = didYouMean(name, [...known, ...helpers]);
  const list = `there are the values ${known.join(', ')}, and the helpers ${helpers.join(', ')}`;
  return `there is no value or helper called '${name}'${hint === '' ? '; ' : `${hint} `}${hint === '' ? list : `T${list.slice(1)}`}`;
}

/** `image.name`: the values of a pin stand by themselves, such as `imageName`. */
function missingPath(path: string, known: readonly string[]): string {
  const joined = path.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase());
  const last = path.replace(/^.*\./, '');
  const near = known.find((each) => each === joined) ?? known.find((each) => each === last);
  const hint = near === undefined ? `; there are the values ${known.join(', ')}` : `: write ${near}`;
  return `there is no value called '${path}'${hint}`;
}

/** Handlebars has the line of a parse error within the text, that of a failed look-up in a field. */
function lineOf(cause: unknown): number | undefined {
  const field = cause instanceof Error && 'lineNumber' in cause ? Number(cause.lineNumber) : Number.NaN;
  const text = /^Parse error on line (\d+)/.exec(messageOf(cause))?.[1] ?? / - (\d+):\d+$/.exec(messageOf(cause))?.[1];
  if (Number.isInteger(field)) return field;
  return text === undefined ? undefined : Number(text);
}

/** The line in which a partial is called. */
function lineOfPartial(node: unknown, name: string): number | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  if ('type' in node && String(node.type).startsWith('Partial') && 'name' in node && 'loc' in node) {
    const { name: called, loc } = node as { name: { original?: unknown }; loc: { start: { line: number } } };
    if (called.original === name) return loc.start.line;
  }
  for (const part of Object.values(node)) {
    const line = lineOfPartial(part, name);
    if (line !== undefined) return line;
  }
  return undefined;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
