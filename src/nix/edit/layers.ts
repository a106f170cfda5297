import { PullpinError } from '../../errors.js';
import type { WrittenLayer, WrittenLayerList } from '../find/images/written-layers.js';
import type { Range } from '../language/position.js';
import { nixString } from '../literals/text.js';
import type { FileEdit } from './edit.js';

type Layer = Pick<WrittenLayer, 'digest' | 'unpack'>;

/** Some layers cannot be written in place of others. */
export class LayersError extends PullpinError {}

/**
 * The edit that makes a list of layers another one: none when it is that already. Layers at the beginning and at the end that are the same stay
 * as they are written, with the comments among them. Throws a LayersError when something else than layers stands in the list, or a comment among
 * those that are replaced.
 *
 * @param source the text of the file that the list is in
 */
export function rewriteLayers(list: WrittenLayerList, layers: readonly Layer[], source: string): FileEdit[] {
  const old = list.layers;
  const first = sameAtStart(old, layers);
  const last = sameAtStart(old.slice(first).toReversed(), layers.slice(first).toReversed());
  const replaced = old.slice(first, old.length - last);
  const texts = layers.slice(first, layers.length - last).map(textOf);
  if (replaced.length + texts.length === 0) return [];
  checkConstant(old, source);
  const [before, after] = [old[first - 1], old[old.length - last]];
  const { start, end } = rangeOf(list, source, { before, replaced, after, isRemoval: texts.length === 0 });
  checkComments(source.slice(start, end), replaced, start);
  const between = separator(source, list);
  const text =
    replaced.length > 0 ? texts.join(between) : inserted(texts.join(between), between, { before, after }, list, source);
  const whole = source.slice(list.start, start) + text + source.slice(end, list.end);
  return [{ file: list.file, start: list.start, end: list.end, text: whole, isOfLayers: true }];
}

interface Neighbours {
  readonly before: Range | undefined;
  readonly after: Range | undefined;
}

/** What is replaced; where nothing is, the place to insert at. With the last layer of a stretch, the space in front of it is removed. */
function rangeOf(
  list: Range,
  source: string,
  {
    before,
    replaced,
    after,
    isRemoval,
  }: Neighbours & { readonly replaced: readonly Range[]; readonly isRemoval: boolean },
): Range {
  const [start, end] = [replaced[0]?.start, replaced.at(-1)?.end];
  if (start !== undefined && end !== undefined) {
    return { start: isRemoval ? (before?.end ?? list.start + 1) : start, end };
  }
  const at = before?.end ?? after?.start;
  if (at !== undefined) return { start: at, end: at };
  // The space in an empty list, up to a line break.
  const space = /^[ \t]*/.exec(source.slice(list.start + 1, list.end))?.[0].length ?? 0;
  return { start: list.start + 1, end: list.start + 1 + space };
}

const CONSTANT = /^(?:"[\w:]*"|\{\s*digest\s*=\s*"[\w:]*"\s*;\s*unpack\s*=\s*(?:true|false)\s*;\s*\})$/;

/** A name that stands for a layer may be used elsewhere, too. */
function checkConstant(layers: readonly Range[], source: string): void {
  if (layers.some(({ start, end }) => !CONSTANT.test(source.slice(start, end))))
    throw new LayersError('a computed layer stands among its layers: write the digests alone');
}

/** A comment on a layer that goes would be lost, or be said of another one. */
function checkComments(text: string, replaced: readonly Range[], offset: number): void {
  const ends = replaced.map(({ end }) => end - offset);
  const gaps = replaced.map(({ start }, at) => text.slice(ends[at - 1] ?? 0, start - offset));
  if (gaps.some((gap) => gap.trim() !== ''))
    throw new LayersError('a comment stands among the layers that change: put it above the list');
}

function sameAtStart(old: readonly Layer[], layers: readonly Layer[]): number {
  const at = layers.findIndex(
    ({ digest, unpack }, index) => old[index]?.digest !== digest || old[index]?.unpack !== unpack,
  );
  return at < 0 ? layers.length : at;
}

function textOf({ digest, unpack }: Layer): string {
  return unpack ? nixString(digest) : `{ digest = ${nixString(digest)}; unpack = false; }`;
}

/** What stands between two layers: a space, or a new line that begins as the first layer's does. */
function separator(source: string, { layers: [first], start, end }: WrittenLayerList): string {
  const newline = source.slice(start, end).includes('\r\n') ? '\r\n' : '\n';
  const lineStart = source.lastIndexOf('\n', (first?.start ?? start) - 1) + 1;
  const [indentation = ''] = /^[ \t]*/.exec(source.slice(lineStart)) ?? [];
  if (!first) return `${newline}${indentation}  `;
  const isOwnLine = lineStart > start && lineStart + indentation.length === first.start;
  return isOwnLine ? `${newline}${indentation}` : ' ';
}

/** Layers behind another one, in front of all others, or in an empty list, whose closing bracket stands where the line of the opening one begins. */
function inserted(text: string, between: string, { before, after }: Neighbours, list: Range, source: string): string {
  if (before) return between + text;
  if (after) return text + between;
  const isOpen = source.slice(list.start, list.end).includes('\n');
  return isOpen ? between + text : `${between}${text}${between.slice(0, -2)}`;
}
