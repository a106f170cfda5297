import { PullpinError } from '../../errors.js';
import { nixAttribute, nixComment, nixString } from '../literals/text.js';

/** A helper got something that it cannot write. `lineNumber` is that of the template, as Handlebars' own errors have it. */
export class HelperError extends PullpinError {
  readonly lineNumber: number | undefined;

  /** @param options what Handlebars gives a helper as its last argument */
  constructor(problem: string, options: unknown) {
    super(problem);
    this.lineNumber = (options as { loc?: { start?: { line?: number } } } | undefined)?.loc?.start?.line;
  }
}

export const HELPERS: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
  nixString: (text, options) => nixString(helperText('nixString', text, options)),
  nixComment: (text, options) => nixComment(helperText('nixComment', text, options)),
  nixAttribute: (text, options) => nixAttribute(helperText('nixAttribute', text, options)),
  json: (value) => JSON.stringify(value ?? null),
  concat: (...parts) =>
    parts
      .slice(0, -1)
      .map((part) => helperText('concat', part, parts.at(-1)))
      .join(''),
};

/** Handlebars checks no argument of a helper, not even in strict mode. */
function helperText(helper: string, value: unknown, options: unknown): string {
  if (typeof value === 'string') return value;
  const got = value === undefined || value === null ? 'nothing: there is no such value' : typeof value;
  throw new HelperError(`${helper} wants text, and got ${got}`, options);
}
