import { readSources, settingOf } from '../../config/read-sources.js';
import type { Source } from '../../config/source.js';
import { COMMAND_SETTINGS, COMMON_SETTINGS } from '../../config/table.js';
import { findConfigFiles } from '../../config-files/find-files.js';
import type { Option, RawValue } from '../../options/option.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { formatTable } from '../../terminal/table.js';
import type { ConfigSettings } from './options.js';

/** A setting in the documented JSON of `pullpin config --json` (docs/json.md). */
interface ShownSetting {
  /** The name in a file: `template`, or `bump.digest` for a setting of one command. */
  readonly key: string;
  readonly value: boolean | string | readonly string[] | null;
  /** A file and a line, or a variable; null for a default. */
  readonly from: string | null;
}

export async function runConfig({ json, readsFiles }: ConfigSettings, context: Context): Promise<number> {
  const files = readsFiles ? await findConfigFiles(context) : [];
  const settings = inForce(await readSources(files, context));
  const paths = files.map(({ path }) => path);
  const text = json ? jsonText({ version: 1, files: paths, settings }) : settingsTable(settings);
  await writeOutput(text, undefined, context);
  return EXIT.done;
}

/** The settings for all commands, and those of single commands that differ. */
function inForce(sources: readonly Source[]): ShownSetting[] {
  const common = COMMON_SETTINGS.map(({ name, option }): ShownSetting => {
    const found = sources.flatMap((source) => source.get(name) ?? [])[0];
    return { key: name, value: shownValue(found?.value, option), from: found?.place ?? null };
  });
  const own = COMMAND_SETTINGS.flatMap(({ command, settings }) =>
    settings.flatMap(({ name, option }): ShownSetting[] => {
      const found = settingOf(command.name, name, sources);
      const isCommon = common.some(({ key, from }) => key === name && from === (found?.place ?? null));
      const key = `${command.name}.${name}`;
      return isCommon ? [] : [{ key, value: shownValue(found?.value, option), from: found?.place ?? null }];
    }),
  );
  return [...common, ...own];
}

function shownValue(value: RawValue, option: Option): ShownSetting['value'] {
  if (value !== undefined) return value;
  if (option.type === 'flag') return option.isOn ?? false;
  return option.default ?? (option.type === 'values' ? [] : null);
}

function settingsTable(settings: readonly ShownSetting[]): string {
  return formatTable(settings.map(({ key, value, from }) => [key, valueText(value), from ?? 'default']));
}

function valueText(value: ShownSetting['value']): string {
  if (value === null) return '-';
  return typeof value === 'object' ? value.join(' ') || '-' : String(value);
}
