import { optionGroup } from './option.js';

/** Of every command that prints an answer: whether it is JSON. */
export const JSON_OUTPUT = optionGroup({
  title: 'Output',
  options: { json: { type: 'flag', help: 'Print JSON, as docs/json.md describes it' } },
  parse: ({ json }): boolean => json,
});
