// Writes docs/options.md, and the tables of docs/templates.md and docs/check.md, from the tables of the code. A test checks that both are up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { source } from './run-source.mjs';

const { optionsPage } = await source('src/cli/man/options-page.ts');
const { templatesPage } = await source('src/cli/man/templates-page.ts');
const { checkPage } = await source('src/cli/man/check-page.ts');
const { HELP_SOURCE } = await source('src/cli/help-source.ts');
const page = (name) => new URL(`../docs/${name}`, import.meta.url);
await writeFile(page('options.md'), optionsPage(HELP_SOURCE));
await writeFile(page('check.md'), checkPage(await readFile(page('check.md'), 'utf8')));
await writeFile(page('templates.md'), templatesPage(await readFile(page('templates.md'), 'utf8')));
