import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isSourceName } from '../../files/near-source.js';
import { fileAndLine } from './pin-pattern.js';

/** Sorts words into paths and other words. A word that looks like a path counts as one even when nothing exists there: then it is a mistake. */
export async function sortOperands(words: readonly string[], folder: string) {
  const [paths, patterns]: [string[], string[]] = [[], []];
  for (const word of words) {
    const isThere = word !== '' && (await stat(resolve(folder, word)).catch(() => undefined)) !== undefined;
    const isPattern = fileAndLine(word) !== undefined || /[*?{[]/.test(word);
    const isPath = isThere || (!isPattern && (/^[./~]|\/$/.test(word) || isSourceName(word)));
    (isPath ? paths : patterns).push(word);
  }
  return { paths, patterns };
}

/** The paths to search for pins: the typed paths; when there are none, the files of FILE:LINE; for the name of an image, everything. */
export function searchedPaths(isStdin: boolean, paths: readonly string[], patterns: readonly string[]): string[] {
  const places = patterns.map(fileAndLine);
  const files = places.flatMap((place) => (place ? [place.file] : []));
  const isEverywhere = !isStdin && paths.length === 0 && files.length > 0 && places.includes(undefined);
  return [...paths, ...(isEverywhere ? ['.'] : []), ...files];
}
