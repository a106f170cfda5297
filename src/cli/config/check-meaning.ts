import { checkIgnored } from '../../check/findings/finding.js';
import { UsageError } from '../../errors.js';
import { parseAttributePath } from '../../nix/literals/text.js';
import { isTemplateName } from '../../nix/render/built-in/template-table.js';
import { checkTemplateFile } from '../../nix/render/user-template/template-place.js';
import type { RawValue } from '../options/option.js';
import type { Setting } from './table.js';

/** Checks a value as a run would, so that the mistake gets its place. `folder` is where paths start. Throws a UsageError. */
export async function checkMeaning(
  { name, group }: Setting,
  value: RawValue,
  place: string,
  folder: string,
): Promise<void> {
  try {
    group.parse({ [name]: value });
    for (const text of textsOf(value)) await LATER[name]?.(text, folder);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${place}: ${inFile(error.message, name)}`, { cause: error });
  }
}

/** What only the run itself looks at: the parser of the option takes any text. */
const LATER: Readonly<Record<string, (text: string, folder: string) => void | Promise<void>>> = {
  template: async (text) => {
    if (!isTemplateName(text)) await checkTemplateFile(text);
  },
  function: (text) => {
    parseAttributePath(text);
  },
  ignore: (text) => {
    for (const code of text.split(',')) checkIgnored(code);
  },
  include: checkPattern,
  exclude: checkPattern,
};

async function checkPattern(text: string, folder: string): Promise<void> {
  const { checkPattern: check } = await import('../selection/pin-pattern.js');
  await check(text, folder);
}

function textsOf(value: RawValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' ? value : [];
}

/** A message about an option in the words of a file: `--retries` is `retries`, and `--platform linux/arm64` is `platform = "linux/arm64"`. */
function inFile(message: string, name: string): string {
  return message.replace(`--${name}`, name).replace(/--(platform|system) (\S+)/g, '$1 = "$2"');
}
