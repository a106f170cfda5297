import type { Argv } from 'yargs';
import { withOptions } from '../../options/options.js';
import type { Start } from '../../terminal/context.js';

export interface CacheArguments {
  clear: boolean | undefined;
  dir: boolean | undefined;
}

/** `pullpin cache --dir|--clear` */
export function addCacheCommand(parser: Argv, start: Start): Argv {
  return parser.command<CacheArguments>({
    command: 'cache',
    describe: 'Show where known hashes are kept, or forget them',
    builder: (yargs) =>
      withOptions(yargs, {
        dir: { type: 'boolean', describe: 'Print the folder' },
        clear: { type: 'boolean', describe: 'Forget everything in it' },
      })
        .example('$0 cache --dir', 'Where hashes of images are kept')
        .example('$0 cache --clear', 'Begin anew'),
    handler: (argv) => start(async (context) => (await import('./run.js')).runCache(argv, context)),
  });
}
