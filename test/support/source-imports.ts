import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

/** One import of a source file. `file` is relative to src; so is `target` for a file of ours, and a package's name otherwise. */
export interface SourceImport {
  readonly file: string;
  readonly target: string;
  readonly isPackage: boolean;
}

/** The paths of all sources, relative to src. */
export function sourceFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort();
}

export function readSource(file: string): string {
  return readFileSync(join(SOURCE, file), 'utf8');
}

/** Every static, dynamic and type import of a source text, and every re-export. */
export function importsOf(file: string, text: string): SourceImport[] {
  const specifiers = text.matchAll(/(?<![.\w])(?:from\s+|import\s+|import\()'([^']+)'/g);
  return Array.from(specifiers, ([, specifier = '']) => {
    const isPackage = !specifier.startsWith('.');
    const target = isPackage ? specifier : posix.join(posix.dirname(file), specifier);
    return { file, target, isPackage };
  });
}
