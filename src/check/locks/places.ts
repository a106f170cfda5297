import type { Location } from '../../nix/find/pin-site.js';
import { Lines } from '../../nix/language/position.js';
import { parseJsonData } from '../../text/json/json-tree.js';
import type { DataNode } from '../../text/tree/data-file.js';

/** Where an image stands in the text of a lock. */
export function placesIn(text: string, file: string): (name: string) => Location {
  const images = entriesOf(parseJsonData(text || '{}', file).documents[0]?.root).find(
    ({ key }) => key === 'images',
  )?.value;
  const places = new Map(entriesOf(images).map(({ key, place }) => [key, place]));
  const lines = new Lines(text);
  return (name) => {
    const { start, end } = places.get(name) ?? { start: 0, end: 0 };
    return { file, start, end, ...lines.at(start) };
  };
}

function entriesOf(node: DataNode | undefined) {
  return node?.kind === 'map' ? node.entries : [];
}
