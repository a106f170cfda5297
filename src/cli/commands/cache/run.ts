import { resolve } from 'node:path';
import { cacheFolder, openCache } from '../../../cache/open-cache.js';
import { UsageError } from '../../../errors.js';
import { formatKey } from '../../../shared-cache/entries/key-text.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { formatBytes } from '../../terminal/format.js';
import { writeOutput } from '../../terminal/output.js';
import type { CacheCommandSettings } from './options.js';

export async function runCache(
  { operands, wanted: { clear, dir } }: CacheCommandSettings,
  context: Context,
): Promise<number> {
  if (operands) {
    if (clear || dir) throw new UsageError('key does not go together with --clear or --dir');
    const { name, file } = operands;
    const { makeSecretFile, publicKeyOfFile } = await import('../../../shared-cache/secret-file.js');
    const path = resolve(context.folder, file);
    const key = name === undefined ? await publicKeyOfFile(path) : await makeSecretFile(name, path);
    await writeOutput(`${formatKey(key)}\n`, undefined, context);
    return EXIT.done;
  }
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
