import type { RawValue } from '../options/option.js';

/** A value, and where it was read: `PULLPIN_TEMPLATE`, or `pullpin.toml:3`. */
export interface PlacedValue {
  readonly value: RawValue;
  readonly place: string;
}

/** What one source says: by the names of settings, and by `COMMAND.NAME` for what holds for one command. */
export type Source = ReadonlyMap<string, PlacedValue>;
