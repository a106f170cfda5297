import { isTag } from '../../oci/reference.js';
import type { Range } from '../language/position.js';
import { isPlaceholder, readHash } from '../literals/hash.js';
import type { Evaluation } from '../values/evaluation.js';
import { isSystem } from '../values/systems.js';
import { literalsOf } from '../values/text.js';
import {
  isSet,
  type ListValue,
  type SetValue,
  type SourceRange,
  type TextValue,
  type UnknownValue,
  unknown,
  type Value,
} from '../values/value.js';
import { argumentCaution, isOwnHash } from './images/own-arguments.js';
import type { WrittenLayer, WrittenLayerList } from './images/written-layers.js';
import { attributeRange, type Locations } from './locations.js';
import type { Followed, LayeredParts, PinHash, PinSite } from './pin-site.js';

/** Reads the attributes of a pin's set. An attribute of a wrong kind is reported at `written`. */
export class SiteValues {
  constructor(
    private readonly set: SetValue,
    private readonly written: SourceRange,
    private readonly evaluation: Evaluation,
    private readonly locations: Locations,
  ) {}

  /** The text of an attribute; undefined when it is missing or null. In a table by system, it is the text for the current system. */
  text(name: string): Followed<TextValue> | undefined {
    const value = this.set.attributes.get(name)?.force() ?? this.unknownRest(name);
    if (!value || (value.kind === 'other' && value.text === 'null')) return undefined;
    const chosen = value.kind === 'set' ? this.fromSystemTable(value) : value;
    if (chosen.kind === 'text') return chosen;
    return this.locations.unfollowable(chosen.kind === 'unknown' ? chosen : unknown('not-text', this.written));
  }

  boolean(name: string): Followed<boolean> | undefined {
    const value = this.set.attributes.get(name)?.force();
    if (value?.kind === 'boolean') return value.value;
    return value?.kind === 'unknown' ? this.locations.unfollowable(value) : undefined;
  }

  /** The attributes that a pin may do without. */
  optional(): Pick<PinSite, 'finalImageName' | 'finalImageTag' | 'tag' | 'os' | 'arch' | 'tlsVerify'> {
    const finalImageTag = this.text('finalImageTag');
    const tag = ownTag(['tag', 'imageTag'].map((name) => this.text(name))) ?? finalImageTag;
    return {
      finalImageName: this.text('finalImageName'),
      finalImageTag,
      tag: tag?.kind === 'text' ? tag : undefined,
      os: this.text('os'),
      arch: this.text('arch'),
      tlsVerify: this.boolean('tlsVerify'),
    };
  }

  /** The hashes of the image: `hash`, `sha256` or `outputHash`. */
  hashes(): PinHash[] {
    const { attributes } = this.set;
    const names = this.evaluation.spend(attributes.size) ? [...attributes.keys()].filter(isOwnHash) : [];
    return names.flatMap((name) => {
      const value = this.text(name);
      return value ? [pinHash(name, this.isFetchable(value) ? value : this.nothing())] : [];
    });
  }

  /** `optionalString isx86_64 "…" + optionalString isAarch64 "…"` is empty on other systems, where no literal could hold a hash. */
  private isFetchable(value: Followed<TextValue>): boolean {
    return value.kind !== 'text' || value.text !== '' || literalsOf(value).length > 0;
  }

  private nothing(): Followed<TextValue> {
    return this.locations.unfollowable(unknown('throws', this.written));
  }

  /** A caution about attributes that are not arguments of a fetcher; empty when there are none. */
  cautions(isCall: boolean): Pick<PinSite, 'cautions'> {
    const caution = argumentCaution(this.set.attributes.keys(), isCall);
    if (!caution) return {};
    const place = caution.names.flatMap((name) => attributeRange(this.set, name) ?? [])[0] ?? this.written;
    return { cautions: [{ ...this.locations.at(place), code: caution.code, message: caution.message }] };
  }

  /** The config and the layers of a pin that is put together from them; undefined for any other. */
  layered(): LayeredParts | undefined {
    const { attributes } = this.set;
    if (!attributes.has('configDigest') || !attributes.has('layers')) return undefined;
    const configDigest = this.text('configDigest') ?? this.locations.unfollowable(unknown('not-text', this.written));
    return { configDigest, layers: this.layers(), variant: this.text('variant') };
  }

  private layers(): Followed<WrittenLayerList> {
    const value = this.set.attributes.get('layers')?.force();
    if (value?.kind === 'unknown') return this.locations.unfollowable(value);
    const literal = value?.kind === 'list' ? value.literal : undefined;
    const layers = value?.kind === 'list' ? layersOf(value) : undefined;
    const place = literal ?? attributeRange(this.set, 'layers') ?? this.written;
    if (!literal || !layers) return this.locations.unfollowable(unknown('unsupported', place));
    const { file, start, end } = literal;
    return { kind: 'layers', file, start, end, layers };
  }

  /** An unknown rest of a set may lack any attribute, so it can only stand for the two attributes that every pin has. */
  private unknownRest(name: string): UnknownValue | undefined {
    return name === 'imageName' || name === 'imageDigest' ? this.set.rest : undefined;
  }

  private fromSystemTable(table: SetValue): Value {
    const keys = [...table.attributes.keys()];
    if (keys.length === 0 || !keys.every(isSystem)) return unknown('not-text', this.written);
    this.evaluation.notePlatform();
    const { system } = this.evaluation;
    const value = system === undefined ? undefined : table.attributes.get(system)?.force();
    return value ?? unknown('platform', this.written);
  }
}

/** The layers of a list, each a digest or `{ digest = "…"; unpack = false; }`; undefined where something else is among them. */
function layersOf({ items, literal }: ListValue): WrittenLayer[] | undefined {
  const layers = items.map((item, at) => layerOf(item.force(), literal?.items[at]));
  const known = layers.filter((layer) => layer !== undefined);
  return known.length === layers.length ? known : undefined;
}

function layerOf(value: Value, range: Range | undefined): WrittenLayer | undefined {
  if (!range) return undefined;
  const { start, end } = range;
  if (value.kind === 'text') return { digest: value.text, unpack: true, start, end };
  if (!isSet(value)) return undefined;
  const [digest, unpack] = ['digest', 'unpack'].map((name) => value.attributes.get(name)?.force());
  if (digest?.kind !== 'text' || (unpack && unpack.kind !== 'boolean')) return undefined;
  return { digest: digest.text, unpack: unpack?.value ?? true, start, end };
}

/** The tag that a set gives in one of the attributes that may hold it. */
export function ownTag<Text extends Followed<TextValue>>(values: readonly (Text | undefined)[]): Text | undefined {
  return values.find((value) => value !== undefined && (value.kind !== 'text' || isTag(value.text)));
}

/** A hash attribute, with its value and the form in which the value is written. */
export function pinHash(attribute: string, value: Followed<TextValue>): PinHash {
  if (value.kind === 'unfollowable') return { attribute, value, isPlaceholder: false };
  const written = readHash(value.text);
  return { attribute, value, written, isPlaceholder: isPlaceholder(value.text, written) };
}
