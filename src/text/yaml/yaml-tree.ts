import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { NixSyntaxError, type Range } from '../../nix/language/position.js';
import type { DataEntry, DataMap, DataNode } from '../tree/data-file.js';

/** How many maps one map may take over with `<<`. */
const MOST_INHERITED = 20;
/** The tag of a string that has a tag at all. */
const STRING = 'tag:yaml.org,2002:str';

/** Turns the nodes of one document, whose depth is limited, into values. */
export class YamlTree {
  private readonly anchors = new Map<string, DataNode>();

  constructor(
    private readonly source: string,
    private readonly path: string,
  ) {}

  /** Throws a NixSyntaxError for a key that stands twice. */
  node(node: Node): DataNode {
    const made = this.make(node);
    const anchor = isAlias(node) ? undefined : node.anchor;
    if (anchor === undefined) return made;
    const anchored: DataNode = made.kind === 'text' ? { ...made, isAnchored: true } : made;
    // An alias means the last anchor of its name in front of it, and never one around it.
    this.anchors.set(anchor, anchored);
    return anchored;
  }

  private make(node: Node): DataNode {
    const range = rangeOf(node);
    if (isScalar(node)) return this.scalar(node, range);
    if (isMap(node)) return this.map(node, range);
    if (isSeq(node)) return { ...range, kind: 'list', items: node.items.flatMap((item) => this.item(item)) };
    return this.alias(node as Alias, range);
  }

  /** An item of a list; `- a: b` without a line of its own may be a pair. */
  private item(item: unknown): DataNode[] {
    return isNode(item) ? [this.node(item)] : [];
  }

  private alias({ source: name }: Alias, range: Range): DataNode {
    return { ...range, kind: 'alias', name, target: this.anchors.get(name) };
  }

  private map({ items }: YAMLMap, range: Range): DataMap {
    const entries = items.flatMap((pair) => this.entry(pair));
    const keys = new Set<string>();
    for (const { key, place } of entries) {
      if (keys.has(key) && key !== MERGE)
        throw new NixSyntaxError(this.path, this.source, place?.start ?? range.start, `not YAML: a key stands twice`);
      keys.add(key);
    }
    const merged = entries.filter(({ key }) => key === MERGE).flatMap(({ value }) => mapsOf(value));
    return { ...range, kind: 'map', entries, inherited: merged.slice(0, MOST_INHERITED) };
  }

  private entry({ key, value }: Pair): DataEntry[] {
    const place = { start: isNode(key) ? rangeOf(key).start : 0, end: 0 };
    if (isNode(key)) this.node(key);
    const node = isNode(value) ? this.node(value) : undefined;
    if (!node) return [];
    const name = isScalar(key) ? textOfKey(key) : '';
    return [{ key: name, place: { ...place, end: Math.max(node.end, place.start) }, value: node }];
  }

  private scalar(scalar: Scalar, range: Range): DataNode {
    const { value, type, tag } = scalar;
    const isPlain = type === 'PLAIN';
    const written = this.source.slice(range.start, range.end);
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    if (typeof value !== 'string' && !isNumber) return { ...range, kind: 'other', text: String(value) };
    const isQuoted = type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE';
    const inner = isQuoted ? { start: range.start + 1, end: range.end - 1 } : range;
    const text = isNumber ? written : value;
    const verbatim = (isPlain || isQuoted) && this.source.slice(inner.start, inner.end) === text;
    const isUncertain = isNumber && String(value) !== written;
    const hindrance = isUncertain
      ? `'${written}' is a number in YAML, which reads it as ${value}: put quotes around it`
      : hindranceOf(verbatim, isPlain || isQuoted, tag);
    return {
      ...range,
      kind: 'text',
      text,
      origin: { file: this.path, ...inner, quote: isPlain ? 'yaml-plain' : 'yaml', verbatim },
      hindrance,
      isUncertain,
    };
  }
}

const MERGE = '<<';

function hindranceOf(verbatim: boolean, isOnLine: boolean, tag: string | undefined): string | undefined {
  if (tag !== undefined && tag !== STRING) return 'it has a tag of its own: write it without the tag';
  if (verbatim) return undefined;
  return isOnLine
    ? 'it is written with escapes or over several lines: write it as it is, on one line'
    : 'it is written as a block: write it on the line of its key';
}

/** The maps that `<<` takes over, the strongest first. */
function mapsOf(node: DataNode | undefined): DataMap[] {
  if (node?.kind === 'alias') return node.target?.kind === 'map' ? [node.target] : [];
  if (node?.kind === 'map') return [node];
  return node?.kind === 'list' ? node.items.flatMap((item) => (item.kind === 'list' ? [] : mapsOf(item))) : [];
}

function textOfKey({ value, source }: Scalar): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}

function rangeOf({ range }: Node): Range {
  const [start = 0, end = start] = range ?? [];
  return { start, end };
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}
