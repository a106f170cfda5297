import { optionGroup } from './option.js';

/** An option of every command that prints an answer: whether to print JSON. */
export const JSON_OUTPUT = optionGroup({
  title: 'Output',
  options: { json: { type: 'flag', help: 'Print JSON, as docs/json.md describes it' } },
  parse: ({ json }): boolean => json,
});
