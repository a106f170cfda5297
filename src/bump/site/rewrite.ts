import { printable } from '../../errors.js';
import { type FileEdit, rewrite } from '../../nix/edit/edit.js';
import type { TextValue } from '../../nix/values/value.js';
import { SiteError } from '../../recipe/site-error.js';

/** The edits that replace the text of a value. Throws a SiteError when no single place holds the text. */
export function rewriteOrFail(value: TextValue, text: string, what: string): FileEdit[] {
  const edits = rewrite(value, text);
  if (edits) return edits;
  throw new SiteError(
    'computed',
    `${what} '${printable(value.text, 80)}' is not written in one place, so it cannot be changed`,
  );
}
