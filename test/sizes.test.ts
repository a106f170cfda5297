import { dirname } from 'node:path';
import { parseAst } from 'vite';
import { expect, test } from 'vitest';
import { readSource, sourceFiles } from './support/source-imports.js';

const MAX_FILE_LINES = 200;
const MAX_FUNCTION_LINES = 40;
const MAX_FILES = 15;

/** Files that may be longer: one table or one grammar that is read as a whole. Each says why in its first comment. */
const LONG_FILES: readonly string[] = [
  'compression/gzip/assembly/decoding-table.ts',
  'compression/gzip/assembly/inflate.ts',
  'nix/language/lexer.ts',
  'nix/language/parser.ts',
];

/** Functions that may be longer, and why. */
const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  'nix/evaluation/evaluator.ts dispatch': 'one case for each kind of expression, and nothing else',
};

const files = sourceFiles();
/** AssemblyScript has words of its own that only its compiler reads. */
const readable = files.filter((file) => !file.includes('/assembly/') && !file.endsWith('.d.ts'));

test(`a file has at most ${MAX_FILE_LINES} lines, or is one that says why not`, () => {
  const long = files.filter((file) => linesOf(readSource(file)) > MAX_FILE_LINES);
  expect(long, 'Cut the file where it answers two questions.').toEqual(LONG_FILES);
  const silent = LONG_FILES.filter((file) => !readSource(file).startsWith(`// Over ${MAX_FILE_LINES} lines: `));
  expect(silent, 'The first comment says why the file is long.').toEqual([]);
});

test(`a function has at most ${MAX_FUNCTION_LINES} lines`, () => {
  const long = readable.flatMap((file) => longFunctions(file, readSource(file)));
  expect(long, 'Give each step of the function a name and a function of its own.').toEqual(Object.keys(LONG_FUNCTIONS));
});

test(`a folder has at most ${MAX_FILES} files`, () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  const full = [...counts].filter(([, count]) => count > MAX_FILES);
  expect(full, 'Find the question that some of these files answer together, and give them a room.').toEqual([]);
});

test('the check sees a long function, a method and an arrow', () => {
  const lines = '\n'.repeat(MAX_FUNCTION_LINES);
  const text = `function f() {${lines}}\nclass C { m() {${lines}} }\nconst g = () => {${lines}};\nfunction h() {}`;
  expect(longFunctions('x.ts', text)).toEqual(['x.ts f', 'x.ts m', 'x.ts g']);
});

function longFunctions(file: string, text: string): string[] {
  const program: unknown = parseAst(text, { lang: 'ts' });
  return [...functionsIn(program, '')]
    .filter(({ start, end }) => linesOf(text.slice(start, end)) > MAX_FUNCTION_LINES)
    .map(({ name }) => `${file} ${name}`);
}

interface FoundFunction {
  readonly name: string;
  /** Range in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** The functions of a syntax tree, each with its own name or that of the method or variable that holds it. */
function* functionsIn(node: unknown, holder: string): Generator<FoundFunction> {
  if (typeof node !== 'object' || node === null) return;
  const name = nameOf(node) ?? holder;
  if (isFunction(node)) yield { name, start: node.start, end: node.end };
  for (const child of Object.values(node)) yield* functionsIn(child, name);
}

function isFunction(node: object): node is { start: number; end: number } {
  return (
    'type' in node && /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(String(node.type))
  );
}

function nameOf(node: object): string | undefined {
  const named = ('id' in node && node.id) || ('key' in node && node.key) || undefined;
  return typeof named === 'object' && 'name' in named ? String(named.name) : undefined;
}

function linesOf(text: string): number {
  return text.replace(/\n$/, '').split('\n').length;
}
