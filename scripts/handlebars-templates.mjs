import { readFile } from 'node:fs/promises';
import Handlebars from 'handlebars';

/**
 * Lets a module import a `.hbs` file as `{ template }`: the template compiled at build time, so that the program starts with
 * Handlebars' small runtime and loads its compiler only for a user's own template. The text itself is `{ source }` of `.hbs?source`.
 *
 * @returns {import('vite').Plugin}
 */
export function handlebarsTemplates() {
  return {
    name: 'handlebars-templates',
    async load(id) {
      if (id.endsWith('.hbs?source'))
        return `export const source = ${JSON.stringify(await readFile(id.replace('?source', ''), 'utf8'))};\n`;
      if (!id.endsWith('.hbs')) return undefined;
      const source = await readFile(id, 'utf8');
      const template = Handlebars.precompile(source, { noEscape: true, strict: true, preventIndent: true });
      return `export const template = ${template};\n`;
    },
  };
}
