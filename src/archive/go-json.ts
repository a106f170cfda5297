/**
 * Valid JSON as Go's encoding/json writes a json.RawMessage: without white space between the tokens, with `<`, `>`, `&` and the two
 * Unicode line separators escaped, and otherwise as it was written, down to the spelling of numbers and invalid UTF-8.
 */
export function goJson(source: Uint8Array): Uint8Array {
  const out: Uint8Array[] = [];
  let kept = 0;
  let inString = false;
  const replace = (at: number, length: number, replacement: string): void => {
    out.push(source.subarray(kept, at), Buffer.from(replacement));
    kept = at + length;
  };
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at] ?? 0;
    const escaped = ESCAPES[byte];
    if (escaped !== undefined) replace(at, 1, escaped);
    else if (byte === 0xe2 && isLineSeparator(source, at))
      replace(at, 3, source[at + 2] === 0xa8 ? '\\u2028' : '\\u2029');
    else if (byte === 0x22) inString = !inString;
    else if (byte === 0x5c) at += 1;
    else if (byte <= 0x20 && !inString) replace(at, 1, '');
  }
  return Buffer.concat([...out, source.subarray(kept)]);
}

const ESCAPES: Readonly<Record<number, string>> = { 60: '\\u003c', 62: '\\u003e', 38: '\\u0026' };

function isLineSeparator(source: Uint8Array, at: number): boolean {
  return source[at + 1] === 0x80 && (source[at + 2] === 0xa8 || source[at + 2] === 0xa9);
}
