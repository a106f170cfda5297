import { nixAttribute, nixComment, nixString } from '../../literals/text.js';
import { HelperError, type HelperFunction, helperText, type TemplateHelper } from './helper.js';

/** The helpers of the built-in templates, which templates of the user have as well. */
export const HELPERS: Readonly<Record<string, TemplateHelper>> = {
  nixString: {
    usage: 'text',
    help: 'one Nix string; text with control characters that Nix cannot write is an error',
    apply: (text, options) => nixString(helperText('nixString', text, options)),
  },
  nixComment: {
    usage: 'text',
    help: 'a comment to the end of the line; text that is not one printable line is an error',
    apply: (text, options) => nixComment(helperText('nixComment', text, options)),
  },
  nixAttribute: {
    usage: 'text',
    help: 'the name of an attribute: as it is, or as a string where Nix wants one',
    apply: (text, options) => nixAttribute(helperText('nixAttribute', text, options)),
  },
  json: {
    usage: 'value',
    help: 'the value as JSON',
    apply: (value) => JSON.stringify(value ?? null),
  },
  yamlString: {
    usage: 'text',
    help: 'one YAML string, in quotes where YAML would take it for something else',
    apply: (text, options) => yamlString(helperText('yamlString', text, options)),
  },
  concat: {
    usage: 'text text …',
    help: 'the texts joined to one',
    apply: (...parts) =>
      parts
        .slice(0, -1)
        .map((part) => helperText('concat', part, parts.at(-1)))
        .join(''),
  },
  indent: {
    usage: 'number',
    help: 'a block, `{{#indent 4}}…{{/indent}}`: each later line is indented by this number of spaces (at most 40), and a newline at its end is omitted',
    apply: indentBlock,
  },
};

/** Helpers in the form in which Handlebars registers them. */
export function functionsOf(helpers: Readonly<Record<string, TemplateHelper>>): Record<string, HelperFunction> {
  return Object.fromEntries(Object.entries(helpers).map(([name, { apply }]) => [name, apply]));
}

/** Words that YAML 1.1 or 1.2 reads as a boolean or as null. */
const YAML_WORDS = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

// A JSON string is also a YAML string.
function yamlString(text: string): string {
  const isPlain = /^[a-z](?:[\w./:@-]*\w)?$/i.test(text) && !YAML_WORDS.test(text);
  return isPlain ? text : JSON.stringify(text);
}

function indentBlock(this: unknown, ...args: unknown[]): string {
  const [spaces, options] = [args[0], args.at(-1) as { readonly fn?: (values: unknown) => string } | undefined];
  const isNumber = typeof spaces === 'number' && Number.isInteger(spaces) && spaces >= 0 && spaces <= 40;
  if (args.length !== 2 || !isNumber || typeof options?.fn !== 'function')
    throw new HelperError('indent is a block with a number of spaces from 0 to 40: {{#indent 4}}', options);
  return options
    .fn(this)
    .replace(/\n$/, '')
    .replace(/\n(?=[^\n])/g, `\n${' '.repeat(spaces)}`);
}
