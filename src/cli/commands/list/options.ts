import type { Argv } from 'yargs';
import {
  GENERAL_OPTIONS,
  type GeneralOptions,
  JSON_OPTION,
  type JsonOption,
  withOptions,
  withPaths,
} from '../../options/options.js';
import { WANTED_OPTIONS, type WantedOptions } from '../../options/wanted-pins.js';
import type { Start } from '../../terminal/context.js';

export type ListArguments = { path: string[] } & JsonOption & WantedOptions & GeneralOptions;

/** `pullpin list [PATH...]` */
export function addListCommand(parser: Argv, start: Start): Argv {
  return parser.command<ListArguments>({
    command: 'list [path..]',
    describe: 'Show the pins of a repository and the tags that they follow, without any network',
    builder: (yargs) =>
      withPaths(withOptions(yargs, { ...WANTED_OPTIONS, ...JSON_OPTION, ...GENERAL_OPTIONS }))
        .example('$0 list', 'All pins in what git knows below here')
        .example('$0 list --json hosts/ flake.nix', 'Some of them, for a script'),
    handler: (argv) => start(async (context) => (await import('./run.js')).runList(argv, context)),
  });
}
