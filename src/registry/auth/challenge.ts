/** One kind of authentication that a server accepts (RFC 9110, section 11.3). Names are in lower case; the first of equal ones counts. */
export interface Challenge {
  readonly scheme: string;
  /** What some schemes send in place of parameters. */
  readonly token68?: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The challenges of a WWW-Authenticate header, or of several joined by commas. It accepts common mistakes of servers: values that
 * lack their quotes, and missing or extra commas. Never throws; text without a meaning is skipped.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const scanner = new Scanner(header);
  const challenges: Challenge[] = [];
  let parameters: Map<string, string> | undefined;
  while (!scanner.isAtEnd()) {
    scanner.take(SEPARATORS);
    const name = scanner.take(TOKEN)?.toLowerCase();
    if (name === undefined) {
      scanner.take(ANYTHING);
    } else if (scanner.take(EQUALS) !== undefined) {
      const value = scanner.takeValue();
      if (parameters && !parameters.has(name)) parameters.set(name, value);
    } else {
      parameters = new Map();
      const token68 = scanner.take(TOKEN68)?.trim();
      challenges.push({ scheme: name, token68, parameters });
    }
  }
  return challenges;
}

const SEPARATORS = /[\s,]+/y;
const TOKEN = /[!#$%&'*+\-.^_`|~\w]+/y;
const EQUALS = /\s*=\s*(?!=)/y;
const TOKEN68 = /[ \t]+[\w\-.~+/]+=*(?=\s*(?:,|$))/y;
const QUOTED = /"((?:[^"\\]|\\.)*)(?:"|\\?$)/sy;
const BARE = /[^\s,]*/y;
const ANYTHING = /[^,]+/y;

class Scanner {
  private at = 0;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Matches a sticky pattern here, moves behind it, and returns the text (of its first group, if it has one). */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    this.at = pattern.lastIndex;
    return match[1] ?? match[0];
  }

  takeValue(): string {
    const quoted = this.take(QUOTED);
    return quoted === undefined ? (this.take(BARE) ?? '') : quoted.replace(/\\(.)/gs, '$1');
  }
}
