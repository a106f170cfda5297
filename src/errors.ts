/** What kind of trouble it is; the command line gives each kind its own exit code. */
export type FailureKind = 'failure' | 'usage' | 'authentication' | 'not-found' | 'rate-limited';

/**
 * A failure that we know and that the user can act on. Its message is one line that names the thing, says what went wrong and what to
 * do; `cause` keeps the error that led to it. Anything thrown that is not a PullpinError is a bug.
 */
export class PullpinError extends Error {
  readonly kind: FailureKind = 'failure';
  /**
   * What to say when the same cause fails several images: failures with the same `key` are one, and `message` is about all of them. Undefined when the
   * message is about all of them already, or about one image alone.
   */
  readonly common: { readonly key: string; readonly message: string } | undefined;

  constructor(message?: string, options: ErrorOptions & { readonly common?: PullpinError['common'] } = {}) {
    super(message, options);
    this.name = new.target.name;
    this.common = options.common;
  }
}

/** The caller asked for something that makes no sense: a malformed name, an unknown flag, options that exclude each other. */
export class UsageError extends PullpinError {
  override readonly kind: FailureKind = 'usage';
}

/** Refuses a setting that is not one of its words, for callers whose types no compiler has checked. Throws a UsageError. */
export function checkWord(setting: string, value: unknown, words: readonly string[]): void {
  if (value === undefined || (typeof value === 'string' && words.includes(value))) return;
  throw new UsageError(`${setting} is one of ${words.join(', ')}, not ${shownValue(value)}`);
}

/** Refuses a setting that is not a whole number of at least `least`. Throws a UsageError. */
export function checkCount(setting: string, value: unknown, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= least)) return;
  throw new UsageError(`${setting} is a whole number of at least ${least}, not ${shownValue(value)}`);
}

function shownValue(value: unknown): string {
  return typeof value === 'string' ? `'${printable(value, 100)}'` : printable(String(value), 100);
}

/**
 * Text from outside (a registry, a file, the command line) as a message may carry it: one line, no control or formatting characters
 * that could act on a terminal, at most `limit` characters.
 */
export function printable(text: string, limit = 300): string {
  const shown = text.slice(0, limit).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
  return text.length > limit ? `${shown}…` : shown;
}

/**
 * Text from outside as one word of a command that a message prints: whoever copies it into a shell runs nothing else, also in zsh, which puts the
 * path of `ls` in the place of `=ls`.
 */
export function shellWord(text: string): string {
  const word = printable(text.startsWith('-') ? `./${text}` : text, 4096);
  return /^[\w./+@:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `a.nix:3, b.nix:7 and 12 more`: the first of many texts, at most `most`, and how many there are beside them. */
export function firstOf(texts: readonly string[], most: number): string {
  const named = texts.slice(0, most).join(', ');
  return texts.length > most ? `${named} and ${texts.length - most} more` : named;
}

/** A message with the name of its image in front, where it does not begin with that name: each message names an image once. */
export function namedOnce(image: string | undefined, message: string): string {
  const isNamed = image !== undefined && message.startsWith(image) && /^[:@]/.test(message.slice(image.length));
  return image === undefined || isNamed ? message : `${image}: ${message}`;
}
