import { printable, UsageError } from '../../errors.js';
import { didYouMean } from '../../suggestion.js';

/** The kind of words that completion offers for a value or an operand. */
export type Completion =
  | 'file'
  | 'folder'
  | 'platform'
  | 'system'
  | 'template'
  | 'image'
  | 'pin'
  | 'locked'
  | 'command';

interface Described {
  /** The letter of the short form, without its dash. */
  readonly short?: string;
  /** One sentence without a full stop, for the help. */
  readonly help: string;
  /** The default, as the help shows it. */
  readonly default?: string;
  /**
   * Whether a configuration file may set it: `anywhere`, or only in the user's own file, because it decides where credentials go, whom pullpin
   * trusts, or how much of the machine it uses.
   */
  readonly setting?: 'anywhere' | 'user';
  /** Joins the values of the user's own file with those of a repository's, which must not weaken them. When omitted, the repository's replace them. */
  readonly join?: (own: readonly string[], ofProject: readonly string[]) => string[];
}

/** An option that takes no value. */
export interface Flag extends Described {
  readonly type: 'flag';
  /** The flag is on by default, and `--no-NAME` turns it off. */
  readonly isOn?: true;
}

/** An option with a value: `value` may be given once, `values` may be repeated, with one value each time. */
export interface ValueOption extends Described {
  readonly type: 'value' | 'values';
  /** The name of the value in the help: `FILE`. */
  readonly value: string;
  /** The allowed values. */
  readonly choices?: readonly string[];
  /** Names that other tools use for the choices. A command line may write all in capitals. */
  readonly spellings?: Readonly<Record<string, string>>;
  readonly completion?: Completion;
  /** Whether it is a number in a configuration file. */
  readonly isNumber?: true;
}

export type Option = Flag | ValueOption;
export type Options = Readonly<Record<string, Option>>;

/** The raw value of an option: whether a flag is on, one value, or several values. */
export type RawValue = boolean | string | readonly string[] | undefined;
/** The raw value of each option, by the option's name. */
export type RawOptions = Readonly<Record<string, RawValue>>;

type RawOf<Each extends Option> = Each extends { readonly type: 'flag' }
  ? boolean
  : Each extends { readonly type: 'values' }
    ? readonly string[]
    : Each extends { readonly choices: readonly (infer Choice)[] }
      ? Choice | undefined
      : string | undefined;

/** The raw values of a table of options, each of the type that its option has. */
export type RawValues<Table extends Options> = { readonly [Name in keyof Table]: RawOf<Table[Name]> };

/**
 * Options that belong together, and the function that makes settings of them. Help, completions, man page and configuration file read `options`;
 * only `parse` sees the words that were given, and throws a UsageError for those that make no sense.
 */
export interface OptionGroup<Settings> {
  readonly title: string;
  /** Few people need it, so the help on one screen omits it. */
  readonly isRare?: boolean;
  readonly options: Options;
  /** @param isTyped whether the user typed an option; other values come from the environment or a configuration file */
  parse(raw: RawOptions, isTyped?: IsTyped): Settings;
}

export type IsTyped = (name: string) => boolean;

/** Makes a group whose `parse` gets values of the right types: a flag that was not given is off, and a choice is one of the list. */
export function optionGroup<const Table extends Options, Settings>(group: {
  readonly title: string;
  /** Few people need it, so the help on one screen omits it. */
  readonly isRare?: boolean;
  readonly options: Table;
  parse(raw: RawValues<Table>, isTyped: IsTyped): Settings;
}): OptionGroup<Settings> {
  const { title, isRare = false, options, parse } = group;
  return {
    title,
    isRare,
    options,
    parse: (raw, isTyped = () => true) => parse(checked(options, raw), isTyped),
  };
}

function checked<Table extends Options>(options: Table, raw: RawOptions): RawValues<Table> {
  const values = Object.entries(options).map(([name, option]) => [name, checkedValue(name, option, raw[name])]);
  return Object.fromEntries(values) as RawValues<Table>;
}

function checkedValue(name: string, option: Option, value: RawValue): RawValue {
  if (option.type === 'flag') return value ?? option.isOn ?? false;
  if (option.type === 'values') return checkedList(name, value);
  return typeof value === 'string' && option.choices ? choice(name, option, option.choices, value) : value;
}

// Each pin is compared with each value, so the number of values is limited.
const MAX_VALUES = 1000;

function checkedList(name: string, value: RawValue): RawValue {
  if (Array.isArray(value) && value.length > MAX_VALUES)
    throw new UsageError(`--${name} has ${value.length} values; at most ${MAX_VALUES} are possible`);
  return value ?? [];
}

function choice(name: string, { spellings = {} }: ValueOption, choices: readonly string[], value: string): string {
  const typed = value.toLowerCase();
  const known = Object.hasOwn(spellings, typed) ? spellings[typed] : typed;
  const found = choices.find((each) => each.toLowerCase() === known);
  if (found !== undefined) return found;
  const list = choices.join(', ');
  throw new UsageError(`--${name} is one of ${list}, not '${printable(value, 100)}'${didYouMean(value, choices)}`);
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** A value that is a size, such as `512M` or `8GiB`, in bytes. Throws a UsageError. */
export function byteSize(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, digits = '', letter = ''] = /^([0-9]{1,15})(?:([KMGT])(?:iB)?)?$/i.exec(value) ?? [];
  const size = Number(digits) * (SIZE_UNITS[letter.toUpperCase()] ?? Number.NaN);
  if (size > 0 && Number.isSafeInteger(size)) return size;
  throw new UsageError(`--${name} is a size such as 512MiB or 8GiB, not '${value}'`);
}

/** A value that is a whole number. Throws a UsageError. */
export function wholeNumber(
  name: string,
  value: string | undefined,
  lowest: number,
  highest: number,
): number | undefined {
  if (value === undefined) return undefined;
  const number = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= lowest && number <= highest) return number;
  throw new UsageError(`--${name} is a whole number from ${lowest} to ${highest}, not '${value}'`);
}
