import type { Completion, IsTyped, OptionGroup, Options, RawOptions } from './option.js';

/** The words of a command that are not options. */
export interface Operands<Settings> {
  /** As the usage line shows them: `IMAGE...`. */
  readonly usage: string;
  /** One sentence without a full stop, for the help. */
  readonly help: string;
  readonly completion?: Completion;
  /** What follows some of the first words, where that is not `completion`. */
  readonly completions?: Readonly<Record<string, Completion>>;
  /** The allowed words and what they mean, or where there is a completion as well, the first words that have a meaning of their own. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The error message when no word is given, if one is required. */
  readonly missing?: string;
  /** Throws a UsageError. */
  parse(words: readonly string[]): Settings;
}

/** A command line, and what it does. */
export type Example = readonly [line: string, what: string];

/** The option groups of a command, by the names that they have in its settings. */
export type Groups = Readonly<Record<string, OptionGroup<unknown>>>;

/** A command as help, completions and the man page describe it, and as its words are read. */
export interface CommandOptions<OwnGroups extends Groups = Groups, OwnOperands = unknown> {
  readonly name: string;
  /** One sentence without a full stop, for the help. */
  readonly summary: string;
  readonly operands: Operands<OwnOperands>;
  /** The groups in the order of the help. Their keys are the keys of the settings. */
  readonly groups: OwnGroups;
  readonly examples: readonly Example[];
}

/** The settings of a command's run: the parsed settings of each group, and the operands. */
export type SettingsOf<Command> =
  Command extends CommandOptions<infer OwnGroups, infer OwnOperands> ? Settings<OwnGroups, OwnOperands> : never;

type Settings<OwnGroups extends Groups, OwnOperands> = {
  readonly [Key in keyof OwnGroups]: ReturnType<OwnGroups[Key]['parse']>;
} & { readonly operands: OwnOperands };

/** Defines a command. The function exists so that TypeScript infers the types of the groups. */
export function commandOptions<const OwnGroups extends Groups, OwnOperands>(
  command: CommandOptions<OwnGroups, OwnOperands>,
): CommandOptions<OwnGroups, OwnOperands> {
  return command;
}

/** Reads the words of a command. Throws a UsageError. */
export function parseSettings<OwnGroups extends Groups, OwnOperands>(
  { groups, operands }: CommandOptions<OwnGroups, OwnOperands>,
  raw: RawOptions,
  words: readonly string[],
  isTyped?: IsTyped,
): Settings<OwnGroups, OwnOperands> {
  const parsed = Object.entries(groups).map(([key, group]) => [key, group.parse(raw, isTyped)]);
  return { ...Object.fromEntries(parsed), operands: operands.parse(words) } as Settings<OwnGroups, OwnOperands>;
}

/** All options of a command, by their names. */
export function optionsOf({ groups }: CommandOptions): Options {
  return Object.assign({}, ...Object.values(groups).map(({ options }) => options));
}
