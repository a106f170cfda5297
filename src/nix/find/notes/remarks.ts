import { PullpinError } from '../../../errors.js';
import { formatRepository, isTag, parseReference } from '../../../oci/reference.js';
import type { Comment, NixFile } from '../../language/syntax.js';
import type { SourceRange } from '../../values/value.js';
import { type PrefetchCommand, prefetchCommands } from './commands.js';
import { besideComments, nearComments, type Surroundings } from './near-comments.js';
import type { TagNote } from './tag-note.js';

/** What the comments around a pin say. */
export interface Remarks {
  readonly notes: readonly TagNote[];
  readonly isFrozen: boolean;
  /** All directives among them. */
  readonly directives: readonly SourceRange[];
  /** The directives that freeze. */
  readonly freezes: readonly SourceRange[];
  /** Directives that name no tag. */
  readonly malformed: readonly SourceRange[];
}

const DIRECTIVE = /^(?:#+|\/\*+)\s*pullpin:\s*(.*?)\s*(?:\*\/)?$/s;
const VERSION = /^(?:#+|\/\*+)\s*(v?\d[\w.+-]*)\s*(?:\*\/)?$/;
const TAG = /^(?:#+|\/\*+)\s*(?:image\s*)?(?:tag|version)\s*[:=]?\s*['"`]?([\w][\w.-]*)['"`]?\s*(?:\*\/)?$/i;
const REFERENCE = /(?:docker:\/\/)?([\w.-]+(?::\d+)?(?:\/[\w.-]+)*):([\w][\w.-]*)/g;

/** The strongest note first. */
export function byStrength(a: TagNote, b: TagNote): number {
  return STRENGTH.indexOf(a.kind) - STRENGTH.indexOf(b.kind);
}

const STRENGTH: readonly TagNote['kind'][] = ['directive', 'version', 'tag', 'reference', 'command'];

/** Reads the comments in, beside and directly above a pin and what its values came through, in one file. */
export function readRemarks(surroundings: Surroundings): Remarks {
  const { file } = surroundings;
  const near = nearComments(surroundings);
  const beside = new Set(surroundings.literals.flatMap((literal) => besideComments(file, literal)));
  const notes: TagNote[] = [];
  const directives: SourceRange[] = [];
  const malformed: SourceRange[] = [];
  const freezes: SourceRange[] = [];
  for (const comment of near) {
    const directive = DIRECTIVE.exec(file.source.slice(comment.start, comment.end));
    if (!directive) {
      notes.push(...traces(file, comment, beside.has(comment), surroundings.repository));
      continue;
    }
    const written = { file: file.path, start: comment.start, end: comment.end };
    directives.push(written);
    const [whole, word = ''] = directive;
    if (word === 'freeze') freezes.push(written);
    else if (isTag(word)) notes.push(note('directive', file, comment.start + whole.lastIndexOf(word), word));
    else malformed.push(written);
  }
  notes.push(...commandNotes(prefetchCommands(file, near), surroundings.repository));
  notes.sort(byStrength);
  return { notes, isFrozen: freezes.length > 0, directives, freezes, malformed };
}

/** All directives of a file, near a pin or not. */
export function directivesOf({ path, source, comments }: NixFile): SourceRange[] {
  const directives = comments.filter(({ start, end }) => DIRECTIVE.test(source.slice(start, end)));
  return directives.map(({ start, end }) => ({ file: path, start, end }));
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
  for (const match of text.matchAll(REFERENCE)) {
    if (sameRepository(match[1], repository)) add('reference', match, match[2]?.replace(/[.-]+$/, ''));
  }
  return found;
}

/** A command that names another image does not count for this pin; one that names its image does. */
function commandNotes(commands: readonly PrefetchCommand[], repository: string | undefined): TagNote[] {
  return commands.flatMap(({ imageName, tag, range }): TagNote[] => {
    if (!isTag(tag)) return [];
    if (imageName === undefined) return [{ kind: 'command', tag, ...range }];
    return sameRepository(imageName, repository) ? [{ kind: 'command', tag, ...range, namesImage: true }] : [];
  });
}

function note(kind: TagNote['kind'], file: NixFile, start: number, tag: string): TagNote {
  return { kind, file: file.path, tag, start, end: start + tag.length };
}

function sameRepository(name: string | undefined, repository: string | undefined): boolean {
  return name !== undefined && repository !== undefined && repositoryOf(name) === repository;
}

/** The full repository that an image name stands for; undefined for a text that cannot be an image name. */
export function repositoryOf(name: string): string | undefined {
  try {
    return formatRepository(parseReference(name));
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}
