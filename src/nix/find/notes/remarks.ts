import { PullpinError } from '../../../errors.js';
import { formatRepository, isTag, parseReference } from '../../../oci/reference.js';
import { misspelledWord } from '../../../suggestion.js';
import { parseDuration } from '../../../tag-rules/duration.js';
import { parseTagRule } from '../../../tag-rules/rule.js';
import type { Comment } from '../../language/syntax.js';
import { CHARACTERS_A_STEP } from '../../values/budget.js';
import type { Evaluation } from '../../values/evaluation.js';
import type { SourceRange } from '../../values/value.js';
import { readComment, type Word } from './comment-text.js';
import type { CommentedFile } from './commented-file.js';
import { besideComments, nearComments, type Surroundings } from './near-comments.js';
import { type PrefetchCommand, prefetchCommands } from './prefetch-commands.js';
import type { RuleNote, TagNote } from './tag-note.js';

/** What the comments around a pin say. */
export interface Remarks {
  readonly notes: readonly TagNote[];
  /** The rules for its tag. */
  readonly rules: readonly RuleNote[];
  readonly isFrozen: boolean;
  /** All directives among them. */
  readonly directives: readonly SourceRange[];
  /** The `freeze` directives. */
  readonly freezes: readonly SourceRange[];
  /** Directives that say nothing that is known. */
  readonly malformed: readonly SourceRange[];
}

/** What comments say where there are none. */
export const NO_REMARKS: Remarks = {
  notes: [],
  rules: [],
  isFrozen: false,
  directives: [],
  freezes: [],
  malformed: [],
};

/** The kinds of notes, the strongest first. */
export function byStrength(a: TagNote, b: TagNote): number {
  return STRENGTH.indexOf(a.kind) - STRENGTH.indexOf(b.kind);
}

const STRENGTH: readonly TagNote['kind'][] = ['directive', 'version', 'tag', 'reference', 'command'];

/** Reads the comments in one file that are in, beside or directly above a pin or a place that its values came through. */
export function readRemarks(surroundings: Surroundings, evaluation: Pick<Evaluation, 'spend'>): Remarks {
  const { file, places } = surroundings;
  const near = nearComments(surroundings);
  const length = near.reduce((sum, { start, end }) => sum + end - start, 0);
  // Many pins may share the same comments, and each pin reads them again, so this counts as work.
  if (!evaluation.spend(places.length + near.length + length / CHARACTERS_A_STEP.parsed)) return NO_REMARKS;
  const beside = new Set(surroundings.literals.flatMap((literal) => besideComments(file, literal)));
  const notes: TagNote[] = [];
  const rules: RuleNote[] = [];
  const directives: SourceRange[] = [];
  const malformed: SourceRange[] = [];
  const freezes: SourceRange[] = [];
  for (const comment of near) {
    const word = readComment(file, comment).directive;
    if (!word) {
      for (const found of traces(file, comment, beside.has(comment), surroundings.repository)) notes.push(found);
      continue;
    }
    const written = { file: file.path, start: comment.start, end: comment.end };
    directives.push(written);
    const rule = ruleIn(word.text);
    if (word.text.toLowerCase() === 'freeze') freezes.push(written);
    else if (rule) rules.push({ ...written, text: word.text, rule });
    else if (isTag(word.text) && !isMistaken(word.text)) notes.push(note('directive', file, comment, word));
    else malformed.push(written);
  }
  for (const found of commandNotes(prefetchCommands(file, near), surroundings.repository)) notes.push(found);
  notes.sort(byStrength);
  return { notes, rules, isFrozen: freezes.length > 0, directives, freezes, malformed };
}

/** Words of a directive that need another word, and words of other tools for a pin that stays or moves: each would be looked up as a tag. */
const NO_TAGS: ReadonlySet<string> = new Set([
  ...['cooldown', 'newest', 'patch', 'minor', 'major'],
  ...['frozen', 'ignore', 'ignored', 'skip', 'keep', 'hold', 'pin', 'pinned', 'disable', 'disabled'],
]);

function isMistaken(text: string): boolean {
  const word = text.toLowerCase();
  return NO_TAGS.has(word) || misspelledWord(word, ['freeze', 'cooldown', 'newest', 'digest']) !== undefined;
}

function ruleIn(text: string): RuleNote['rule'] | undefined {
  const [, duration] = /^cooldown\s+(\S+)$/.exec(text) ?? [];
  if (duration === undefined) return parseTagRule(text);
  const milliseconds = parseDuration(duration);
  return milliseconds === undefined ? undefined : { kind: 'cooldown', milliseconds };
}

/** All directives of a file, near a pin or not. */
export function directivesOf(file: CommentedFile): SourceRange[] {
  const { path, comments } = file;
  const directives = comments.filter((comment) => readComment(file, comment).directive !== undefined);
  return directives.map(({ start, end }) => ({ file: path, start, end }));
}

function traces(file: CommentedFile, comment: Comment, isBeside: boolean, repository: string | undefined): TagNote[] {
  const { version, tag: named, references } = readComment(file, comment);
  const found: TagNote[] = [];
  const add = (kind: TagNote['kind'], word: Word | undefined): void => {
    if (word && isTag(word.text)) found.push(note(kind, file, comment, word));
  };
  if (isBeside) add('version', version);
  add('tag', named);
  // A comment around a group of pins belongs to no single image.
  if (repository === undefined) return found;
  for (const { name, tag } of references) if (sameRepository(name, repository)) add('reference', tag);
  return found;
}

/** A command counts for a pin unless it names another image. */
function commandNotes(commands: readonly PrefetchCommand[], repository: string | undefined): TagNote[] {
  return commands.flatMap(({ imageName, tag, range }): TagNote[] => {
    if (!isTag(tag)) return [];
    if (imageName === undefined) return [{ kind: 'command', tag, ...range }];
    return sameRepository(imageName, repository) ? [{ kind: 'command', tag, ...range, namesImage: true }] : [];
  });
}

function note(kind: TagNote['kind'], file: CommentedFile, comment: Comment, { text, start, end }: Word): TagNote {
  return { kind, file: file.path, tag: text, start: comment.start + start, end: comment.start + end };
}

function sameRepository(name: string | undefined, repository: string | undefined): boolean {
  return name !== undefined && repository !== undefined && repositoryOf(name) === repository;
}

/** The full repository for an image name (`docker.io/library/redis` for `redis`); undefined for a text that cannot be an image name. */
export function repositoryOf(name: string): string | undefined {
  try {
    return formatRepository(parseReference(name));
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}
