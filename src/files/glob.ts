import { posix } from 'node:path';
import { checkGlob, compileGlob } from '../patterns/glob.js';
import { isSourceName } from './near-source.js';

/** What a glob is asked about: a pin. */
export interface GlobSubject {
  /** The file, relative to the folder when it lies below it, absolute otherwise; with `/`. */
  readonly file: string;
  /** The image's name without tag and digest, in each of its spellings: `nginx`, `docker.io/library/nginx`. */
  readonly images: readonly string[];
}

/** Whether a subject matches at least one of the patterns. */
export type Glob = (subject: GlobSubject) => boolean;

/**
 * A glob over the names of images and the paths of files. `*`, `?` and `[a-z]` stay within a component, `**` crosses components (also
 * with something beside it: `**.nix`), `{a,b}` is either; a dot at the start is nothing special, and case counts.
 *
 * - A pattern is compared with the whole name of an image, in each of its spellings: `nginx`, `redis*`, `bitnami/*`, `ghcr.io/**`,
 *   `**` + `/nginx` for any nginx anywhere.
 * - A pattern that starts with `./`, `../` or `/` is a path only, from the folder: `./hosts/**.nix`, and `./hosts` for all that is in there.
 * - A pattern that ends in `.nix`, `.json`, `.toml`, `.yaml` or `.yml` is a path only, too, and without a slash the name of a file anywhere: `images.nix`.
 * - Any other pattern with a slash may also be the whole path of a file from the folder: `hosts/**`.
 *
 * Throws a UsageError for a pattern that is empty, too long, or begins with `!`.
 * @param folder the absolute path that relative patterns and files start from
 */
export function createGlob(patterns: readonly string[], folder: string): Glob {
  const matchers = patterns.map((pattern) => createMatcher(pattern, folder));
  return (subject) => matchers.some((matches) => matches(subject));
}

function createMatcher(pattern: string, folder: string): Glob {
  checkGlob(pattern);
  const isPath = /^(?:\.{0,2}\/|\.{1,2}$)/.test(pattern);
  const isFileName = isSourceName(pattern);
  if (!isPath && !isFileName) {
    const isMatch = compile(pattern);
    const mayBePath = pattern.includes('/');
    return ({ file, images }) => images.some((image) => isMatch(image)) || (mayBePath && isMatch(file));
  }
  if (!isPath && !pattern.includes('/')) {
    const isMatch = compile(pattern);
    return ({ file }) => isMatch(posix.basename(file));
  }
  const isMatch = compilePath(pattern);
  const isAbsolute = pattern.startsWith('/');
  return ({ file }) =>
    isMatch(isAbsolute ? posix.resolve(folder, file) : posix.relative(folder, posix.resolve(folder, file)));
}

/** A path stands for itself and, if it is a folder, for all that is in it. */
function compilePath(pattern: string): (path: string) => boolean {
  const path = posix.normalize(pattern).replace(/(?<=.)\/$/, '');
  if (path === '.') return (file) => !file.startsWith('../');
  const [isItself, isBelow] = [compile(path), compile(path === '/' ? '/**' : `${path}/**`)];
  return (file) => isItself(file) || isBelow(file);
}

function compile(pattern: string): (text: string) => boolean {
  // A glob lets ** cross components only where it is a component by itself; here `**.nix` does, too.
  return compileGlob(pattern.replace(/(^|\/)\*\*(?=[^/*])/g, '$1**/*'));
}
