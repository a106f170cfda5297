import { PullpinError } from '../../errors.js';
import { formatRepository, isTag, parseReference } from '../../oci/reference.js';
import type { Range } from '../language/position.js';
import type { Comment, NixFile } from '../language/syntax.js';
import type { TagNote } from './pin-site.js';

/** Where comments on a pin may stand: the pin itself, the statement that it is part of, and its name's and digest's literals. */
export interface Surroundings {
  readonly file: NixFile;
  readonly pin?: Range | undefined;
  readonly statement?: Range | undefined;
  readonly literals: readonly Range[];
  /** The pin's image, to know its references by; as in `docker.io/library/redis`. */
  readonly repository: string | undefined;
}

/** What the comments around a pin say. */
export interface Remarks {
  readonly notes: readonly TagNote[];
  readonly isFrozen: boolean;
  /** All directives among them. */
  readonly directives: readonly Comment[];
  /** Directives that name no tag. */
  readonly malformed: readonly Comment[];
}

const DIRECTIVE = /^(?:#+|\/\*+)\s*pullpin:\s*(.*?)\s*(?:\*\/)?$/s;
const VERSION = /^(?:#+|\/\*+)\s*(v?\d[\w.+-]*)\s*(?:\*\/)?$/;
const TAG = /^(?:#+|\/\*+)\s*(?:image\s*)?(?:tag|version)\s*[:=]?\s*['"`]?([\w][\w.-]*)['"`]?\s*(?:\*\/)?$/i;
const COMMAND_TAG = /--(?:image|final-image)-tag[ =]+['"]?([\w][\w.-]*)/g;
const COMMAND_NAMES = /nix-prefetch-docker\s+(?:--\S+\s+)*(?:['"]?([\w./:-]+)['"]?)\s+['"]?([\w][\w.-]*)/g;
const REFERENCE = /(?:docker:\/\/)?([\w.-]+(?::\d+)?(?:\/[\w.-]+)*):([\w][\w.-]*)/g;

const STRENGTH: readonly TagNote['kind'][] = ['directive', 'version', 'tag', 'reference', 'command'];

/** Reads the comments in, beside and directly above a pin, and beside and above the literals of its name and digest. */
export function readRemarks(surroundings: Surroundings): Remarks {
  const { file } = surroundings;
  const near = nearComments(surroundings);
  const beside = new Set(surroundings.literals.flatMap((literal) => besideComments(file, literal)));
  const notes: TagNote[] = [];
  const directives: Comment[] = [];
  const malformed: Comment[] = [];
  let isFrozen = false;
  for (const comment of near) {
    const directive = DIRECTIVE.exec(file.source.slice(comment.start, comment.end));
    if (!directive) {
      notes.push(...traces(file, comment, beside.has(comment), surroundings.repository));
      continue;
    }
    directives.push(comment);
    const [whole, word = ''] = directive;
    if (word === 'freeze') isFrozen = true;
    else if (isTag(word)) notes.push(note('directive', file, comment.start + whole.lastIndexOf(word), word));
    else malformed.push(comment);
  }
  notes.sort((a, b) => STRENGTH.indexOf(a.kind) - STRENGTH.indexOf(b.kind));
  return { notes, isFrozen, directives, malformed };
}

/** All directives of a file, near a pin or not. */
export function directivesOf({ source, comments }: NixFile): Comment[] {
  return comments.filter(({ start, end }) => DIRECTIVE.test(source.slice(start, end)));
}

function nearComments({ file, pin, statement, literals }: Surroundings): Comment[] {
  const near = new Set<Comment>();
  for (const range of [pin, statement, ...literals]) {
    if (!range) continue;
    for (const comment of [...aboveComments(file, range), ...besideComments(file, range)]) near.add(comment);
  }
  if (pin) for (const comment of commentsWithin(file, pin.start, pin.end)) near.add(comment);
  return [...near].sort((a, b) => a.start - b.start);
}

/** Comments that follow on the line where the range ends, with nothing but closing marks between. */
function besideComments(file: NixFile, range: Range): Comment[] {
  const lineEnd = endOfLine(file.source, range.end);
  const found: Comment[] = [];
  let from = range.end;
  for (const comment of commentsWithin(file, range.end, lineEnd)) {
    if (!/^[\s"';,)}\]]*$/.test(file.source.slice(from, comment.start))) break;
    found.push(comment);
    from = comment.end;
  }
  return found;
}

/** Comments on lines of their own, or behind nothing but opening brackets, directly above the line where the range begins. */
function aboveComments({ source, comments }: NixFile, range: Range): Comment[] {
  const found: Comment[] = [];
  let lineStart = startOfLine(source, range.start);
  for (let index = firstAtOrAfter(comments, lineStart) - 1; index >= 0; index--) {
    const comment = comments[index];
    if (!comment || !/^[ \t]*\r?\n?$/.test(source.slice(comment.end, lineStart))) break;
    const commentLine = startOfLine(source, comment.start);
    if (!/^[\s([]*$/.test(source.slice(commentLine, comment.start))) break;
    found.unshift(comment);
    lineStart = commentLine;
  }
  return found;
}

function traces(file: NixFile, comment: Comment, isBeside: boolean, repository: string | undefined): TagNote[] {
  const text = file.source.slice(comment.start, comment.end);
  const found: TagNote[] = [];
  const add = (kind: TagNote['kind'], match: RegExpExecArray, tag: string | undefined) => {
    if (tag === undefined || !isTag(tag)) return;
    found.push(note(kind, file, comment.start + match.index + match[0].lastIndexOf(tag), tag));
  };
  const version = isBeside ? VERSION.exec(text) : null;
  if (version) add('version', version, version[1]);
  const tag = TAG.exec(text);
  if (tag) add('tag', tag, tag[1]);
  for (const match of text.matchAll(COMMAND_TAG)) add('command', match, match[1]);
  for (const match of text.matchAll(COMMAND_NAMES)) {
    if (sameRepository(match[1], repository)) add('command', match, match[2]);
  }
  for (const match of text.matchAll(REFERENCE)) {
    if (sameRepository(match[1], repository)) add('reference', match, match[2]?.replace(/[.-]+$/, ''));
  }
  return found;
}

function note(kind: TagNote['kind'], file: NixFile, start: number, tag: string): TagNote {
  return { kind, file: file.path, tag, start, end: start + tag.length };
}

function sameRepository(name: string | undefined, repository: string | undefined): boolean {
  return name !== undefined && repository !== undefined && repositoryOf(name) === repository;
}

/** The full repository that an image name stands for; undefined for what is no image name. */
export function repositoryOf(name: string): string | undefined {
  try {
    return formatRepository(parseReference(name));
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}

function commentsWithin({ comments }: NixFile, start: number, end: number): Comment[] {
  const found: Comment[] = [];
  for (let index = firstAtOrAfter(comments, start); index < comments.length; index++) {
    const comment = comments[index];
    if (!comment || comment.start >= end) break;
    found.push(comment);
  }
  return found;
}

function firstAtOrAfter(comments: readonly Comment[], offset: number): number {
  let [low, high] = [0, comments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function startOfLine(source: string, offset: number): number {
  let start = offset;
  while (start > 0 && source[start - 1] !== '\n') start--;
  return start;
}

function endOfLine(source: string, offset: number): number {
  const end = source.indexOf('\n', offset);
  return end < 0 ? source.length : end;
}
