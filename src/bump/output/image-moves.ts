import { shortDigest } from '../../oci/digest.js';
import type { PinChange, PinnedValues } from '../one-pin/pin-change.js';
import { codeSpan, versionText } from './plain-text.js';

/** The move of one image from one digest, for all pins that have it. */
export interface ImageMove {
  readonly image: string;
  readonly from: string;
  readonly to: string;
  /** Markdown that is safe at any place: `7.4.1` → `7.4.2`; empty when the versions are not known. */
  readonly versions: string;
  readonly files: readonly string[];
}

/** The image and tag that a pin follows, in short form: `redis:7.4`, or only the name. */
export function imageOf({ imageName, follows }: PinChange['pin']): string {
  return follows === null ? imageName : `${imageName}:${follows}`;
}

/** The image of a change, with both tags when its tag moves: `redis:7.2 → 7.4`. */
export function imageMoved({ pin, from, to }: PinChange): string {
  return from.tag === to.tag || from.tag === undefined ? imageOf(pin) : `${imageOf(pin)} → ${to.tag}`;
}

/** `7.4.1 → 7.4.2`; empty when one version is not known, or both are the same. `write` makes the text of each. */
export function versionsOf(
  { version: from }: PinnedValues,
  { version: to }: PinnedValues,
  write = (version: string): string => version,
): string {
  return from === undefined || to === undefined || from === to ? '' : `${write(from)} → ${write(to)}`;
}

/** `+s390x-linux -aarch64-linux`: the systems that a table gets and loses; empty for any other change. */
export function systemsOf({ systems }: PinChange): string {
  const { added = [], dropped = [] } = systems ?? {};
  return [...added.map((system) => `+${system}`), ...dropped.map((system) => `-${system}`)].join(' ');
}

/** The images that the changes move. An image is listed once for each of its old digests. */
export function imageMoves(changes: readonly PinChange[]): ImageMove[] {
  const moves = new Map<string, ImageMove>();
  for (const change of changes) {
    const { pin, from, to } = change;
    const image = imageMoved(change);
    const key = `${image} ${from.digest} ${to.digest}`;
    const files = [...new Set([...(moves.get(key)?.files ?? []), pin.file])];
    const known = moves.get(key)?.versions || versionsOf(from, to, versionText);
    const versions = [known, codeSpans(systemsOf(change))].filter((text) => text !== '').join(' ');
    moves.set(key, { image, from: shortDigest(from.digest), to: shortDigest(to.digest), versions, files });
  }
  return [...moves.values()];
}

function codeSpans(text: string): string {
  return text === '' ? '' : codeSpan(text);
}
