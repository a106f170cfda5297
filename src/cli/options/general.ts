import { UsageError } from '../../errors.js';
import type { Loudness } from '../terminal/report.js';
import { type Options, optionGroup } from './option.js';

/** An option of every command: how much to report on stderr. */
export const GENERAL = optionGroup({
  title: 'General',
  options: {
    quiet: { type: 'flag', short: 'q', help: 'Report failures only' },
    verbose: { type: 'flag', short: 'v', help: 'Report requests, and the causes of failures' },
  },
  parse({ quiet, verbose }): Loudness {
    if (quiet && verbose) throw new UsageError('--verbose and --quiet do not go together');
    if (quiet) return 'quiet';
    return verbose ? 'verbose' : 'normal';
  },
});

/** An option of every command: whether to read configuration files. */
export const CONFIG_FILES = optionGroup({
  title: 'General',
  options: { config: { type: 'flag', isOn: true, help: 'Read no pullpin.toml' } },
  parse: ({ config }): boolean => config,
});

/** The options that every command has. */
export const COMMON: Options = {
  help: { type: 'flag', short: 'h', help: 'Show all options; -h shows the most important things on one screen' },
  version: { type: 'flag', short: 'V', help: 'Show the version' },
  ...CONFIG_FILES.options,
};
