import type Handlebars from 'handlebars';
import { PullpinError, printable } from '../../../errors.js';
import { isMissing, readProblem } from '../../../machine/file-errors.js';
import { readTextFile, UnfitFileError } from '../../../machine/regular-file.js';
import { loadReplace } from '../../../patterns/replacement.js';
import type { AppliedTo } from '../built-in/template-table.js';
import { type ApplyTemplate, fileNeeds, type PreparedTemplate, type TemplateNeeds } from '../built-in/templates.js';
import { HelperError, type HelperFunction } from '../helpers/helper.js';
import { HELPER_NAMES } from '../helpers/helper-list.js';
import { functionsOf, HELPERS } from '../helpers/helpers.js';
import { RENOVATE_HELPERS, replaceHelper } from '../helpers/renovate-helpers.js';
import { readPartial } from './partials.js';
import { mentions, nameFlaw, partialNames, sizeFlaw, type TemplateFlaw, writtenArguments } from './template-check.js';
import { templateMistake } from './template-mistake.js';
import { notTemplate, unknownTemplate } from './template-place.js';
import { TemplateRun } from './template-run.js';

/** Room for the names that there are, in characters. */
const MAX_PROBLEM = 800;
/** Partials that one template may use; also what keeps a folder of them from being read. */
const MAX_PARTIALS = 50;

const STRICT = { strict: true, noEscape: true, preventIndent: true };

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
 * Compiles a user's Handlebars template, with the partials beside it. It is strict: a value that does not exist is a mistake, and only the
 * helpers escape text. What it is applied to shows in the values that it uses. Throws a TemplateError, and so does the returned function.
 */
export async function compileTemplateFile(file: string): Promise<Omit<PreparedTemplate, 'target'>> {
  const source = await readTextFile(file).catch(async (cause: unknown) => {
    if (isMissing(cause)) throw unknownTemplate(file);
    if (cause instanceof UnfitFileError && cause.reason === 'not-a-file') throw await notTemplate(file);
    throw new TemplateError(file, undefined, readProblem(cause), { cause });
  });
  // Only a template of the user's own needs the compiler, which is most of Handlebars.
  const { default: handlebars } = await import('handlebars');
  const own = parseTemplate(handlebars, file, source);
  const partials = await parsePartials(handlebars, own);
  const parsed = [own, ...partials.values()];
  const uses = (name: string): boolean => parsed.some(({ program }) => mentions(program, name));
  const run = new TemplateRun(writtenArguments(own.program));
  const replace = uses('replace') ? replaceHelper(await loadReplace()) : undefined;
  const environment = environmentOf(handlebars, run, { ours: (await fileNeeds()).parts, own: partials }, replace);
  const compiled = environment.compile(source, STRICT);
  const apply: ApplyTemplate = (values) => {
    run.begin();
    return located(own, () => compiled(values), values);
  };
  return { apply, appliedTo: appliedTo(uses) };
}

/** A template that was parsed. */
interface ParsedTemplate {
  readonly file: string;
  readonly source: string;
  /** Handlebars' syntax tree. */
  readonly program: unknown;
}

/** Throws a TemplateError. */
function parseTemplate(handlebars: typeof Handlebars, file: string, source: string): ParsedTemplate {
  const refuse = (flaw: TemplateFlaw | undefined): void => {
    if (flaw) throw new TemplateError(file, flaw.line, printable(flaw.problem, MAX_PROBLEM));
  };
  refuse(sizeFlaw(source));
  const program = located({ file, program: undefined }, () => handlebars.parse(source));
  refuse(nameFlaw(program));
  return { file, source, program };
}

/** Does something with a template; its mistakes become those of the template's file. Throws a TemplateError. */
function located<Result>(
  { file, program }: Pick<ParsedTemplate, 'file' | 'program'>,
  act: () => Result,
  values: object = {},
): Result {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof TemplateError) throw cause;
    const { line, problem } = templateMistake(cause, { values, helpers: HELPER_NAMES, program });
    throw new TemplateError(file, line, printable(problem, MAX_PROBLEM), { cause });
  }
}

/** The partials beside a template that it uses, and those that they use. Throws a TemplateError. */
async function parsePartials(
  handlebars: typeof Handlebars,
  template: ParsedTemplate,
): Promise<ReadonlyMap<string, ParsedTemplate>> {
  const found = new Map<string, ParsedTemplate>();
  const waiting = [template];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const { name, line } of partialNames(next.program)) {
      if (found.has(name)) continue;
      const partial = await readPartial(template.file, name).catch((cause: unknown) => {
        throw new TemplateError(`${name}.hbs`, undefined, readProblem(cause), { cause });
      });
      if (!partial) continue;
      if (found.size === MAX_PARTIALS)
        throw new TemplateError(next.file, line, `a template uses at most ${MAX_PARTIALS} partials`);
      const parsed = parseTemplate(handlebars, partial.file, partial.source);
      found.set(name, parsed);
      waiting.push(parsed);
    }
  }
  return found;
}

/** What the package's types leave out: its helpers may be given anything, and its runtime can be replaced. */
interface Inside {
  readonly helpers: Readonly<Record<string, HelperFunction>>;
  VM: { readonly invokePartial: HelperFunction };
}

/** The partials of the built-in templates, and those beside the template. */
interface Partials {
  readonly ours: TemplateNeeds['parts'];
  readonly own: ReadonlyMap<string, ParsedTemplate>;
}

/** Handlebars with our helpers, with the partials, and with a bound on what a template writes. */
function environmentOf(
  handlebars: typeof Handlebars,
  run: TemplateRun,
  { ours, own: partials }: Partials,
  replace: HelperFunction | undefined,
): typeof Handlebars {
  const environment = handlebars.create();
  const inside = environment as unknown as Inside;
  const { json, ...own } = functionsOf(HELPERS);
  const strict = { json, replace, ...functionsOf(RENOVATE_HELPERS) };
  environment.registerHelper({
    ...run.helpers(inside.helpers),
    ...run.counted(own),
    ...run.counted(run.strict(strict)),
    log: refuseLog,
  });
  for (const [name, compiled] of Object.entries(ours))
    environment.registerPartial(name, environment.template(compiled));
  for (const [name, { source }] of partials) environment.registerPartial(name, environment.compile(source, STRICT));
  inside.VM = { ...inside.VM, invokePartial: run.partial(inside.VM.invokePartial, within) };
  return environment;

  /** A mistake in a partial is one of its own file. */
  function within<Result>(name: string, act: () => Result): Result {
    const partial = partials.get(name);
    return partial ? run.within(writtenArguments(partial.program), () => located(partial, act)) : act();
  }
}

/** A template that uses `images`, `pins` or `systems` wants more than one pin at a time. */
function appliedTo(uses: (name: string) => boolean): AppliedTo {
  if (uses('images')) return 'images';
  if (uses('pins')) return 'pins';
  return uses('systems') ? 'image' : 'pin';
}

/** Handlebars' own helper of this name would write between the pins on stdout. */
function refuseLog(...args: unknown[]): never {
  throw new HelperError('log is not available in templates', args.at(-1));
}
