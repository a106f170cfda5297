import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';

/**
 * The lines of src that ran in child processes: each of them has left a file of V8's own counts (NODE_V8_COVERAGE) about the chunks that it loaded, and the
 * map of a chunk says which line each piece of it was.
 *
 * @param {string} folder with the files of the children
 * @returns {Map<string, Set<number>>} by the path of the file
 */
export function childLines(folder) {
  const lines = new Map();
  const maps = new Map();
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    // A child that was killed may have left half a file.
    const scripts = parsed(readFileSync(join(folder, name), 'utf8'))?.result ?? [];
    for (const { url, functions } of scripts) {
      if (!maps.has(url)) maps.set(url, pieces(url));
      const all = maps.get(url);
      if (all) addLines(lines, all, counts(functions));
    }
  }
  return lines;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The pieces of a chunk in its order: where each begins, and the line that it was. Undefined for what has no map.
 *
 * @param {string} url
 */
function pieces(url) {
  if (!url.startsWith('file:')) return undefined;
  const chunk = fileURLToPath(url);
  if (!existsSync(`${chunk}.map`)) return undefined;
  const starts = [0];
  for (const { index } of readFileSync(chunk, 'utf8').matchAll(/\n/g)) starts.push(index + 1);
  const found = [];
  eachMapping(new TraceMap(readFileSync(`${chunk}.map`, 'utf8')), ({ source, ...piece }) => {
    if (source === null) return;
    const offset = starts[piece.generatedLine - 1] + piece.generatedColumn;
    found.push({ offset, file: resolve(dirname(chunk), source), line: piece.originalLine });
  });
  return found.filter(({ file }) => /[\\/]src[\\/].*\.ts$/.test(file) && !file.includes('node_modules'));
}

/**
 * Ranges with their counts, outer ones before those within them.
 *
 * @param {{ ranges: { startOffset: number, endOffset: number, count: number }[] }[]} functions
 */
function counts(functions) {
  return functions
    .flatMap(({ ranges }) => ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
}

/** Adds the lines of pieces whose innermost range has run. Both lists are in the order of the chunk. */
function addLines(lines, all, ranges) {
  const around = [];
  let next = 0;
  for (const { offset, file, line } of all) {
    for (; next < ranges.length && ranges[next].startOffset <= offset; next++) {
      while (around.length > 0 && around.at(-1).endOffset <= ranges[next].startOffset) around.pop();
      around.push(ranges[next]);
    }
    while (around.length > 0 && around.at(-1).endOffset <= offset) around.pop();
    if (!(around.at(-1)?.count > 0)) continue;
    if (!lines.has(file)) lines.set(file, new Set());
    lines.get(file).add(line);
  }
}
