import { basename, dirname, relative, resolve } from 'node:path';
import { PullpinError } from '../../errors.js';
import type { GitSettings } from '../../files/git.js';
import { filesWithText } from '../../files/git-grep.js';
import { readSource } from '../../files/read-source.js';
import type { SourceFile } from '../pin-files.js';

/** How many steps to follow callers of callers; real code passes a pin through fewer. */
const ROUNDS = 3;
// How many of the files in which git finds a name are read, the nearest first, and how much text in total.
const MOST_READ = 200;
const MOST_TEXT = 16 * 1024 * 1024;
// How many callers are used.
const MOST_CALLERS = 50;

/**
 * The Nix files of a repository that name one of the targets, directly or through other files: they show how the pins of the targets
 * are fetched. Their number and size are limited. Only files in which git finds the name are read.
 *
 * @param targets absolute paths; none of them is among the callers
 * @param settings of the repository: its folder is the topmost one
 */
export async function callersOf(targets: readonly string[], settings: GitSettings): Promise<SourceFile[]> {
  return new CallerSearch(targets, settings).run();
}

class CallerSearch {
  private readonly seen: Set<string>;
  private readonly callers: SourceFile[] = [];
  private filesLeft = MOST_READ;
  private textLeft = MOST_TEXT;

  constructor(
    private readonly targets: readonly string[],
    private readonly settings: GitSettings,
  ) {
    this.seen = new Set(targets);
  }

  async run(): Promise<SourceFile[]> {
    let wanted = this.targets;
    for (let round = 0; round < ROUNDS && wanted.length > 0; round++) {
      const found = await this.callersOf(wanted);
      this.callers.push(...found);
      wanted = found.map(({ path }) => path);
    }
    return this.callers;
  }

  private async callersOf(wanted: readonly string[]): Promise<SourceFile[]> {
    const names = new Set(wanted.flatMap((path) => nameOf(path, this.settings.folder) ?? []));
    const candidates = (await filesWithText([...names], ['.nix'], this.settings)).filter(
      (path) => !this.seen.has(path),
    );
    const found: SourceFile[] = [];
    for (const path of nearestFirst(candidates, wanted)) {
      if (this.filesLeft-- <= 0 || this.textLeft <= 0 || this.callers.length + found.length >= MOST_CALLERS) break;
      const text = await this.textOf(path);
      if (text === undefined || !wanted.some((target) => mentions(text, path, target))) continue;
      this.seen.add(path);
      found.push({ path, text });
    }
    return found;
  }

  /** A file that cannot be read counts as no caller. */
  private async textOf(path: string): Promise<string | undefined> {
    try {
      const text = await readSource(path, this.settings.folder);
      this.textLeft -= text.length;
      return text;
    } catch (error) {
      if (error instanceof PullpinError) return undefined;
      throw error;
    }
  }
}

/** The name that code uses for a file. Code names a `default.nix` by its folder; the topmost folder has no name. */
function nameOf(path: string, top: string): string | undefined {
  if (basename(path) !== 'default.nix') return basename(path);
  return dirname(path) === top ? undefined : `/${basename(dirname(path))}`;
}

function nearestFirst(paths: readonly string[], targets: readonly string[]): string[] {
  const distance = (path: string) =>
    Math.min(...targets.map((target) => relative(dirname(path), dirname(target)).split('/').length));
  const near = paths.map((path) => ({ path, distance: distance(path) }));
  return near.toSorted((one, other) => one.distance - other.distance).map(({ path }) => path);
}

/** Whether a text names this file, and not another file with the same last name: `./images.nix` is the one in the same folder. */
function mentions(text: string, path: string, target: string): boolean {
  const isFolder = basename(target) === 'default.nix';
  const name = basename(isFolder ? dirname(target) : target);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = /[\w.+~/-]*$/.exec(text.slice(Math.max(0, at - 300), at))?.[0] ?? '';
    if (/^[\w-]/.test(text.slice(at + name.length)) || /[\w-]$/.test(before)) continue;
    const written = `${before}${name}`;
    const isResolved = /^\.\.?\//.test(written);
    if (isResolved && [target, dirname(target)].includes(resolve(dirname(path), written))) return true;
    // After an interpolation or a `+`, the beginning of the path is unknown.
    if (!isResolved && !(isFolder && before === '')) return true;
  }
  return false;
}
