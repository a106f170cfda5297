import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAst } from 'vite';

/** A declaration: the file that holds it, relative to the folder of the declarations, and its name there. */
export interface DeclaredName {
  readonly file: string;
  readonly name: string;
}

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

interface DeclarationFile {
  /** What is declared here, by name; several nodes where a function has several signatures. */
  readonly declared: ReadonlyMap<string, readonly SyntaxNode[]>;
  /** What comes from elsewhere, by the name that it has here. */
  readonly imported: ReadonlyMap<string, DeclaredName>;
  readonly exported: ReadonlyMap<string, string>;
}

/** The declarations (`.d.ts`) in a folder, as a consumer's TypeScript sees them. */
export class Declarations {
  private readonly files = new Map<string, DeclarationFile>();

  constructor(private readonly folder: string) {}

  /** The names that a file exports, each with the declaration behind it. */
  exportsOf(file: string): Map<string, DeclaredName> {
    const { exported } = this.read(file);
    return new Map([...exported].map(([name, local]) => [name, this.resolve({ file, name: local })]));
  }

  /** Everything that the declarations name, and what those name in turn. */
  reachableFrom(start: Iterable<DeclaredName>): DeclaredName[] {
    const seen = new Map<string, DeclaredName>();
    const waiting = [...start];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.set(key, next);
      const { file } = next;
      for (const node of this.read(file).declared.get(next.name) ?? [])
        for (const name of namesIn(node)) if (this.isKnown(file, name)) waiting.push(this.resolve({ file, name }));
    }
    return [...seen.values()];
  }

  /** The packages and modules outside of the folder that a file imports. */
  foreignImports(file: string): string[] {
    return [...this.read(file).imported.values()]
      .map((each) => each.file)
      .filter((target) => !target.endsWith('.d.ts'));
  }

  private isKnown(file: string, name: string): boolean {
    const { declared, imported } = this.read(file);
    return declared.has(name) || imported.get(name)?.file.endsWith('.d.ts') === true;
  }

  /** Follows imports to the file that declares the name. */
  private resolve({ file, name }: DeclaredName): DeclaredName {
    const { declared, imported, exported } = this.read(file);
    if (declared.has(name)) return { file, name };
    const target = imported.get(name) ?? imported.get(exported.get(name) ?? '');
    return target ? this.resolve(target) : { file, name };
  }

  private read(file: string): DeclarationFile {
    const known = this.files.get(file) ?? parse(file, readFileSync(join(this.folder, file), 'utf8'));
    this.files.set(file, known);
    return known;
  }
}

export function keyOf({ file, name }: DeclaredName): string {
  return `${file} ${name}`;
}

function parse(file: string, text: string): DeclarationFile {
  const declared = new Map<string, SyntaxNode[]>();
  const imported = new Map<string, DeclaredName>();
  const exported = new Map<string, string>();
  for (const statement of childrenOf(parseAst(text, { lang: 'dts' }, file))) {
    const source = nodeOf(statement['source'])?.['value'];
    for (const specifier of listOf(statement['specifiers'])) {
      const local = nameOf(specifier['local']);
      const name = nameOf(specifier['imported']) || local;
      if (specifier['type'] === 'ExportSpecifier') exported.set(nameOf(specifier['exported']), local);
      if (typeof source === 'string') imported.set(local, { file: target(file, source), name });
    }
    const isExport = statement.type === 'ExportNamedDeclaration';
    const declaration = isExport ? nodeOf(statement['declaration']) : statement;
    for (const { name, node } of declarationsIn(declaration)) {
      declared.set(name, [...(declared.get(name) ?? []), node]);
      if (isExport) exported.set(name, name);
    }
  }
  return { declared, imported, exported };
}

function target(file: string, source: string): string {
  return source.startsWith('.') ? join(dirname(file), source.replace(/\.js$/, '.d.ts')) : source;
}

function declarationsIn(node: SyntaxNode | undefined): { name: string; node: SyntaxNode }[] {
  if (!node) return [];
  const own = nameOf(node['id']);
  if (own !== '') return [{ name: own, node }];
  return listOf(node['declarations']).map((each) => ({ name: nameOf(each['id']), node: each }));
}

/** The names of types and values that a declaration is made of. */
function* namesIn(node: SyntaxNode): Generator<string> {
  if (node.type === 'TSTypeReference') yield nameOf(node['typeName']);
  if (node.type === 'TSTypeQuery') yield nameOf(node['exprName']);
  if (node.type === 'TSInterfaceHeritage' || node.type === 'TSClassImplements') yield nameOf(node['expression']);
  if (node.type === 'ClassDeclaration') yield nameOf(node['superClass']);
  for (const child of childrenOf(node)) yield* namesIn(child);
}

function childrenOf(node: object): SyntaxNode[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? listOf(value) : (nodeOf(value) ?? [])));
}

function listOf(value: unknown): SyntaxNode[] {
  return Array.isArray(value) ? value.flatMap((each) => nodeOf(each) ?? []) : [];
}

function nodeOf(value: unknown): SyntaxNode | undefined {
  const isNode = typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
  return isNode ? (value as SyntaxNode) : undefined;
}

/** `Name`, and the first part of `Name.Part`. */
function nameOf(value: unknown): string {
  const node = nodeOf(value);
  if (node?.type === 'TSQualifiedName') return nameOf(node['left']);
  return typeof node?.['name'] === 'string' ? node['name'] : '';
}
