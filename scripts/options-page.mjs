// Writes docs/options.md from the table of options. A test checks that the page is up to date.
import { writeFile } from 'node:fs/promises';
import { source } from './run-source.mjs';

const { optionsPage } = await source('src/cli/man/options-page.ts');
const { HELP_SOURCE } = await source('src/cli/help-source.ts');
await writeFile(new URL('../docs/options.md', import.meta.url), optionsPage(HELP_SOURCE));
