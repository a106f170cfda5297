import type { CommandOptions } from '../options/command.js';
import type { OptionGroup, Options } from '../options/option.js';

/** The source of help, completions, the man page and docs/options.md. */
export interface HelpSource {
  readonly commands: readonly CommandOptions[];
  /** The command whose name may be omitted. */
  readonly defaultCommand: CommandOptions;
  /** Options of every command that belong to no group. */
  readonly common: Options;
}

/** Options under one heading. */
export interface TitledGroup {
  readonly title: string;
  readonly group: Pick<OptionGroup<unknown>, 'options'>;
}

/** Each group of options once. When not all commands have a group, its title names those that do. */
export function groupsWithOwners({ commands }: HelpSource): TitledGroup[] {
  const groups = new Set(commands.flatMap((command) => Object.values(command.groups)));
  return [...groups].map((group) => {
    const names = commands.filter(({ groups }) => Object.values(groups).includes(group)).map(({ name }) => name);
    return { title: names.length === commands.length ? group.title : `${group.title} (${names.join(', ')})`, group };
  });
}
