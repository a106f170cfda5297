import type { RawValue } from '../options/option.js';

/** A value, and where it was read: `PULLPIN_TEMPLATE`, or `pullpin.toml:3`. */
export interface PlacedValue {
  readonly value: RawValue;
  readonly place: string;
}

/** The settings of one source, by name; the settings for one command by `COMMAND.NAME`. */
export type Source = ReadonlyMap<string, PlacedValue>;
