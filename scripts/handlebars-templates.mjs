import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import Handlebars from 'handlebars';

const STYLE_SHEET = '\0style-sheet:';

/**
 * Lets a module import a `.hbs` file as `{ template }`: the template compiled at build time, so that the program starts with
 * Handlebars' small runtime and loads its compiler only for a user's own template. The text itself is `{ source }` of `.hbs?source`.
 * The style sheet of a page is `{ source }` of `.css?source`. A template of HTML (`.html.hbs`) escapes each value; those of Nix have helpers for that.
 *
 * @returns {import('vite').Plugin}
 */
export function handlebarsTemplates() {
  return {
    name: 'handlebars-templates',
    enforce: 'pre',
    // Under a name with .css, vite would take it for a style sheet that is to be bundled.
    resolveId: (id, importer) =>
      id.endsWith('.css?source') && importer
        ? `${STYLE_SHEET}${resolve(dirname(importer), id.replace('.css?source', ''))}`
        : undefined,
    async load(id) {
      if (id.startsWith(STYLE_SHEET)) return textModule(`${id.slice(STYLE_SHEET.length)}.css`);
      if (id.endsWith('.hbs?source')) return textModule(id.replace('?source', ''));
      if (!id.endsWith('.hbs')) return undefined;
      const source = await readFile(id, 'utf8');
      const template = Handlebars.precompile(source, {
        noEscape: !id.endsWith('.html.hbs'),
        strict: true,
        preventIndent: true,
      });
      return `export const template = ${template};\n`;
    },
  };
}

/** @param {string} file */
async function textModule(file) {
  return `export const source = ${JSON.stringify(await readFile(file, 'utf8'))};\n`;
}
