import { cacheFolder, openCache } from '../../../cache/open-cache.js';
import { UsageError } from '../../../errors.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { writeOutput } from '../../terminal/output.js';
import type { CacheCommandSettings } from './options.js';

export async function runCache({ wanted: { clear, dir } }: CacheCommandSettings, context: Context): Promise<number> {
  if (!clear && !dir) throw new UsageError('name what to do with the cache: --dir or --clear');
  if (clear) openCache(context).clear();
  if (dir) await writeOutput(`${cacheFolder(context)}\n`, undefined, context);
  return EXIT.done;
}
