import { PullpinError, printable } from '../../errors.js';
import type { Context } from './context.js';

/** How much is reported on stderr: with `quiet` only failures, with `verbose` also requests and causes. */
export type Loudness = 'quiet' | 'normal' | 'verbose';

/** Messages to the user, always on stderr, one line each. */
export class Report {
  constructor(
    private readonly context: Pick<Context, 'stderr'>,
    private readonly loudness: Loudness,
    /** Called before each line is written, to clear the live lines of the terminal. */
    private readonly clear: () => void = () => {},
  ) {}

  /** A failure in one line, with its causes in a verbose run; a bug with its stack. `subject` is what it is about. */
  failure(error: unknown, subject = ''): void {
    if (!(error instanceof PullpinError)) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.write('pullpin: this is a bug in pullpin, please report it:');
      for (const line of stack.split('\n')) this.write(oneLine(line));
      return;
    }
    const isNamed = subject === '' || names(error.message, printable(subject));
    this.write(`pullpin: ${oneLine(isNamed ? error.message : `${subject}: ${error.message}`)}`);
    if (this.loudness !== 'verbose') return;
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause)
      this.write(`  caused by: ${oneLine(cause.message)}`);
    this.write(`  more about it: ${placeOfHelp(error)}`);
  }

  warning(message: string): void {
    if (this.loudness !== 'quiet') this.write(`pullpin: warning: ${oneLine(message)}`);
  }

  note(message: string): void {
    if (this.loudness !== 'quiet') this.write(`pullpin: ${oneLine(message)}`);
  }

  detail(message: string): void {
    if (this.loudness === 'verbose') this.write(`  ${oneLine(message)}`);
  }

  private write(line: string): void {
    this.clear();
    this.context.stderr.write(`${line}\n`);
  }
}

/** Where the documentation explains errors of a class: `docs/troubleshooting.md#not-found-error` for a NotFoundError. */
export function placeOfHelp({ name }: { readonly name: string }): string {
  return `docs/troubleshooting.md#${name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`;
}

/** A failure as an entry of `problems` in the documented JSON. */
export function problemToJson(error: unknown): { readonly kind: string; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: error instanceof PullpinError ? error.kind : 'bug', message: oneLine(message) };
}

/** Whether a message contains a name as a whole word: the `v` in `server` is not the image v. */
function names(message: string, name: string): boolean {
  const isInside = (text: string | undefined): boolean => text !== undefined && /[\w/@.-]/.test(text);
  for (let at = message.indexOf(name); at >= 0 && name !== ''; at = message.indexOf(name, at + 1)) {
    const end = at + name.length;
    const isSentenceEnd = message[end] === '.' && !isInside(message[end + 1]);
    if (!isInside(message[at - 1]) && (isSentenceEnd || !isInside(message[end]))) return true;
  }
  return false;
}

function oneLine(text: string): string {
  return printable(text, 2000);
}
