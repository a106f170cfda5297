import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identifierName, literalText, nodesOf, type SyntaxNode } from './syntax.js';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

/** What src has beside sources. */
const SETTINGS = 'tsconfig.json';

/** One import of a source file. `file` is relative to src; so is `target` for a file of ours, and a package's name otherwise. */
export interface SourceImport {
  readonly file: string;
  /** `?` when it is computed. */
  readonly target: string;
  readonly isPackage: boolean;
  /** Whether it loads something when the program comes there, and not at the start. */
  readonly isLate: boolean;
}

/** The paths of all sources, relative to src. Throws for a file with another ending, because the tests of the house would not see it. */
export function sourceFiles(): string[] {
  const files = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => posix.relative(SOURCE, join(entry.parentPath, entry.name)));
  return checkedSources(files);
}

/** The sources among the files of src. */
export function checkedSources(files: readonly string[]): string[] {
  const sources = files.filter((file) => posix.basename(file) !== SETTINGS);
  const strange = sources.filter((file) => !file.endsWith('.ts'));
  if (strange.length > 0) throw new Error(`src has files that are no .ts files: ${strange.join(', ')}`);
  return sources.sort();
}

export function readSource(file: string): string {
  return readFileSync(join(SOURCE, file), 'utf8');
}

/** Every static, dynamic and type import of a source text, every re-export, and what it takes of Node by `process.getBuiltinModule`. */
export function importsOf(file: string, text: string): SourceImport[] {
  return nodesOf(text).flatMap(({ node }) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return [];
    const isLate = node.type === 'ImportExpression';
    const isPackage = !specifier.startsWith('.');
    const target = isPackage ? specifier : posix.join(posix.dirname(file), specifier);
    return [{ file, target, isPackage, isLate }];
  });
}

/** What a node imports; undefined when it imports nothing. */
function specifierOf(node: SyntaxNode['node']): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literalText(node['source']) ?? '?';
    case 'ExportNamedDeclaration':
      return literalText(node['source']);
    case 'TSExternalModuleReference':
      return literalText(node['expression']) ?? '?';
    case 'CallExpression':
      return builtIn(node['callee'], node['arguments']);
    default:
      return undefined;
  }
}

/** `process.getBuiltinModule('node:fs')` */
function builtIn(callee: unknown, args: unknown): string | undefined {
  const property = typeof callee === 'object' && callee !== null && 'property' in callee ? callee.property : undefined;
  if (identifierName(property) !== 'getBuiltinModule') return undefined;
  return (Array.isArray(args) ? literalText(args[0]) : undefined) ?? '?';
}
