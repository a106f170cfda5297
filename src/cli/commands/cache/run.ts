import { cacheFolder, openCache } from '../../../cache/open-cache.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { formatBytes } from '../../terminal/format.js';
import { writeOutput } from '../../terminal/output.js';
import type { CacheCommandSettings } from './options.js';

export async function runCache({ wanted: { clear, dir } }: CacheCommandSettings, context: Context): Promise<number> {
  if (!clear && !dir) await writeOutput(usageText(context), undefined, context);
  if (clear) openCache(context).clear();
  if (dir) await writeOutput(`${cacheFolder(context)}\n`, undefined, context);
  return EXIT.done;
}

/** The folder of the cache and its content; the folder may not exist yet. */
function usageText(context: Context): string {
  const { entries, bytes } = openCache(context).usage();
  return `${cacheFolder(context)}\n${entries} ${entries === 1 ? 'entry' : 'entries'}, ${formatBytes(bytes)}\n`;
}
