import { shortDigest } from '../../oci/digest.js';
import type { PinChange, PinnedValues } from '../one-pin/pin-change.js';
import { versionText } from './plain-text.js';

/** One image that has moved, however many pins carry it. */
export interface ImageMove {
  readonly image: string;
  readonly from: string;
  readonly to: string;
  /** Markdown, safe wherever it stands: `7.4.1` → `7.4.2`; empty where the versions are not known. */
  readonly versions: string;
  readonly files: readonly string[];
}

/** The versions of both images as Markdown; empty when one is not known, or both are the same. */
function versionsText({ version: from }: PinnedValues, { version: to }: PinnedValues): string {
  return from === undefined || to === undefined || from === to ? '' : `${versionText(from)} → ${versionText(to)}`;
}

/** The images that some changes move, each once. */
export function imageMoves(changes: readonly PinChange[]): ImageMove[] {
  const moves = new Map<string, ImageMove>();
  for (const { pin, from, to } of changes) {
    const image = pin.follows === null ? pin.imageName : `${pin.imageName}:${pin.follows}`;
    const key = `${image} ${from.digest} ${to.digest}`;
    const files = [...new Set([...(moves.get(key)?.files ?? []), pin.file])];
    const versions = moves.get(key)?.versions || versionsText(from, to);
    moves.set(key, { image, from: shortDigest(from.digest), to: shortDigest(to.digest), versions, files });
  }
  return [...moves.values()];
}
