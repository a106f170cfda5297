// Writes docs/options.md, and the tables of docs/templates.md, from the tables of the code. A test checks that both are up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { source } from './run-source.mjs';

const { optionsPage } = await source('src/cli/man/options-page.ts');
const { templatesPage } = await source('src/cli/man/templates-page.ts');
const { HELP_SOURCE } = await source('src/cli/help-source.ts');
const page = (name) => new URL(`../docs/${name}`, import.meta.url);
await writeFile(page('options.md'), optionsPage(HELP_SOURCE));
await writeFile(page('templates.md'), templatesPage(await readFile(page('templates.md'), 'utf8')));
