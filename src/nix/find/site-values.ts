import type { Evaluator } from '../evaluation/evaluator.js';
import { isSystem } from '../evaluation/platforms.js';
import type { SetValue, TextValue, UnfollowableCode, UnknownValue, Value } from '../evaluation/value.js';
import { HashError, parseHash, type WrittenHash } from '../literals/hash.js';
import type { Followed, PinHash, Place } from './pin-site.js';
import type { Places } from './places.js';

const HASH_ATTRIBUTE = /^(?:[a-z]\w*)?(?:sha256|hash)$/i;

/** The attributes of a pin's set, read as the kinds of value that pins have. `place` is blamed for an attribute of another kind. */
export class SiteValues {
  constructor(
    private readonly set: SetValue,
    private readonly place: Place,
    private readonly evaluator: Evaluator,
    private readonly places: Places,
  ) {}

  /** The text of an attribute; undefined when there is none or it is null. A table by system is looked up for the system at hand. */
  text(name: string): Followed<TextValue> | undefined {
    const value = this.set.attributes.get(name)?.force() ?? this.unknownRest(name);
    if (!value || (value.kind === 'other' && value.text === 'null')) return undefined;
    const chosen = value.kind === 'set' ? this.fromSystemTable(value) : value;
    if (chosen.kind === 'text') return chosen;
    return this.places.unfollowable(chosen.kind === 'unknown' ? chosen : this.unknown('not-text'));
  }

  boolean(name: string): Followed<boolean> | undefined {
    const value = this.set.attributes.get(name)?.force();
    if (value?.kind === 'boolean') return value.value;
    return value?.kind === 'unknown' ? this.places.unfollowable(value) : undefined;
  }

  /** The hashes: whatever is called `hash`, `sha256`, or ends so (`outputHash`, `imageSha256`). */
  hashes(): PinHash[] {
    const names = [...this.set.attributes.keys()].filter((name) => HASH_ATTRIBUTE.test(name));
    return names.flatMap((name) => {
      const value = this.text(name);
      return value ? [pinHash(name, value)] : [];
    });
  }

  /** An unknown rest may or may not have an attribute: only the two that every pin has can be said to be in it. */
  private unknownRest(name: string): UnknownValue | undefined {
    return name === 'imageName' || name === 'imageDigest' ? this.set.rest : undefined;
  }

  private fromSystemTable(table: SetValue): Value {
    const keys = [...table.attributes.keys()];
    if (keys.length === 0 || !keys.every(isSystem)) return this.unknown('not-text');
    this.evaluator.consultedPlatform = true;
    const { system } = this.evaluator;
    const value = system === undefined ? undefined : table.attributes.get(system)?.force();
    return value ?? this.unknown('platform');
  }

  private unknown(code: UnfollowableCode): UnknownValue {
    const { file, start, end } = this.place;
    return { kind: 'unknown', spelling: [], deadEnd: { code, file, start, end } };
  }
}

/** A hash attribute with its value as it is written. */
export function pinHash(attribute: string, value: Followed<TextValue>): PinHash {
  if (value.kind === 'unfollowable') return { attribute, value, isPlaceholder: false };
  const written = readHash(value.text);
  const isZero = written !== undefined && /^sha256:0{64}$/.test(written.hash);
  return { attribute, value, ...(written && { written }), isPlaceholder: value.text.trim() === '' || isZero };
}

function readHash(text: string): WrittenHash | undefined {
  try {
    return parseHash(text);
  } catch (error) {
    if (error instanceof HashError) return undefined;
    throw error;
  }
}
