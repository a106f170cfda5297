import { PullpinError } from '../errors.js';

/** Some bytes are not the JSON that Go's encoding/json would read. */
export class JsonError extends PullpinError {
  constructor(
    readonly offset: number,
    readonly problem: string,
  ) {
    super(`not valid JSON: ${problem} at byte ${offset}`);
  }
}

/** What Go's encoding/json allows (maxNestingDepth). */
const MAX_DEPTH = 10_000;

/** Checks a text that is one value, and returns where the value begins and ends. Throws a JsonError. */
export function validateText(bytes: Uint8Array): { start: number; end: number } {
  const start = skipSpace(bytes, 0);
  const end = validate(bytes, start);
  const rest = skipSpace(bytes, end);
  if (rest < bytes.length) throw unexpected(bytes, rest, 'after the value');
  return { start, end };
}

const [COMMA, COLON, QUOTE, BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET] = [0x2c, 0x3a, 0x22, 0x5c, 0x7d, 0x5d];
const CLOSES: ReadonlyMap<number | undefined, number> = new Map([
  [0x7b, CLOSE_BRACE],
  [0x5b, CLOSE_BRACKET],
]);

/** Checks the value that begins at `start` and returns where it ends. Without recursion: the text decides how deep it nests. */
export function validate(bytes: Uint8Array, start: number): number {
  const open: number[] = [];
  let at = start;
  for (;;) {
    const close = CLOSES.get(bytes[at]);
    if (close === undefined) {
      at = endOfScalar(bytes, at);
    } else {
      if (open.push(close) > MAX_DEPTH) throw new JsonError(at, `more than ${MAX_DEPTH} nested levels`);
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== close) {
        if (close === CLOSE_BRACE) at = endOfKey(bytes, at);
        continue;
      }
    }
    at = closeFinished(bytes, at, open);
    if (open.length === 0) return at;
  }
}

/** After a value: closes the containers that end here, and returns where the next value begins, or the end when nothing is open. */
function closeFinished(bytes: Uint8Array, start: number, open: number[]): number {
  let at = start;
  for (let close = open.at(-1); close !== undefined; close = open.at(-1)) {
    at = skipSpace(bytes, at);
    if (bytes[at] === COMMA) {
      const next = skipSpace(bytes, at + 1);
      return close === CLOSE_BRACE ? endOfKey(bytes, next) : next;
    }
    if (bytes[at] !== close) throw unexpected(bytes, at, close === CLOSE_BRACE ? 'in an object' : 'in an array');
    open.pop();
    at += 1;
  }
  return at;
}

/** The key of a member and its colon; returns where the value begins. */
function endOfKey(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== QUOTE) throw unexpected(bytes, start, 'where a key should begin');
  const colon = skipSpace(bytes, endOfString(bytes, start));
  if (bytes[colon] !== COLON) throw unexpected(bytes, colon, 'after a key');
  return skipSpace(bytes, colon + 1);
}

function endOfScalar(bytes: Uint8Array, start: number): number {
  if (bytes[start] === QUOTE) return endOfString(bytes, start);
  // Numbers and literals are short; a window keeps a hostile run of digits from being copied again and again.
  let end = start;
  while (end < bytes.length && WORD.has(bytes[end] ?? 0)) end += 1;
  const word = decodeUtf8(bytes.subarray(start, end));
  if (!/^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/.test(word)) {
    throw unexpected(bytes, start, 'where a value should begin');
  }
  return end;
}

/** Every byte that a number or one of the three literals is made of. */
const WORD = new Set(Buffer.from('+-.0123456789Eabcdefghijklmnopqrstuvwxyz'));

export function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) throw new JsonError(at, 'a control character in a string');
    if (byte === BACKSLASH) at = endOfEscape(bytes, at);
  }
  throw new JsonError(start, 'a string without an end');
}

/** The last byte of the escape that begins at `start`. */
function endOfEscape(bytes: Uint8Array, start: number): number {
  const letter = String.fromCharCode(bytes[start + 1] ?? 0);
  if (letter !== 'u') {
    if (!'"\\/bfnrt'.includes(letter)) throw new JsonError(start, 'an unknown escape');
    return start + 1;
  }
  const digits = decodeUtf8(bytes.subarray(start + 2, start + 6));
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new JsonError(start, 'an unknown escape');
  return start + 5;
}

export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}

function unexpected(bytes: Uint8Array, at: number, where: string): JsonError {
  const byte = bytes[at];
  if (byte === undefined) return new JsonError(at, 'it ends too early');
  const shown =
    byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, '0')}`;
  return new JsonError(at, `${shown} ${where}`);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
