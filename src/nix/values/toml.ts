import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { PullpinError } from '../../errors.js';
import { CHARACTERS_A_STEP } from './budget.js';
import { computedText, textValue } from './text.js';
import { type SourceRange, Thunk, type Value } from './value.js';

/** Counts work; false when the budget is spent. */
type Spend = (steps: number) => boolean;

/**
 * The value of a TOML file. A string that is written without escapes keeps its place in the file; any other string has no place. Throws a
 * PullpinError.
 */
export function tomlValue(source: string, file: string, spend: Spend = () => true): Value {
  try {
    return new TomlFile(source, file, spend).value(parse(source));
  } catch (error) {
    if (error instanceof TomlError) throw new PullpinError(`${file} is not TOML`, { cause: error });
    throw error;
  }
}

class TomlFile {
  constructor(
    private readonly source: string,
    private readonly file: string,
    private readonly spend: Spend,
  ) {}

  value(value: TomlValue | TomlTable, path: readonly string[] = []): Value {
    if (typeof value === 'string') return this.text(value, path);
    if (typeof value === 'boolean') return { kind: 'boolean', value };
    const later = (inner: TomlValue, name: string): Thunk =>
      new Thunk(
        () => this.value(inner, [...path, name]),
        () => {
          throw new TypeError('TOML has no cycles');
        },
      );
    if (Array.isArray(value)) return { kind: 'list', items: value.map((item, at) => later(item, String(at))) };
    if (typeof value !== 'object' || value instanceof Date) return { kind: 'other', text: String(value) };
    const entries = Object.entries(value).map(([name, inner]): [string, Thunk] => [name, later(inner, name)]);
    return { kind: 'set', attributes: new Map(entries), literals: [] };
  }

  private text(text: string, path: readonly string[]): Value {
    const place = this.placeOf(text, path);
    return place ? textValue([{ text, origin: { ...place, quote: 'toml', verbatim: true } }]) : computedText(text);
  }

  /**
   * Finds the place of a string. The parser does not report it, so each possible place gets a mark, and the file is parsed again to see where the
   * mark arrives.
   */
  private placeOf(text: string, path: readonly string[]): SourceRange | undefined {
    for (const quote of ['"', "'"]) {
      for (let at = this.source.indexOf(`${quote}${text}${quote}`); at >= 0; ) {
        const [start, end] = [at + 1, at + 1 + text.length];
        if (this.isReadFrom(start, end, path)) return { file: this.file, start, end };
        at = this.source.indexOf(`${quote}${text}${quote}`, end);
      }
    }
    return undefined;
  }

  private isReadFrom(start: number, end: number, path: readonly string[]): boolean {
    if (!this.spend(this.source.length / CHARACTERS_A_STEP.parsed)) return false;
    const mark = 'read-from-here';
    try {
      let value: TomlValue | TomlTable | undefined = parse(this.source.slice(0, start) + mark + this.source.slice(end));
      for (const name of path) value = (value as Record<string, TomlValue> | undefined)?.[name];
      return value === mark;
    } catch (error) {
      if (error instanceof TomlError) return false;
      throw error;
    }
  }
}
