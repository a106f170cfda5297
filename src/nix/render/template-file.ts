import { PullpinError, printable, UsageError } from '../../errors.js';
import { isMissing, readProblem } from '../../machine/file-errors.js';
import { readTextFile } from '../../machine/regular-file.js';
import { didYouMean } from '../../suggestion.js';
import { templateMistake } from './template-mistake.js';
import { HELPERS, HelperError, type PreparedTemplate, TEMPLATE_NAMES } from './templates.js';

/** Room for the names that there are, in characters. */
const MAX_PROBLEM = 800;

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
 * Compiles a user's Handlebars template. It is strict: a value that does not exist is a mistake, and only the
 * helpers escape text. A template that uses `pins` is applied once, to all of them. Throws a TemplateError, and so does the returned function.
 */
export async function compileTemplateFile(file: string): Promise<Omit<PreparedTemplate, 'target'>> {
  const source = await readTextFile(file).catch((cause: unknown) => {
    if (isMissing(cause)) throw unknownTemplate(file);
    throw new TemplateError(file, undefined, readProblem(cause), { cause });
  });
  // Only a template of the user's own needs the compiler, which is most of Handlebars.
  const { default: Handlebars } = await import('handlebars');
  const environment = Handlebars.create();
  environment.registerHelper({ ...HELPERS, log: refuseLog });
  const located = <Result>(act: () => Result, values: object = {}, program?: unknown): Result => {
    try {
      return act();
    } catch (cause) {
      const { line, problem } = templateMistake(cause, { values, helpers: Object.keys(HELPERS), program });
      throw new TemplateError(file, line, printable(problem, MAX_PROBLEM), { cause });
    }
  };
  const program = located(() => Handlebars.parse(source));
  const apply = environment.compile(source, { strict: true, noEscape: true, preventIndent: true });
  return { apply: (values) => located(() => apply(values), values, program), gathers: mentions(program, 'pins') };
}

/** A name that is neither that of a template nor of a file. */
function unknownTemplate(name: string): UsageError {
  const builtIn = `; the templates are ${TEMPLATE_NAMES.join(', ')}, and files of your own`;
  return new UsageError(
    `there is no template '${printable(name)}', and no file of that name${didYouMean(name, TEMPLATE_NAMES) || builtIn}`,
  );
}

/** Whether a value of this name is used anywhere in a template. */
function mentions(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if ('type' in node && node.type === 'PathExpression' && 'parts' in node && Array.isArray(node.parts))
    return node.parts[0] === name;
  return Object.values(node).some((part) => mentions(part, name));
}

/** Handlebars' own helper of this name would write between the pins on stdout. */
function refuseLog(...args: unknown[]): never {
  throw new HelperError('log is not available in templates', args.at(-1));
}
