import type { Argv } from 'yargs';
import { UsageError } from '../../errors.js';
import { withOptions } from '../options/options.js';
import { cacheFolder, openCache } from '../resources/cache.js';
import type { Context, Start } from '../terminal/context.js';
import { EXIT } from '../terminal/exit-code.js';
import { writeOutput } from '../terminal/output.js';

interface CacheArguments {
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
    handler: (argv) => start((context) => runCache(argv, context)),
  });
}

async function runCache({ clear, dir }: CacheArguments, context: Context): Promise<number> {
  if (!clear && !dir) throw new UsageError('say what to do with the cache: --dir or --clear');
  if (clear) (await openCache({ cache: true }, context))?.clear();
  if (dir) await writeOutput(`${cacheFolder(context)}\n`, undefined, context);
  return EXIT.done;
}
