import { templateSource } from '../../../nix/render/built-in/template-sources.js';
import {
  TEMPLATE_NAMES,
  TEMPLATES,
  type TemplateInfo,
  type TemplateName,
} from '../../../nix/render/built-in/template-table.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { writeOutput } from '../../terminal/output.js';
import type { TemplatesSettings } from './options.js';

export async function runTemplates({ operands: name }: TemplatesSettings, context: Context): Promise<number> {
  await writeOutput(name === undefined ? listText() : fileText(name), undefined, context);
  return EXIT.done;
}

function listText(): string {
  const width = Math.max(...TEMPLATE_NAMES.map(({ length }) => length));
  return TEMPLATE_NAMES.map((name) => `${name.padEnd(width)}  ${TEMPLATES[name].summary}\n`).join('');
}

/** A built-in template as a file. When it needs options, a comment at the top names them; the comment writes nothing. */
function fileText(name: TemplateName): string {
  const { target, function: called }: TemplateInfo = TEMPLATES[name];
  const options = [
    ...(target === 'nar' ? ['--target nar'] : []),
    ...(called === undefined || called === 'dockerTools.pullImage' ? [] : [`--function ${called}`]),
  ];
  const comment = options.length === 0 ? '' : `{{! use with ${options.join(' ')} }}\n`;
  return `${comment}${templateSource(name)}`;
}
