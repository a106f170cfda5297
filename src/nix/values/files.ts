import { posix } from 'node:path';
import { PullpinError } from '../../errors.js';
import { parseNix } from '../language/parser.js';
import { Lines } from '../language/position.js';
import type { NixFile } from '../language/syntax.js';
import { type JsonNode, parseJsonTree } from './json.js';

/** Returns the text of a file; undefined when the file does not exist or may not be read. The caller decides which paths may be read. */
export type ReadFile = (path: string) => string | undefined;

/** Translates between the names and the paths of files: stdin, for example, has a name, but the paths in its text start from a real folder. */
export interface Naming {
  /** The name that all results use for the file at a path. */
  readonly nameOf: (path: string) => string;
  /** The path of the file with this name. */
  readonly pathOf: (name: string) => string;
}

const BY_PATH: Naming = { nameOf: (path) => path, pathOf: (name) => name };

// Limits how many files one file can make the program read. No repository spreads its pins over more files.
const MOST_FILES = 2000;

/** The files that values lead to, by their names. Each is read and parsed once. */
export class NixFiles {
  private readonly parsed = new Map<string, NixFile | undefined>();
  private readonly texts = new Map<string, string | undefined>();
  private readonly trees = new Map<string, JsonNode | undefined>();
  private readonly lines = new Map<string, Lines>();

  constructor(
    readonly main: NixFile,
    private readonly readFile: ReadFile,
    private readonly naming: Naming = BY_PATH,
  ) {
    this.parsed.set(posix.normalize(main.path), main);
    this.texts.set(main.path, main.source);
  }

  /** The Nix file at a path, or `default.nix` in that folder; undefined when neither exists or the file is not Nix. */
  nix(path: string): NixFile | undefined {
    return this.parse(path) ?? this.parse(this.joined(path, '/default.nix'));
  }

  /** Resolves a path that is written in a file against the folder of that file; undefined for a path in the home folder. */
  resolved(file: string, written: string): string | undefined {
    if (written.startsWith('~')) return undefined;
    const { nameOf, pathOf } = this.naming;
    return nameOf(
      written.startsWith('/') ? posix.normalize(written) : posix.join(posix.dirname(pathOf(file)), written),
    );
  }

  /** Adds text to the end of a path, as `./. + "/images.nix"` does. */
  joined(path: string, more: string): string {
    return this.naming.nameOf(posix.normalize(this.naming.pathOf(path) + more));
  }

  text(path: string): string | undefined {
    if (!this.texts.has(path)) this.texts.set(path, this.readFile(path));
    return this.texts.get(path);
  }

  /** Whether no other file has been looked for so far. */
  get isMainAlone(): boolean {
    return this.texts.size === 1;
  }

  /** Whether one of the files read so far contains this text. */
  mention(text: string): boolean {
    return [...this.texts.values()].some((each) => each?.includes(text) === true);
  }

  /** The syntax tree of a JSON file; undefined when there is no such file or it is not JSON. */
  json(path: string): JsonNode | undefined {
    if (!this.trees.has(path)) this.trees.set(path, this.loadJson(path));
    return this.trees.get(path);
  }

  /** The lines of a file. */
  linesOf(path: string): Lines {
    const lines = this.lines.get(path) ?? new Lines(this.text(path) ?? '');
    this.lines.set(path, lines);
    return lines;
  }

  private parse(path: string): NixFile | undefined {
    if (!this.parsed.has(path)) this.parsed.set(path, this.parsed.size < MOST_FILES ? this.load(path) : undefined);
    return this.parsed.get(path);
  }

  private loadJson(path: string): JsonNode | undefined {
    const text = this.text(path);
    try {
      return text === undefined ? undefined : parseJsonTree(text, path);
    } catch (error) {
      if (error instanceof PullpinError) return undefined;
      throw error;
    }
  }

  private load(path: string): NixFile | undefined {
    const source = this.text(path);
    try {
      return source === undefined ? undefined : parseNix(source, path);
    } catch (error) {
      if (error instanceof PullpinError) return undefined;
      throw error;
    }
  }
}
