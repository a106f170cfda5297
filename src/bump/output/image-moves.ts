import { shortDigest } from '../../oci/digest.js';
import type { PinChange } from '../one-pin/pin-change.js';

/** One image that has moved, however many pins carry it. */
export interface ImageMove {
  readonly image: string;
  readonly from: string;
  readonly to: string;
  readonly versions: string;
  readonly files: readonly string[];
}

/** The images that some changes move, each once. */
export function imageMoves(changes: readonly PinChange[]): ImageMove[] {
  const moves = new Map<string, ImageMove>();
  for (const { pin, from, to } of changes) {
    const image = pin.follows === null ? pin.imageName : `${pin.imageName}:${pin.follows}`;
    const key = `${image} ${from.digest} ${to.digest}`;
    const files = [...new Set([...(moves.get(key)?.files ?? []), pin.file])];
    const isNewVersion = from.version !== undefined && to.version !== undefined && from.version !== to.version;
    const versions = moves.get(key)?.versions || (isNewVersion ? `${from.version} → ${to.version}` : '');
    moves.set(key, { image, from: shortDigest(from.digest), to: shortDigest(to.digest), versions, files });
  }
  return [...moves.values()];
}
