import Handlebars from 'handlebars/runtime.js';
import { template as attrs } from '../../../templates/attrs.hbs';
import { template as nix2container } from '../../../templates/nix2container.hbs';
import { template as ociString } from '../../../templates/oci-string.hbs';
import { template as pullImage } from '../../../templates/pull-image.hbs';
import { PullpinError } from '../../errors.js';
import { nixComment, nixString } from '../literals/text.js';
import type { Needs, TemplateValues } from './template-values.js';

export const TEMPLATE_NAMES = ['pull-image', 'attrs', 'nix2container', 'oci-string'] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

export type ApplyTemplate = (values: TemplateValues | { readonly pins: readonly TemplateValues[] }) => string;

/** A template that is ready to be applied. */
export interface PreparedTemplate {
  readonly apply: ApplyTemplate;
  /** It is applied once, to `{ pins }`, instead of to each pin. */
  readonly gathers?: boolean;
  /** It writes one line for each pin, so that no blank lines stand between them. */
  readonly isLine?: boolean;
  readonly target: Needs;
  /** What it calls, unless the user has another path; absent where nothing is called. */
  readonly function?: string;
}

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

const environment = Handlebars.create();
environment.registerHelper(HELPERS);
environment.registerPartial('attrs', environment.template(attrs));

export const BUILT_IN_TEMPLATES: Readonly<Record<TemplateName, PreparedTemplate>> = {
  'pull-image': { apply: environment.template(pullImage), target: 'docker-archive', function: 'dockerTools.pullImage' },
  attrs: { apply: environment.template(attrs), target: 'docker-archive' },
  nix2container: { apply: environment.template(nix2container), target: 'nar', function: 'nix2container.pullImage' },
  'oci-string': { apply: environment.template(ociString), isLine: true, target: 'none' },
};

export function isTemplateName(text: string): text is TemplateName {
  return TEMPLATE_NAMES.some((name) => name === text);
}
