import { UsageError } from '../../errors.js';
import { templateInfo } from '../../nix/render/built-in/template-table.js';
import type { RenderOptions } from '../../nix/render/render.js';
import { JSON_FLAG } from './json.js';
import { optionGroup, wholeNumber } from './option.js';

/** How pins are written, and where. */
export interface Rendering {
  readonly render: RenderOptions;
  readonly json: boolean;
  /** The file to write instead of stdout. */
  readonly output: string | undefined;
}

/** The options of commands that print pins. */
export const RENDERING = optionGroup({
  title: 'Output',
  options: {
    template: {
      setting: 'anywhere',
      type: 'value',
      value: 'NAME|FILE',
      short: 't',
      completion: 'template',
      default: 'pull-image',
      help: 'A built-in template, such as attrs, per-system or nix2container, or a file of your own',
    },
    json: JSON_FLAG,
    output: {
      type: 'value',
      value: 'FILE',
      short: 'o',
      completion: 'file',
      help: 'Write into FILE instead of to stdout, which is -',
    },
    'hash-attr': {
      setting: 'anywhere',
      type: 'value',
      value: 'NAME',
      choices: ['sha256', 'hash', 'outputHash'],
      default: 'sha256',
      help: 'The attribute of the hash: sha256, hash or outputHash',
    },
    'hash-format': {
      setting: 'anywhere',
      type: 'value',
      value: 'FORMAT',
      choices: ['sri', 'nix32', 'hex'],
      spellings: { SRI: 'sri', base64: 'sri', base32: 'nix32', base16: 'hex' },
      default: 'sri',
      help: 'How the hash is written: sri, nix32 or hex',
    },
    indent: {
      setting: 'anywhere',
      isNumber: true,
      type: 'value',
      value: 'N',
      default: '0',
      help: 'Spaces in front of each line',
    },
    function: {
      setting: 'anywhere',
      type: 'value',
      value: 'NAME',
      help: 'The function to call, such as pkgs.dockerTools.pullImage',
    },
    quote: { setting: 'anywhere', type: 'flag', help: 'With the template oci-string: write a Nix string' },
  },
  parse(raw, isTyped): Rendering {
    const { hashAttributes, takesQuote = false } = (raw.template && templateInfo(raw.template)) || {};
    // A configuration file sets these for all templates: where a template has no place for one, only a typed value counts, and is refused.
    const hashAttribute = raw['hash-attr'];
    const takesIt = isTyped('hash-attr') || !hashAttributes || hashAttributes.some((name) => name === hashAttribute);
    return {
      render: {
        template: raw.template,
        hashAttribute: takesIt ? hashAttribute : undefined,
        hashFormat: raw['hash-format'],
        function: raw.function,
        indent: wholeNumber('indent', raw.indent, 0, 40),
        quote: raw.quote && (takesQuote || isTyped('quote')),
      },
      json: raw.json,
      output: outputFile(raw.output),
    };
  },
});

/** A file is named; other tools have the name of a format in its place. Throws a UsageError. */
function outputFile(value: string | undefined): string | undefined {
  if (value === '-') return undefined;
  if (value === undefined || !FORMATS.has(value)) return value;
  const format = value === 'json' ? 'for JSON write --json' : 'for another form of output write --template NAME';
  throw new UsageError(`--output names a file: ${format}, and for a file of that name --output ./${value}`);
}

const FORMATS: ReadonlySet<string> = new Set(['json', 'yaml', 'text', 'table', 'nix', 'wide', 'name']);
