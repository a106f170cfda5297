import { printable, shellWord, UsageError } from '../../../errors.js';
import {
  isTemplateName,
  TEMPLATE_NAMES,
  TEMPLATES,
  type TemplateName,
} from '../../../nix/render/built-in/template-table.js';
import { didYouMean } from '../../../suggestion.js';
import { commandOptions, type Operands, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { capitalized } from '../../terminal/format.js';

/** Words of other tools for what the command does by itself. */
const LIST: ReadonlySet<string> = new Set(['all', 'list', 'ls']);
const SHOW: ReadonlySet<string> = new Set(['cat', 'get', 'print', 'show', 'view']);

const NAME: Operands<TemplateName | undefined> = {
  usage: '[NAME]',
  help: 'NAME is a built-in template, which is printed to start one of your own from',
  choices: Object.fromEntries(TEMPLATE_NAMES.map((name) => [name, capitalized(TEMPLATES[name].summary)])),
  parse([name, other]) {
    if (name !== undefined && SHOW.has(name))
      throw new UsageError(
        `'${name}' is no template here: write pullpin templates ${shellWord(printable(other ?? 'NAME', 100))}`,
      );
    if (name !== undefined && LIST.has(name))
      throw new UsageError(`'${name}' is no template: write pullpin templates, without a word behind it`);
    if (other !== undefined) throw new UsageError(`'${printable(other)}' is one argument too many`);
    if (name === undefined || isTemplateName(name)) return name;
    const list = didYouMean(name, TEMPLATE_NAMES) || `; there are ${TEMPLATE_NAMES.join(', ')}`;
    throw new UsageError(`there is no built-in template '${printable(name)}'${list}`);
  },
};

/** `pullpin templates [NAME]` */
export const TEMPLATES_COMMAND = commandOptions({
  name: 'templates',
  summary: 'List the built-in templates, or print one to start your own from',
  operands: NAME,
  groups: { loudness: GENERAL },
  examples: [
    ['pullpin templates', 'The names for --template, and what each writes'],
    ['pullpin templates attrs > own.hbs', 'A file that --template own.hbs uses'],
  ],
});

export type TemplatesSettings = SettingsOf<typeof TEMPLATES_COMMAND>;
