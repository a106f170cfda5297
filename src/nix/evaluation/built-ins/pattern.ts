/** A part of the text that a pattern was matched with. */
export interface Group {
  readonly start: number;
  readonly end: number;
}

/** Where a match ends, and the range of each group; a group that matched nothing has none. */
export interface Match {
  readonly end: number;
  readonly groups: readonly (Group | undefined)[];
}

/** The rest of a match; false sends the matcher back to its last choice. */
type Continue = (at: number) => boolean;
type Matcher = (run: Run, at: number, rest: Continue) => boolean;

/** One attempt to match. Some patterns need far more steps for a longer text, so the number of steps is limited. */
interface Run {
  readonly text: string;
  /** The offset at which the matcher stops an attempt that has not matched yet. */
  readonly last: number;
  readonly groups: (Group | undefined)[];
  steps: number;
}

const MOST_STEPS = 20_000;
const LONGEST_PATTERN = 200;
// The matcher calls itself for each character, so a long text would overflow the stack.
const LONGEST_MATCH = 1000;
const DEEPEST = 20;

/**
 * A POSIX extended regular expression as Nix takes it (std::regex::extended), for those in which the leftmost match is the longest too: without
 * alternatives, classes such as `[:alpha:]` of another locale, and back-references.
 */
export class Pattern {
  /** The steps that all its matches have taken. */
  steps = 0;

  constructor(
    private readonly matcher: Matcher,
    private readonly count: number,
  ) {}

  /** The match that begins at an offset; undefined when the search for it takes too many steps. */
  matchAt(text: string, at: number, isWhole: boolean): Match | 'none' | undefined {
    const groups = Array<Group | undefined>(this.count).fill(undefined);
    const run: Run = { text, last: at + LONGEST_MATCH, groups, steps: 0 };
    let end = -1;
    const isFound = this.matcher(run, at, (here) => {
      if (isWhole && here !== text.length) return false;
      end = here;
      return true;
    });
    this.steps += run.steps;
    if (run.steps > MOST_STEPS) return undefined;
    return isFound ? { end, groups: run.groups } : 'none';
  }
}

/** Reads a pattern; undefined for text that is not a valid pattern, and for a kind of pattern that this class does not support. */
export function parsePattern(source: string): Pattern | undefined {
  if (source.length > LONGEST_PATTERN) return undefined;
  const parser = new PatternParser(source);
  const matcher = parser.sequence(0);
  return matcher && parser.isAtEnd() ? new Pattern(matcher, parser.groups) : undefined;
}

class PatternParser {
  groups = 0;
  private at = 0;

  constructor(private readonly source: string) {}

  isAtEnd(): boolean {
    return this.at === this.source.length;
  }

  /** Reads the pattern up to a closing parenthesis or the end. */
  sequence(depth: number): Matcher | undefined {
    const parts: Matcher[] = [];
    while (!this.isAtEnd() && this.source[this.at] !== ')') {
      const atom = depth > DEEPEST ? undefined : this.atom(depth);
      const part = atom && this.repeated(atom);
      if (!part) return undefined;
      parts.push(part);
    }
    return inSequence(parts);
  }

  private atom(depth: number): Matcher | undefined {
    const mark = this.source[this.at++] ?? '';
    if (mark === '(') return this.group(depth);
    if (mark === '[') return this.bracket();
    if (mark === '.') return oneCharacter(() => true);
    if (mark === '^') return (_, at, rest) => at === 0 && rest(at);
    if (mark === '$') return (run, at, rest) => at === run.text.length && rest(at);
    if (mark === '\\') {
      const escaped = this.source[this.at++] ?? '';
      return /^[\^.[\]$()|*+?{}\\]$/.test(escaped) ? oneCharacter((each) => each === escaped) : undefined;
    }
    return /^[|*+?{]$/.test(mark) ? undefined : oneCharacter((each) => each === mark);
  }

  private group(depth: number): Matcher | undefined {
    const index = this.groups++;
    const inner = this.sequence(depth + 1);
    if (!inner || this.source[this.at++] !== ')') return undefined;
    return (run, at, rest) => {
      const before = run.groups[index];
      const isMatch = inner(run, at, (end) => {
        const previous = run.groups[index];
        run.groups[index] = { start: at, end };
        if (rest(end)) return true;
        run.groups[index] = previous;
        return false;
      });
      if (!isMatch) run.groups[index] = before;
      return isMatch;
    };
  }

  /** `[a-z_]`, `[^:@]`, `[[:digit:]]`. A backslash stands for itself. */
  private bracket(): Matcher | undefined {
    const [whole, not, body = ''] = /^(\^?)(\]?(?:\[:\w+:\]|[^\]])*)\]/.exec(this.source.slice(this.at)) ?? [];
    if (whole === undefined || /\[[.=]/.test(body)) return undefined;
    this.at += whole.length;
    const escaped = body
      .replace(/\[:(\w+):\]/g, (_, name: string) => CLASSES[name] ?? '\0')
      .replace(/[\\\]^]/g, (each) => `\\${each}`);
    if (escaped.includes('\0')) return undefined;
    try {
      const expression = new RegExp(`^[${not}${escaped.replaceAll('[', '\\[')}]$`, 's');
      return oneCharacter((each) => expression.test(each));
    } catch {
      // The range ends before it begins, such as `[z-a]`.
      return undefined;
    }
  }

  private repeated(atom: Matcher): Matcher | undefined {
    const [whole, mark, least, comma, most] =
      /^(?:([*+?])|\{(\d{1,3})(?:(,)(\d{0,3}))?\})/.exec(this.source.slice(this.at)) ?? [];
    if (whole === undefined) return atom;
    this.at += whole.length;
    if (/^[*+?{]/.test(this.source.slice(this.at))) return undefined;
    if (mark !== undefined) return repeat(atom, mark === '+' ? 1 : 0, mark === '?' ? 1 : Number.POSITIVE_INFINITY);
    const upper = most ? Number(most) : comma ? Number.POSITIVE_INFINITY : Number(least);
    return repeat(atom, Number(least), upper);
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  lower: 'a-z',
  upper: 'A-Z',
  xdigit: '0-9a-fA-F',
  space: ' \t\n\r\f\v',
};

function oneCharacter(fits: (character: string) => boolean): Matcher {
  return (run, at, rest) => {
    if (at >= run.last) run.steps = MOST_STEPS;
    if (++run.steps > MOST_STEPS) return false;
    const character = run.text[at];
    return character !== undefined && fits(character) && rest(at + 1);
  };
}

function inSequence(parts: readonly Matcher[]): Matcher {
  return (run, at, rest) => {
    const from = (index: number, here: number): boolean => {
      const part = parts[index];
      return part ? part(run, here, (next) => from(index + 1, next)) : rest(here);
    };
    return from(0, at);
  };
}

/** Matches `atom` as often as possible, at least `least` and at most `most` times. */
function repeat(atom: Matcher, least: number, most: number): Matcher {
  return (run, at, rest) => {
    const again = (count: number, here: number): boolean => {
      const isMore =
        count < most && atom(run, here, (next) => (next > here || count < least) && again(count + 1, next));
      return isMore || (count >= least && rest(here));
    };
    return again(0, at);
  };
}
