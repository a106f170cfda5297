import type { DataMap, DataNode, DataText } from './data-file.js';

/** The texts of a map by their keys. */
export type Texts = ReadonlyMap<string, DataText>;

/** The keys that a map may take over from another one for its image. */
const INHERITED = ['registry', 'repository', 'image', 'imageName', 'tag', 'imageTag', 'digest', 'imageDigest'];
/** A map may take over from maps that take over from others, up to this many times. */
const DEEPEST = 20;
const ELSEWHERE = 'a part of it stands elsewhere in the file, by an alias: write that part where the others are';

/** Reads the texts of maps. What a map takes over is found once for each map. */
export class MapTexts {
  private readonly inherited = new Map<DataMap, Texts>();

  /** One that stands elsewhere, by an alias or by `<<`, says that it must not be changed from here. */
  of(map: DataMap): Texts {
    const texts = new Map<string, DataText>();
    for (const { key, value } of map.entries) {
      const text = textAt(value);
      if (text) texts.set(key, text);
    }
    if (map.inherited.length === 0) return texts;
    const own = new Set(map.entries.map(({ key }) => key));
    for (const [key, text] of this.inheritedBy(map, 0)) if (!own.has(key)) texts.set(key, text);
    return texts;
  }

  private inheritedBy(map: DataMap, depth: number): Texts {
    const known = this.inherited.get(map);
    if (known) return known;
    const found = new Map<string, DataText>();
    for (const each of depth < DEEPEST ? map.inherited : []) {
      const others = each.inherited.length > 0 ? this.inheritedBy(each, depth + 1) : new Map<string, DataText>();
      for (const key of INHERITED) {
        if (found.has(key)) continue;
        const own = this.ownOf(each).get(key);
        const text = own === undefined ? others.get(key) : textAt(own);
        if (text) found.set(key, { ...text, hindrance: ELSEWHERE });
      }
    }
    this.inherited.set(map, found);
    return found;
  }

  private readonly own = new Map<DataMap, ReadonlyMap<string, DataNode>>();

  private ownOf(map: DataMap): ReadonlyMap<string, DataNode> {
    const known = this.own.get(map) ?? new Map(map.entries.map(({ key, value }) => [key, value]));
    this.own.set(map, known);
    return known;
  }
}

/** The text of a value, also of one that stands elsewhere by an alias. */
function textAt(node: DataNode | undefined): DataText | undefined {
  if (node?.kind === 'text') return node;
  const target = node?.kind === 'alias' ? node.target : undefined;
  return target?.kind === 'text' ? { ...target, hindrance: ELSEWHERE } : undefined;
}
