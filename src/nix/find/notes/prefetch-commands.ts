import type { Comment } from '../../language/syntax.js';
import type { SourceRange } from '../../values/value.js';
import { readComment, withoutPunctuation } from './comment-text.js';
import type { CommentedFile } from './commented-file.js';

/** A pasted `nix-prefetch-docker` command: the image if it names one, and the tag with its place. */
export interface PrefetchCommand {
  readonly imageName: string | undefined;
  readonly tag: string;
  readonly range: SourceRange;
}

interface Word {
  readonly text: string;
  readonly start: number;
}

const PROGRAM = /(?:^|[/#:.])nix-prefetch-docker$/;
/** Options with a value (nixpkgs, pkgs/build-support/docker/nix-prefetch-docker). */
const WITH_VALUE = /^--(?:image-name|image-tag|image-digest|os|arch|final-image-name|final-image-tag)$/;
/** A placeholder in a command that the user has to complete. */
const PLACEHOLDER = /^(?:_+|TAG|VERSION|IMAGE_TAG)$/;

/**
 * Finds the commands in comments; the comments are in the order of the file. A command may continue in the comment on the next line. Options
 * without a program, such as `--image-tag 1.2`, are a command too.
 */
export function prefetchCommands(file: CommentedFile, comments: readonly Comment[]): PrefetchCommand[] {
  if (!comments.some((comment) => readComment(file, comment).mayBeCommand)) return [];
  return paragraphs(file, comments).flatMap((paragraph) => {
    const words = paragraph.flatMap((comment) => wordsOf(file, comment));
    return commandsOf(words).flatMap((command) => readCommand(command, file.path));
  });
}

/** Groups comments that have only white space between them. */
function paragraphs({ source }: CommentedFile, comments: readonly Comment[]): Comment[][] {
  const found: Comment[][] = [];
  for (const comment of comments) {
    const last = found.at(-1);
    const end = last?.at(-1)?.end;
    if (last && end !== undefined && source.slice(end, comment.start).trim() === '') last.push(comment);
    else found.push([comment]);
  }
  return found;
}

function wordsOf({ source }: CommentedFile, { start, end }: Comment): Word[] {
  const words: Word[] = [];
  for (const match of source.slice(start, end).matchAll(/[^\s=`'"]+/g)) {
    if (/^(?:#+|\/\*+|\*+\/?|\\|\$)$/.test(match[0])) continue;
    words.push({ text: match[0], start: start + match.index });
  }
  return words;
}

/** The words of each command; a new one begins with the program. */
function commandsOf(words: readonly Word[]): Word[][] {
  const commands: Word[][] = [[]];
  for (const word of words) {
    if (PROGRAM.test(word.text)) commands.push([word]);
    else commands.at(-1)?.push(word);
  }
  return commands;
}

function readCommand(words: readonly Word[], file: string): PrefetchCommand[] {
  const options = new Map<string, Word>();
  const positional: Word[] = [];
  const hasProgram = words[0] !== undefined && PROGRAM.test(words[0].text);
  for (let at = hasProgram ? 1 : 0; at < words.length; at++) {
    const [word, next] = [words[at], words[at + 1]];
    if (!word) continue;
    if (WITH_VALUE.test(word.text)) {
      if (next) options.set(word.text, next);
      at++;
    } else if (!word.text.startsWith('-') && hasProgram) positional.push(word);
  }
  const named = options.get('--image-name');
  const imageName = named ?? positional.shift();
  const tag = options.get('--image-tag') ?? positional[0];
  // In a sentence, punctuation may follow the tag.
  const text = tag && withoutPunctuation(/^\w[\w.-]*/.exec(tag.text)?.[0] ?? '');
  if (!text || PLACEHOLDER.test(text)) return [];
  return [{ imageName: imageName?.text, tag: text, range: { file, start: tag.start, end: tag.start + text.length } }];
}
