import type { ImageDetails, PinChange } from '../one-pin/pin-change.js';
import { compareLink, sourceLink } from './compare-link.js';
import { imageMoved } from './image-moves.js';
import { codeSpan } from './plain-text.js';

/** A line of Markdown for each image that moves, with what its old and its new image say of themselves; empty when nothing is known. */
export function whatChanged(changes: readonly PinChange[]): string[] {
  const lines = changes.flatMap((change) => {
    const parts = partsOf(change);
    return parts.length === 0 ? [] : [`- ${codeSpan(imageMoved(change))}: ${parts.join(', ')}`];
  });
  return [...new Set(lines)];
}

function partsOf({ from: { image: from }, to: { image: to }, layers }: PinChange): string[] {
  const link = compareLink(from, to);
  const source = sourceLink(to?.source);
  return [
    ...moved('made', dayOf(from), dayOf(to)),
    ...moved('size', sizeOf(from), sizeOf(to)),
    ...(layers ? [`${layers.shared} of ${layers.count} layers as before`] : []),
    ...moved('base', from?.base, to?.base),
    // Both are made of checked names, so they hold nothing that ends a link.
    ...(link === undefined ? [] : [`[what changed in its source](${link})`]),
    ...(link === undefined && source !== undefined ? [`[source](${source})`] : []),
    ...(link === undefined && source === undefined && to?.source !== undefined
      ? [`source ${codeSpan(to.source)}`]
      : []),
    ...(link === undefined ? moved('revision', from?.revision, to?.revision) : []),
  ];
}

function moved(what: string, from: string | undefined, to: string | undefined): string[] {
  if (to === undefined) return [];
  return [
    from === undefined || from === to ? `${what} ${codeSpan(to)}` : `${what} ${codeSpan(from)} → ${codeSpan(to)}`,
  ];
}

function dayOf(image: ImageDetails | undefined): string | undefined {
  return image?.created?.slice(0, 'YYYY-MM-DD'.length);
}

function sizeOf(image: ImageDetails | undefined): string | undefined {
  if (!image) return undefined;
  const { size } = image;
  if (size < 1000) return `${size} B`;
  return size < 1e6 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}
