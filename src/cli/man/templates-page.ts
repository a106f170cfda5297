import { TEMPLATES, type TemplateInfo } from '../../nix/render/built-in/template-table.js';
import { HELPER_LIST } from '../../nix/render/helpers/helper-list.js';
import { SEVERAL_HELP, VALUE_HELP } from '../../nix/render/values/value-help.js';
import { table, withTables } from './tables.js';

/** docs/templates.md with its tables made from the code; each table is between two comments. */
export function templatesPage(page: string): string {
  return withTables(page, tables());
}

function tables(): Readonly<Record<string, string>> {
  const templates = Object.entries<TemplateInfo>(TEMPLATES).map(
    ([name, { summary, appliedTo, target }]) => [`\`${name}\``, summary, TAKES[appliedTo], HASHED[target]] as const,
  );
  const helpers = Object.entries(HELPER_LIST).map(([name, { usage, help }]) => [`\`${name} ${usage}\``, help] as const);
  return {
    templates: table(['template', 'writes', 'for', 'hashed'], templates),
    values: table(['value', ''], described(VALUE_HELP)),
    several: table(['value', ''], described(SEVERAL_HELP)),
    helpers: table(['helper', ''], helpers),
  };
}

const TAKES: Readonly<Record<TemplateInfo['appliedTo'], string>> = {
  pin: 'each pin',
  image: 'each image, with its platforms',
  pins: 'all images',
  images: 'all images, with their platforms',
};

const HASHED: Readonly<Record<TemplateInfo['target'], string>> = {
  'docker-archive': 'the archive',
  nar: 'the NAR',
  none: 'nothing, and nothing is downloaded',
};

function described(help: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(help).map(([name, text]) => [`\`${name}\``, text]);
}
