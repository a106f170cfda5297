import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Code, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { SKIP, visit } from 'unist-util-visit';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The pages that people read: README and all of docs/, as paths from the top of the repository. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];

export function readPage(page: string): string {
  return readFileSync(`${ROOT}${page}`, 'utf8');
}

/**
 * What a comment above a block tells the test: `<!-- test: KEY -->` or `<!-- test: KEY: VALUE -->`.
 *
 * - `not run: REASON`: the block needs something that is not on this machine
 * - `exit code: N`: the last command of the block ends with N, not with 0
 * - `file: PATH`: the block is a file of the reader's; the commands below it find it there
 * - `before: COMMAND`: done before the block, and not shown to the reader
 * - `fresh folder`: the folder is as in the beginning again
 */
const DIRECTIVES = ['not run', 'exit code', 'file', 'before', 'fresh folder'] as const;
export type Directive = (typeof DIRECTIVES)[number];

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Where the block begins, counted from 1. */
  readonly line: number;
  /** `console` is a session: what is typed and what is printed. `sh` is commands alone. Any other is no command. */
  readonly language: string;
  readonly text: string;
  readonly directives: readonly { readonly key: Directive; readonly value: string }[];
  /** Range of the whole block in the page, in UTF-16 units. */
  readonly range: readonly [start: number, end: number];
}

export function parsePage(text: string): Root {
  return fromMarkdown(text);
}

/** The blocks of a page, in order. */
export function blocksOf(page: string, text = readPage(page)): Block[] {
  const blocks: Block[] = [];
  visit(parsePage(text), 'code', (code, at, parent) => {
    const { start, end } = code.position ?? fail(page, 0, 'a block without a place');
    const before = siblings(parent?.children ?? [], at ?? 0);
    blocks.push({
      page,
      line: start.line,
      language: code.lang ?? '',
      text: code.value,
      directives: before.map((comment) => readDirective(page, start.line, comment)),
      range: [start.offset ?? 0, end.offset ?? 0],
    });
    return SKIP;
  });
  return blocks;
}

/** The comments for the test right above a block. */
function siblings(children: readonly (RootContent | Code)[], at: number): string[] {
  const comments: string[] = [];
  for (let above = at - 1; above >= 0; above--) {
    const node = children[above];
    if (node?.type !== 'html' || !node.value.startsWith('<!-- test:')) break;
    comments.unshift(...node.value.split('\n').filter((line) => line !== ''));
  }
  return comments;
}

function readDirective(page: string, line: number, comment: string) {
  const [, key = '', value = ''] = /^<!-- test: ([a-z ]+?)(?:: (.+))? -->$/.exec(comment) ?? [];
  const known = DIRECTIVES.find((each) => each === key) ?? fail(page, line, `no such word for the test: ${comment}`);
  return { key: known, value };
}

function fail(page: string, line: number, message: string): never {
  throw new Error(`${page}:${line}: ${message}`);
}
