import { decodeUtf8, endOfString, skipSpace, validate, validateText } from './json-scanner.js';

export interface JsonMember {
  /** Unescaped; bytes that are not UTF-8 have become U+FFFD. */
  readonly key: string;
  readonly value: JsonValue;
}

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';

/**
 * Reads one JSON value by the rules of Go's encoding/json, which decide what skopeo accepts: strict syntax, no byte order mark, at most
 * 10000 levels, invalid UTF-8 allowed within strings. Throws a JsonError.
 *
 * The value remembers its source: hashes are taken of the text as it was written, which JSON.parse and JSON.stringify would lose (number
 * spelling, order of keys, repeated keys, escapes).
 */
export function parseJson(bytes: Uint8Array): JsonValue {
  const { start, end } = validateText(bytes);
  return new JsonValue(bytes, start, end);
}

/** A value within valid JSON text; looks at its parts only when it is asked for them. */
export class JsonValue {
  constructor(
    private readonly bytes: Uint8Array,
    readonly start: number,
    readonly end: number,
  ) {}

  get kind(): JsonKind {
    return KINDS[String.fromCharCode(this.byte(this.start))] ?? 'number';
  }

  /** The value as it was written. */
  get source(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** The members of an object in the order written, repeated keys included; none for another kind of value. */
  *members(): Generator<JsonMember> {
    if (this.kind !== 'object') return;
    for (let at = skipSpace(this.bytes, this.start + 1); this.byte(at) !== CLOSE_BRACE; ) {
      const keyEnd = endOfString(this.bytes, at);
      const valueStart = skipSpace(this.bytes, skipSpace(this.bytes, keyEnd) + 1);
      const valueEnd = validate(this.bytes, valueStart);
      yield { key: decodeString(this.bytes, at, keyEnd), value: new JsonValue(this.bytes, valueStart, valueEnd) };
      at = this.next(valueEnd);
    }
  }

  /** The elements of an array; none for another kind of value. */
  *elements(): Generator<JsonValue> {
    if (this.kind !== 'array') return;
    for (let at = skipSpace(this.bytes, this.start + 1); this.byte(at) !== CLOSE_BRACKET; ) {
      const end = validate(this.bytes, at);
      yield new JsonValue(this.bytes, at, end);
      at = this.next(end);
    }
  }

  /** The text of a string; undefined for another kind of value. */
  text(): string | undefined {
    return this.kind === 'string' ? decodeString(this.bytes, this.start, this.end) : undefined;
  }

  /** A number written as an integer that is exact in JavaScript; undefined for anything else. */
  integer(): number | undefined {
    const source = this.kind === 'number' ? decodeUtf8(this.source) : '';
    const number = /^-?[0-9]+$/.test(source) ? Number(source) : Number.NaN;
    return Number.isSafeInteger(number) ? number : undefined;
  }

  /** Where the next member or element begins, or the closing bracket. */
  private next(end: number): number {
    const at = skipSpace(this.bytes, end);
    return this.byte(at) === COMMA ? skipSpace(this.bytes, at + 1) : at;
  }

  private byte(at: number): number {
    return this.bytes[at] ?? 0;
  }
}

const KINDS: Readonly<Record<string, JsonKind>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'true',
  f: 'false',
  n: 'null',
};

const [COMMA, CLOSE_BRACE, CLOSE_BRACKET] = [0x2c, 0x7d, 0x5d];

function decodeString(bytes: Uint8Array, start: number, end: number): string {
  // The bytes have been validated, so the standard parser only undoes the escapes.
  return String(JSON.parse(decodeUtf8(bytes.subarray(start, end))));
}
