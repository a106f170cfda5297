import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { handlebarsTemplates } from './handlebars-templates.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Loads a module of the source for a build step that generates files from it.
 *
 * @param {string} path from the top of the repository
 */
export async function source(path) {
  const { module } = await runnerImport(join(root, path), { configFile: false, plugins: [handlebarsTemplates()] });
  return module;
}
