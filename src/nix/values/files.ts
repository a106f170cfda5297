import { posix } from 'node:path';
import type { Node } from 'jsonc-parser';
import { PullpinError } from '../../errors.js';
import { parseNix } from '../language/parser.js';
import { Lines } from '../language/position.js';
import type { NixFile } from '../language/syntax.js';
import { parseJsonTree } from './json.js';

/** The text of a file, or undefined when there is none or it is not to be read. The caller decides which paths are within bounds. */
export type ReadFile = (path: string) => string | undefined;

/** Where files have other names than their paths, such as that of stdin: paths within them are resolved by their places. */
export interface Naming {
  /** What the file at a path is called in all results. */
  readonly nameOf: (path: string) => string;
  /** The path of the file with this name. */
  readonly pathOf: (name: string) => string;
}

const BY_PATH: Naming = { nameOf: (path) => path, pathOf: (name) => name };

// No repository spreads its pins over more files; this limits how many files one file can make the program read.
const MOST_FILES = 2000;

/** The files that a followed value leads to, each read and parsed once, by their names. */
export class NixFiles {
  private readonly parsed = new Map<string, NixFile | undefined>();
  private readonly texts = new Map<string, string | undefined>();
  private readonly trees = new Map<string, Node | undefined>();
  private readonly lines = new Map<string, Lines>();

  constructor(
    readonly main: NixFile,
    private readonly readFile: ReadFile,
    private readonly naming: Naming = BY_PATH,
  ) {
    this.parsed.set(posix.normalize(main.path), main);
    this.texts.set(main.path, main.source);
  }

  /** The Nix file at a path, or `default.nix` in that folder; undefined when there is none or it is not Nix. */
  nix(path: string): NixFile | undefined {
    return this.parse(path) ?? this.parse(this.joined(path, '/default.nix'));
  }

  /** A path as it is written in a file, resolved against that file's folder; undefined for a path in the home folder. */
  resolved(file: string, written: string): string | undefined {
    if (written.startsWith('~')) return undefined;
    const { nameOf, pathOf } = this.naming;
    return nameOf(
      written.startsWith('/') ? posix.normalize(written) : posix.join(posix.dirname(pathOf(file)), written),
    );
  }

  /** A path with more text behind it: `./. + "/images.nix"`. */
  joined(path: string, more: string): string {
    return this.naming.nameOf(posix.normalize(this.naming.pathOf(path) + more));
  }

  text(path: string): string | undefined {
    if (!this.texts.has(path)) this.texts.set(path, this.readFile(path));
    return this.texts.get(path);
  }

  /** Whether one of the files that were read so far has this text. */
  mention(text: string): boolean {
    return [...this.texts.values()].some((each) => each?.includes(text) === true);
  }

  /** What a JSON file holds; undefined when there is none or it is not JSON. */
  json(path: string): Node | undefined {
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

  private loadJson(path: string): Node | undefined {
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
