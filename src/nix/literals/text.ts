import { PullpinError, printable, UsageError } from '../../errors.js';

/**
 * Any text as one Nix string literal: the text can never end the string or begin an interpolation. Throws a PullpinError for
 * control characters that a Nix string has no escape for.
 */
export function nixString(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this looks for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) {
    throw new PullpinError(`'${printable(text)}' has control characters, which cannot stand in a Nix string`);
  }
  const escaped = text.replace(/["\\]|\$(?=\{)|[\n\r\t]/g, (character) => ESCAPES[character] ?? `\\${character}`);
  return `"${escaped}"`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text as a Nix comment to the end of the line; `#` included. Throws a PullpinError when it is not one printable line. */
export function nixComment(text: string): string {
  if (/^[^\p{C}\p{Zl}\p{Zp}]*$/u.test(text)) return `# ${text}`;
  throw new PullpinError(`'${printable(text)}' is not one printable line, as a comment must be`);
}

const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_'-]*$/;
const KEYWORDS = new Set(['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with']);

/** Text as the name of an attribute: a Nix identifier stays as it is, any other text becomes a string. Throws as `nixString` does. */
export function nixAttribute(text: string): string {
  return IDENTIFIER.test(text) && !KEYWORDS.has(text) ? text : nixString(text);
}

/** Checks a dotted path of Nix identifiers, such as `pkgs.dockerTools.pullImage`. Throws a UsageError. */
export function parseAttributePath(text: string): string {
  const isPath = text.split('.').every((name) => IDENTIFIER.test(name) && !KEYWORDS.has(name));
  if (isPath) return text;
  throw new UsageError(
    `'${printable(text)}' is not the name of a Nix function: write identifiers with dots between them`,
  );
}
