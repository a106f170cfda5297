import { PullpinError, printable } from '../../errors.js';
import { nixString } from '../literals/text.js';
import type { Quote } from '../values/value.js';

/** Escapes text for these quotes (for an expression, it also adds quotes), so that the text can never become code. */
export function quoteLike(quote: Quote, text: string): string {
  switch (quote) {
    case '"':
      return nixString(text).slice(1, -1);
    case 'expression':
      return nixString(text);
    case "''":
      return indented(text);
    case 'json':
      return JSON.stringify(text).slice(1, -1);
    case 'file':
    case 'toml':
    case 'yaml':
      return harmless(text);
    case 'yaml-plain':
      return isOtherThanText(text) ? `"${harmless(text)}"` : harmless(text);
    case 'uri':
      if (/^[\w%/?:@&=+$,.!~*'-]+$/.test(text)) return text;
      throw new PullpinError(
        `'${printable(text)}' cannot stand in a URI without quotes; put quotes around the URI first`,
      );
  }
}

/** What needs no escapes in any format. */
function harmless(text: string): string {
  if (/^[\w.:/@+=-]*$/.test(text)) return text;
  throw new PullpinError(`'${printable(text)}' cannot stand in a file that is not Nix`);
}

const NUMBER =
  /^[-+]?(?:0x[\da-f_]+|0o?[0-7_]+|[\d_]*\.?[\d_]*(?:e[-+]?\d+)?|[\d_]+(?::[0-5]?\d)+(?:\.\d*)?|\.inf|\.nan)$/i;
const DATE = /^\d{4}-\d{1,2}-\d{1,2}$/;
const WORD = /^(?:|~|null|true|false|yes|no|on|off|y|n)$/i;

/** Whether YAML, in one of its versions, reads a text without quotes as something else, such as 1.30 as 1.3. */
function isOtherThanText(text: string): boolean {
  if (WORD.test(text) || DATE.test(text) || /^[-=:@]/.test(text)) return true;
  return NUMBER.test(text) && String(Number(text)) !== text;
}

/** Nix removes indentation from an indented string, so a text with a newline or a leading space cannot stand in one. */
function indented(text: string): string {
  if (/[^ -~\u00a0-\uffff]/.test(text) || text.startsWith(' ')) {
    throw new PullpinError(`'${printable(text)}' cannot stand in an indented string`);
  }
  return text.replaceAll(/['$]/g, (mark) => (mark === '$' ? "''$" : "''\\'"));
}
