import { UsageError } from '../../errors.js';
import type { Loudness } from '../terminal/report.js';
import { optionGroup } from './option.js';

/** Of every command: how much it says on stderr. */
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
