import { PullpinError } from '../../../errors.js';

/** A function that a template calls; Handlebars gives it the values of its place as `this`, and its options as the last argument. */
export type HelperFunction = (this: unknown, ...args: unknown[]) => unknown;

/** A helper as docs/templates.md lists it. */
export interface TemplateHelper {
  /** Its arguments, as the docs show them after its name: `text text …`. */
  readonly usage: string;
  /** One sentence without a full stop. */
  readonly help: string;
  readonly apply: HelperFunction;
}

/** A helper got an argument that it cannot write. `lineNumber` is the line in the template, as in Handlebars' own errors. */
export class HelperError extends PullpinError {
  readonly lineNumber: number | undefined;

  /** @param options what Handlebars gives a helper as its last argument */
  constructor(problem: string, options: unknown) {
    super(problem);
    this.lineNumber = (options as { loc?: { start?: { line?: number } } } | undefined)?.loc?.start?.line;
  }
}

/** An argument is not text. `value` is what the helper got. */
export class NotTextError extends HelperError {
  constructor(
    problem: string,
    readonly value: unknown,
    options: unknown,
  ) {
    super(problem, options);
  }
}

/** Checks that an argument is text; Handlebars does not check arguments, even in strict mode. Throws a HelperError. */
export function helperText(helper: string, value: unknown, options: unknown): string {
  if (typeof value === 'string') return value;
  // Without an argument, a helper gets Handlebars' options in its place.
  if (options === undefined) throw new HelperError(`${helper} wants text: {{${helper} imageName}}`, value);
  const got = value === null ? 'null' : value === undefined ? 'nothing: there is no such value' : typeof value;
  throw new NotTextError(`${helper} wants text, and got ${got}`, value, options);
}
