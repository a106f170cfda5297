import type Handlebars from 'handlebars';
import { PullpinError, printable, UsageError } from '../../errors.js';
import { isMissing, readProblem } from '../../machine/file-errors.js';
import { readTextFile } from '../../machine/regular-file.js';
import { didYouMean } from '../../suggestion.js';
import { HELPERS, HelperError } from './helpers.js';
import { nameFlaw, sizeFlaw, type TemplateFlaw, writtenArguments } from './template-check.js';
import { templateMistake } from './template-mistake.js';
import { type Helper, TemplateRun } from './template-run.js';
import { type AppliedTo, TEMPLATE_NAMES } from './template-table.js';
import type { ApplyTemplate, PreparedTemplate } from './templates.js';

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
 * helpers escape text. What it is applied to shows in the values that it uses. Throws a TemplateError, and so does the returned function.
 */
export async function compileTemplateFile(file: string): Promise<Omit<PreparedTemplate, 'target'>> {
  const source = await readTextFile(file).catch((cause: unknown) => {
    if (isMissing(cause)) throw unknownTemplate(file);
    throw new TemplateError(file, undefined, readProblem(cause), { cause });
  });
  // Only a template of the user's own needs the compiler, which is most of Handlebars.
  const { default: handlebars } = await import('handlebars');
  const refuse = (flaw: TemplateFlaw | undefined): void => {
    if (flaw) throw new TemplateError(file, flaw.line, printable(flaw.problem, MAX_PROBLEM));
  };
  const located = <Result>(act: () => Result, values: object = {}, program?: unknown): Result => {
    try {
      return act();
    } catch (cause) {
      const { line, problem } = templateMistake(cause, { values, helpers: Object.keys(HELPERS), program });
      throw new TemplateError(file, line, printable(problem, MAX_PROBLEM), { cause });
    }
  };
  refuse(sizeFlaw(source));
  const program = located(() => handlebars.parse(source));
  refuse(nameFlaw(program));
  const run = new TemplateRun(writtenArguments(program));
  const environment = environmentOf(handlebars, run);
  const compiled = environment.compile(source, { strict: true, noEscape: true, preventIndent: true });
  const apply: ApplyTemplate = (values) => {
    run.begin();
    return located(() => compiled(values), values, program);
  };
  return { apply, appliedTo: appliedTo(program) };
}

/** What the package's types leave out: its helpers may be given anything, and its runtime can be replaced. */
interface Inside {
  readonly helpers: Readonly<Record<string, Helper>>;
  VM: { readonly invokePartial: Helper };
}

/** Handlebars with our helpers, and with a bound on what a template writes. */
function environmentOf(handlebars: typeof Handlebars, run: TemplateRun): typeof Handlebars {
  const environment = handlebars.create();
  const inside = environment as unknown as Inside;
  const { json, ...others } = HELPERS;
  environment.registerHelper({ ...run.helpers(inside.helpers), ...others, log: refuseLog });
  if (json) environment.registerHelper('json', run.strict('json', json));
  inside.VM = { ...inside.VM, invokePartial: run.partial(inside.VM.invokePartial) };
  return environment;
}

/** A name that is neither that of a template nor of a file. */
function unknownTemplate(name: string): UsageError {
  const builtIn = `; the templates are ${TEMPLATE_NAMES.join(', ')}, and files of your own`;
  return new UsageError(
    `there is no template '${printable(name)}', and no file of that name${didYouMean(name, TEMPLATE_NAMES) || builtIn}`,
  );
}

/** A template that uses `images`, `pins` or `systems` wants more than one pin at a time. */
function appliedTo(program: unknown): AppliedTo {
  if (mentions(program, 'images')) return 'images';
  if (mentions(program, 'pins')) return 'pins';
  return mentions(program, 'systems') ? 'image' : 'pin';
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
