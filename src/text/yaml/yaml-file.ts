import { Composer, type CST, type Document } from 'yaml';
import { NixSyntaxError } from '../../nix/language/position.js';
import type { DataFile } from '../tree/data-file.js';
import { readTokens, wordsOf } from './yaml-tokens.js';
import { YamlTree } from './yaml-tree.js';

/** In characters; the parser reads about a million of them in a second. */
const LONGEST = 4 * 1024 * 1024;

/**
 * Parses a YAML file of one or more documents. A string keeps its place. One that is written over several lines, with escapes, or with a tag of
 * its own is there, and says why it must not be changed. Aliases are not expanded. Throws a NixSyntaxError.
 */
export function parseYaml(source: string, path: string): DataFile {
  if (source.length > LONGEST) throw new NixSyntaxError(path, source, 0, 'YAML of more than 4 MiB is not read');
  const { tokens, comments } = readTokens(source, path);
  const documents: Document.Parsed[] = [];
  // The check for keys that stand twice is ours: that of the library takes the square of their number.
  for (const document of new Composer({ uniqueKeys: false, prettyErrors: false }).compose(tokens)) {
    const [error] = document.errors;
    if (error) throw new NixSyntaxError(path, source, error.pos[0], `not YAML: ${wordsOf(error.message)}`);
    documents.push(document);
  }
  const starts = new Map(
    tokens.flatMap((token) => (token.type === 'document' ? [[token.offset, startOf(token)]] : [])),
  );
  const found = documents.flatMap(({ contents, range }) => {
    if (!contents) return [];
    const root = new YamlTree(source, path).node(contents);
    return [{ root, start: starts.get(range[0]) ?? root.start }];
  });
  return { path, source, comments, documents: found, root: { start: found[0]?.start ?? 0, end: source.length } };
}

/** Where `---` stands; undefined in a document without it. */
function startOf({ start }: CST.Document): number | undefined {
  return start.find(({ type }) => type === 'doc-start')?.offset;
}
