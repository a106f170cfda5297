import { PullpinError, printable } from '../../errors.js';
import { readProblem } from '../../machine/file-errors.js';
import { readTextFile } from '../../machine/regular-file.js';
import { HELPERS, type PreparedTemplate, TEMPLATE_NAMES } from './templates.js';

/** A user's template cannot be read or has a mistake; the message names the file and, where it is known, the line. */
export class TemplateError extends PullpinError {
  constructor(
    readonly file: string,
    readonly line: number | undefined,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${problem}`, options);
  }
}

/**
 * Compiles a user's Handlebars template. It is strict: a value that does not exist is a mistake, and nothing is escaped but by the
 * helpers. One that speaks of `pins` is applied once, to all of them. Throws a TemplateError; so does what is returned.
 */
export async function compileTemplateFile(file: string): Promise<Omit<PreparedTemplate, 'target'>> {
  const source = await readTextFile(file).catch((cause: unknown) => {
    const builtIn = TEMPLATE_NAMES.join(', ');
    const problem = `is not one of ${builtIn}, and as a file it ${readProblem(cause)}`;
    throw new TemplateError(file, undefined, problem, { cause });
  });
  // Only a template of the user's own needs the compiler, which is most of Handlebars.
  const { default: Handlebars } = await import('handlebars');
  const environment = Handlebars.create();
  environment.registerHelper({ ...HELPERS, log: refuseLog });
  const located = <Result>(act: () => Result): Result => {
    try {
      return act();
    } catch (cause) {
      throw new TemplateError(file, lineOf(cause), printable(mistake(cause)), { cause });
    }
  };
  const program = located(() => Handlebars.parse(source));
  const apply = environment.compile(source, { strict: true, noEscape: true, preventIndent: true });
  return { apply: (values) => located(() => apply(values)), gathers: mentions(program, 'pins') };
}

/** Whether a value of this name is used anywhere in a template. */
function mentions(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if ('type' in node && node.type === 'PathExpression' && 'parts' in node && Array.isArray(node.parts))
    return node.parts[0] === name;
  return Object.values(node).some((part) => mentions(part, name));
}

/** Handlebars' own helper of this name would write between the pins on stdout. */
function refuseLog(): never {
  throw new PullpinError('log is not available in templates');
}

/** Handlebars tells the line of a parse error within the text, that of a failed look-up in a field. */
function lineOf(cause: unknown): number | undefined {
  const field = cause instanceof Error && 'lineNumber' in cause ? Number(cause.lineNumber) : Number.NaN;
  const text = /^Parse error on line (\d+)/.exec(messageOf(cause))?.[1] ?? / - (\d+):\d+$/.exec(messageOf(cause))?.[1];
  if (Number.isInteger(field)) return field;
  return text === undefined ? undefined : Number(text);
}

/** A parse error is a small drawing over several lines: what was found and expected stands in the last one. */
function mistake(cause: unknown): string {
  if (cause instanceof RangeError) return 'the template calls itself without end';
  const lines = messageOf(cause).split('\n');
  const text = (lines.length > 1 ? lines.at(-1) : lines[0]) ?? '';
  return text
    .replace(/^"(.*)" not defined in \[object Object\]( - \d+:\d+)?$/, "there is no value called '$1'")
    .replace(/^Cannot use 'in' operator to search for '(.*)' in .*$/s, "there is no value called '$1' in a text")
    .replace(/ - \d+:\d+$/, '');
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
