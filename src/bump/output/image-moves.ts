import { shortDigest } from '../../oci/digest.js';
import type { PinChange, PinnedValues } from '../one-pin/pin-change.js';
import { versionText } from './plain-text.js';

/** One image that has moved from one digest, however many pins carry it. */
export interface ImageMove {
  readonly image: string;
  readonly from: string;
  readonly to: string;
  /** Markdown, safe wherever it stands: `7.4.1` → `7.4.2`; empty where the versions are not known. */
  readonly versions: string;
  readonly files: readonly string[];
}

/** What a pin follows, as people write it: `redis:7.4`, or the name alone. */
export function imageOf({ imageName, follows }: PinChange['pin']): string {
  return follows === null ? imageName : `${imageName}:${follows}`;
}

/** `7.4.1 → 7.4.2`; empty when one version is not known, or both are the same. `write` makes the text of each. */
export function versionsOf(
  { version: from }: PinnedValues,
  { version: to }: PinnedValues,
  write = (version: string): string => version,
): string {
  return from === undefined || to === undefined || from === to ? '' : `${write(from)} → ${write(to)}`;
}

/** The images that some changes move, each once for each digest that it had. */
export function imageMoves(changes: readonly PinChange[]): ImageMove[] {
  const moves = new Map<string, ImageMove>();
  for (const { pin, from, to } of changes) {
    const image = imageOf(pin);
    const key = `${image} ${from.digest} ${to.digest}`;
    const files = [...new Set([...(moves.get(key)?.files ?? []), pin.file])];
    const versions = moves.get(key)?.versions || versionsOf(from, to, versionText);
    moves.set(key, { image, from: shortDigest(from.digest), to: shortDigest(to.digest), versions, files });
  }
  return [...moves.values()];
}
