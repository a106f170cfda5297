import { heavyWorkNext } from '../../../concurrency/heavy-work.js';
import { printable, UsageError } from '../../../errors.js';
import { isSameRequest, type LockEntry } from '../../../lock/entry.js';
import { type LockPaths, openLock } from '../../../lock/lock-files.js';
import type { LockedImage } from '../../../lock/lock-schema.js';
import { shortDigest } from '../../../oci/digest.js';
import { didYouMean } from '../../../suggestion.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { formatTable, tableWidth } from '../../terminal/table.js';
import type { LockCommandSettings } from './options.js';

/** An image as images.toml and the lock have it. */
interface ShownImage {
  readonly name: string;
  readonly entry: LockEntry | undefined;
  readonly locked: LockedImage | undefined;
}

/** Shows what images.toml asks for and what is locked, without a network. */
export async function showLock(
  names: readonly string[],
  paths: LockPaths,
  settings: LockCommandSettings,
  context: Context,
): Promise<number> {
  const { entries, lock } = await openLock(paths);
  const all = [...new Set([...entries.keys(), ...lock.keys()])];
  const wrong = names.find((name) => !all.includes(name));
  if (wrong !== undefined)
    throw new UsageError(`${printable(paths.images)} has no image '${printable(wrong, 100)}'${didYouMean(wrong, all)}`);
  const images = all
    .toSorted()
    .filter((name) => names.length === 0 || names.includes(name))
    .map((name): ShownImage => ({ name, entry: entries.get(name), locked: lock.get(name) }));
  const text = await heavyWorkNext(context.signal, () =>
    settings.json
      ? jsonText({ version: 1, images: images.map(toJson) })
      : formatTable(images.map(rowOf), tableWidth(context.stdout)),
  );
  await writeOutput(text, undefined, context);
  return EXIT.done;
}

function rowOf(image: ShownImage): string[] {
  const { name, entry, locked } = image;
  return [
    name,
    locked ? `${locked.imageName}:${locked.tag}` : (entry?.request.image ?? '-'),
    locked ? shortDigest(locked.digest) : '-',
    locked ? Object.keys(locked.systems).join(', ') : '-',
    [entry?.request.rule, stateOf(image)].filter((each) => each !== undefined && each !== 'locked').join(', '),
  ];
}

/** Whether the lock fits the entry. */
function stateOf({ entry, locked }: ShownImage): 'locked' | 'frozen' | 'missing' | 'changed' | 'removed' {
  if (!entry) return 'removed';
  if (!locked) return 'missing';
  if (!isSameRequest(locked.request, entry.request)) return 'changed';
  return entry.isFrozen ? 'frozen' : 'locked';
}

/** An image in the documented JSON of `pullpin lock show --json`. */
function toJson(image: ShownImage) {
  const { name, entry, locked } = image;
  return {
    name,
    image: entry?.request.image ?? null,
    rule: entry?.request.rule ?? null,
    state: stateOf(image),
    isFrozen: entry?.isFrozen ?? false,
    locked: locked ?? null,
  };
}
