import Handlebars from 'handlebars/runtime.js';
import type { TemplateHelper } from '../helpers/helper.js';
import { functionsOf, HELPERS } from '../helpers/helpers.js';
import type { TemplateValues } from '../values/template-values.js';
import { CALL_TEMPLATES } from './call-templates.js';
import { TEMPLATES, type TemplateInfo, type TemplateName } from './template-table.js';

/** Writes the text of what a template is applied to. */
export type ApplyTemplate = (values: TemplateValues) => string;

/** A template that is ready to be applied. */
export interface PreparedTemplate extends Omit<TemplateInfo, 'summary'> {
  readonly apply: ApplyTemplate;
}

/** The compiled templates by their names. */
type Compiled = Readonly<Record<string, TemplateSpecification>>;

/** What a compiled template needs beside itself: the parts that it is made of, and the helpers that it calls. */
export interface TemplateNeeds {
  readonly parts: Compiled;
  readonly helpers: Readonly<Record<string, TemplateHelper>>;
}

const CALL_NEEDS: TemplateNeeds = {
  parts: { attrs: CALL_TEMPLATES.attrs, 'pull-image': CALL_TEMPLATES['pull-image'] },
  helpers: HELPERS,
};

/** A built-in template, ready to be applied. */
export async function builtInTemplate(name: TemplateName): Promise<PreparedTemplate> {
  const { compiled, parts, helpers } = isCallTemplate(name)
    ? { compiled: CALL_TEMPLATES[name], ...CALL_NEEDS }
    : { compiled: (await fileTemplates())[name], ...(await fileNeeds()) };
  const environment = Handlebars.create();
  environment.registerHelper(functionsOf(helpers));
  for (const [part, specification] of Object.entries(parts))
    environment.registerPartial(part, environment.template(specification));
  return { ...TEMPLATES[name], apply: environment.template(compiled) };
}

function isCallTemplate(name: TemplateName): name is keyof typeof CALL_TEMPLATES {
  return Object.hasOwn(CALL_TEMPLATES, name);
}

// Most runs write a call: the templates of whole files, and their helpers, are loaded when one of them is used.
const fileTemplates = async () => (await import('./file-templates.js')).FILE_TEMPLATES;

/** What the templates of whole files need, and what templates of the user may use. */
export async function fileNeeds(): Promise<TemplateNeeds> {
  const { FILE_HELPERS, FILE_PARTS } = await import('./file-templates.js');
  return { parts: { ...CALL_NEEDS.parts, ...FILE_PARTS }, helpers: { ...HELPERS, ...FILE_HELPERS } };
}
