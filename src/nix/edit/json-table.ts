import type { Range } from '../language/position.js';
import { jsonNamesAt, parseJsonTree } from '../values/json.js';
import type { FileEdit } from './edit.js';

type Node = ReturnType<typeof parseJsonTree>;

/** A property of an object: `"aarch64-linux": …`. */
export interface JsonEntry extends Range {
  readonly name: string;
  /** The key with its quotes. */
  readonly key: Range;
}

/** The objects around a place, the innermost last, each with its properties. */
export function objectsAround(source: string, file: string, place: Range): JsonEntry[][] {
  const found: JsonEntry[][] = [];
  let node: Node | undefined = parseJsonTree(source, file);
  while (node) {
    if (node.type === 'object') found.push((node.children ?? []).flatMap(entryOf));
    const children: readonly Node[] = node.children ?? [];
    node = children.find(({ offset, length }) => offset <= place.start && place.end <= offset + length);
  }
  return found;
}

function entryOf({ offset, length, children: [key] = [] }: Node): JsonEntry[] {
  if (!key) return [];
  const place = { start: key.offset, end: key.offset + key.length };
  return [{ name: String(key.value), key: place, start: offset, end: offset + length }];
}

/** The edits that remove properties with their commas, and insert others after the last one that stays, on lines of their own where it has one. */
export function jsonTableEdits(
  source: string,
  file: string,
  entries: readonly Range[],
  dropped: readonly Range[],
  added: readonly string[],
): FileEdit[] {
  const isDropped = entries.map(({ start }) => dropped.some((each) => each.start === start));
  const last = entries[isDropped.lastIndexOf(false)];
  if (!last) return [];
  const removed = entries.flatMap((entry, at): FileEdit[] => {
    if (!isDropped[at]) return [];
    const [before, after] = [entries[at - 1], entries[at + 1]];
    const isBehindAll = entry.start > last.start;
    // With what stays behind it, or in front of it.
    const start = isBehindAll ? (before?.end ?? entry.start) : entry.start;
    const end = isBehindAll ? entry.end : (after?.start ?? entry.end);
    return [{ file, start, end, text: '', isData: true }];
  });
  if (added.length === 0) return removed;
  const lineStart = source.lastIndexOf('\n', last.start - 1) + 1;
  const indentation = source.slice(lineStart, last.start);
  const isOwnLine = lineStart > 0 && /^[ \t]*$/.test(indentation);
  const newline = source.slice(0, lineStart).endsWith('\r\n') ? '\r\n' : '\n';
  const separator = isOwnLine ? `,${newline}${indentation}` : ', ';
  const text = added.map((each) => separator + each).join('');
  const next = removed.find(({ start }) => start === last.end);
  // What follows the last one is removed: both edits begin at one place.
  if (next) return [...removed.filter((edit) => edit !== next), { ...next, text }];
  return [...removed, { file, start: last.end, end: last.end, text, isData: true }];
}

/** Whether two texts of JSON differ in one object only: the innermost one around a place in the text before. */
export function differInOneObject(before: string, after: string, file: string, place: number): boolean {
  const [old, now] = [before, after].map((text) => parseJsonTree(text, file));
  if (!old || !now) return false;
  const keys = jsonNamesAt(old, place);
  // The place may be at the end of the last entry, and so in the entry itself.
  return [keys, keys.slice(0, -1)].some((path) => withoutObject(old, path) === withoutObject(now, path));
}

/** A text for the value of a file without the object that these keys lead to. */
function withoutObject({ type, value, children = [] }: Node, keys: readonly string[] | undefined): string {
  const [first, ...others] = keys ?? [];
  if (keys?.length === 0) return 'the object';
  if (type === 'array') return `[${children.map((child) => withoutObject(child, undefined)).join()}]`;
  if (type !== 'object') return JSON.stringify(value);
  const entries = children.map(({ children: [key, inner] = [] }) => {
    const isOn = keys !== undefined && key?.value === first;
    return `${JSON.stringify(key?.value)}:${inner ? withoutObject(inner, isOn ? others : undefined) : ''}`;
  });
  return `{${entries.join()}}`;
}
