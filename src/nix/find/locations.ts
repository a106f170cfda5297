import { printable } from '../../errors.js';
import type { AttributePath } from '../language/syntax.js';
import type { NixFiles } from '../values/files.js';
import type { SetValue, SourceRange, UnfollowableCode, UnknownValue } from '../values/value.js';
import type { Location, Unfollowable } from './pin-site.js';

const REASONS: Readonly<Record<UnfollowableCode, string>> = {
  parameter: "it is a function's parameter, and what callers give is not known here",
  'unknown-name': 'nothing in these files binds the name',
  call: 'it calls a function that is not followed',
  arguments: 'it calls a function in a way that is not followed',
  'missing-attribute': 'there is no such attribute',
  throws: 'Nix would stop there',
  import: 'that file cannot be read, or lies outside of the folders given',
  platform: 'it depends on the platform',
  'not-text': 'it is not a string',
  'too-deep': 'it is nested too deep',
  'too-large': 'it is too large',
  'too-heavy': 'the whole file takes too much work to follow',
  endless: 'it needs its own value',
  unsupported: 'this kind of expression is not followed',
};

// A message shows only the beginning of a long expression.
const MOST_READ = 1000;

/** Finds lines and columns of ranges in the given files. */
export class Locations {
  constructor(private readonly files: NixFiles) {}

  at({ file, start, end }: SourceRange): Location {
    return { file, start, end, ...this.files.linesOf(file).at(start) };
  }

  /** The result for a value that could not be followed, with its message. */
  unfollowable({ deadEnd }: UnknownValue): Unfollowable {
    const { code, parameter, file, start, end } = deadEnd;
    const location = this.at(deadEnd);
    const expression = printable(
      (this.files.text(file) ?? '').slice(start, Math.min(end, start + MOST_READ)).replaceAll(/\s+/g, ' '),
      60,
    );
    // The name beside a function's `{ … }` has no place of its own in the syntax tree.
    const shown = expression === '' ? 'the parameter' : `'${expression}'`;
    const message = `${shown} at ${file}:${location.line}:${location.column}: ${REASONS[code]}`;
    return { kind: 'unfollowable', code, parameter, expression, message, ...location };
  }
}

/** The range of an attribute in the literals of a set; undefined when no literal has it. */
export function attributeRange({ literals, through = [] }: SetValue, name: string): SourceRange | undefined {
  for (const literal of literals) {
    const file = through.find(({ start, end }) => start === literal.start && end === literal.end)?.file;
    const binding = literal.bindings.find((each) =>
      each.kind === 'assignment' ? isName(each.path, name) : each.names.some((own) => isName([own], name)),
    );
    if (file !== undefined && binding) return { file, start: binding.start, end: binding.end };
  }
  return undefined;
}

function isName([first, ...others]: AttributePath, name: string): boolean {
  return others.length === 0 && first?.kind === 'variable' && first.name === name;
}

// How many digests one message names.
const MOST_SHOWN = 20;

/** The digests as the end of a message, without those that the message has already. */
export function withDigests(message: string, digests: readonly string[]): string {
  const missing = digests.filter((digest) => !message.includes(digest));
  if (missing.length === 0) return message;
  const more = missing.length > MOST_SHOWN ? ` and ${missing.length - MOST_SHOWN} more` : '';
  return `${message} (it has ${missing.slice(0, MOST_SHOWN).join(', ')}${more})`;
}
