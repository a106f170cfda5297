import { UsageError } from '../../errors.js';
import { optionGroup } from './option.js';

/** How a command prints its answer: for people, as JSON, or as a line of JSON for each part of it. */
export type JsonFormat = 'text' | 'json' | 'json-lines';

/** The same for every command that has it. */
export const JSON_FLAG = { type: 'flag', help: 'Print JSON, as docs/json.md describes it' } as const;

/** Of commands whose answers may be long. */
export const JSON_LINES_OUTPUT = optionGroup({
  title: 'Output',
  options: {
    json: JSON_FLAG,
    'json-lines': { type: 'flag', help: 'Print a line of JSON for each pin' },
  },
  parse({ json, 'json-lines': lines }): JsonFormat {
    if (json && lines) throw new UsageError('--json and --json-lines would both be printed: choose one');
    if (lines) return 'json-lines';
    return json ? 'json' : 'text';
  },
});

/** An option of every command that prints an answer: whether to print JSON. */
export const JSON_OUTPUT = optionGroup({
  title: 'Output',
  options: { json: JSON_FLAG },
  parse: ({ json }): boolean => json,
});
