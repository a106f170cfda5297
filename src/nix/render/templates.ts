import Handlebars from 'handlebars/runtime.js';
import { template as attrs } from '../../../templates/attrs.hbs';
import { template as nix2container } from '../../../templates/nix2container.hbs';
import { template as ociString } from '../../../templates/oci-string.hbs';
import { template as perSystem } from '../../../templates/per-system.hbs';
import { template as pullImage } from '../../../templates/pull-image.hbs';
import { HELPERS } from './helpers.js';
import { TEMPLATES, type TemplateInfo, type TemplateName } from './template-table.js';
import type { TemplateValues } from './template-values.js';

/** Writes the text of what a template is applied to. */
export type ApplyTemplate = (values: TemplateValues) => string;

/** A template that is ready to be applied. */
export interface PreparedTemplate extends Omit<TemplateInfo, 'summary'> {
  readonly apply: ApplyTemplate;
}

const COMPILED: Readonly<Record<TemplateName, TemplateSpecification>> = {
  'pull-image': pullImage,
  attrs,
  'per-system': perSystem,
  nix2container,
  'oci-string': ociString,
};

const environment = Handlebars.create();
environment.registerHelper(HELPERS);
environment.registerPartial('attrs', environment.template(attrs));

export function builtInTemplate(name: TemplateName): PreparedTemplate {
  return { ...TEMPLATES[name], apply: environment.template(COMPILED[name]) };
}
