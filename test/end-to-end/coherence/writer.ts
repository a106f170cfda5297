import type { Random } from '../../support/random.js';
import { type DigestMark, HASH_FORMATS, type HashFormat, type HashMark, type Marks, type Truth } from './program.js';
import { isIndex, type Part, type SampleImage, type State } from './sample-images.js';

/** The values of one pin, before it is known how they are written down. */
export interface PlannedPin {
  readonly image: SampleImage;
  readonly tag: string;
  readonly digest: DigestMark;
  readonly hash: HashMark;
  readonly hashAttr: 'hash' | 'sha256';
  readonly finalTag: string | undefined;
  readonly finalName: string | undefined;
  readonly arch: string | undefined;
}

export interface PinWishes extends Partial<Pick<Truth, 'isFrozen' | 'moves' | 'state' | 'part'>> {
  /** Whether the call says the tag; by chance when absent. */
  readonly saysTag?: boolean;
  readonly arch?: 'amd64' | 'arm64' | undefined;
  readonly kind?: SampleImage['kind'];
  readonly tag?: string;
  readonly isFolder?: boolean;
}

/** An image with several versions. */
export const VERSIONED: SampleImage = {
  name: 'ghcr.io/acme/versions',
  kind: 'index',
  tags: ['3.1', '3.2', '3.10', '4.0'],
};

/** Writes one member of a random program: what it returns, what it binds around that, and files of its own. */
export class Writer {
  readonly bindings: string[] = [];
  readonly files: Record<string, string> = {};
  readonly callers: Record<string, string> = {};
  private count = 0;

  constructor(
    readonly random: Random,
    readonly marks: Marks,
    private readonly images: readonly SampleImage[],
    private readonly number: number,
  ) {}

  /** A name, or the beginning of a file's name, that no other part of the program has. */
  fresh(stem: string): string {
    this.count += 1;
    return `${stem}_${this.number}_${this.count}`;
  }

  /** Binds an expression around the program's value, and gives its name. */
  bind(stem: string, expression: string): string {
    const name = this.fresh(stem);
    this.bindings.push(`${name} = ${expression};`);
    return name;
  }

  /** Makes a file beside the program's, and gives its path as Nix would write it. */
  file(stem: string, extension: string, text: string): string {
    const path = `${this.fresh(stem)}.${extension}`;
    this.files[path] = text;
    return `./${path}`;
  }

  /** A function, or another value, of a file that Nix sees and a bump does not. */
  unseen(expression: string): string {
    const path = `${this.fresh('unseen')}.nix`;
    this.callers[path] = `${expression}\n`;
    return `(import (./. + "/../callers/${path}"))`;
  }

  /** Another hash of the pin that Nix finds it in. */
  anotherHash(): string {
    return quoted(this.marks.hash(this.format()).text);
  }

  plan(wishes: PinWishes = {}): PlannedPin {
    const { random } = this;
    const image = random.pick(this.images.filter(({ kind }) => wishes.kind === undefined || kind === wishes.kind));
    const tag = wishes.tag ?? random.pick(image.tags);
    const state: State = wishes.state ?? (random.chance(0.15) ? 'current' : 'old');
    const part = wishes.part ?? this.part(image, state);
    const saysTag = wishes.saysTag ?? true;
    const { isFrozen, moves } = wishes;
    const truth = { image, tags: [tag], state, part, ...(isFrozen && { isFrozen }), ...(moves && { moves }) };
    return {
      image,
      tag,
      digest: this.marks.digest(truth),
      hash: this.marks.hash(this.format()),
      hashAttr: wishes.isFolder || random.chance(0.5) ? 'sha256' : 'hash',
      finalTag: saysTag ? tag : undefined,
      finalName: !wishes.isFolder && random.chance(0.3) ? random.pick([image.name, 'acme/renamed']) : undefined,
      arch: 'arch' in wishes ? wishes.arch : this.arch(part),
    };
  }

  /** A pin of the image that has several versions, for a rule that leads to the highest below 4. */
  planVersion(wishes: PinWishes = {}): PlannedPin {
    const state: State = wishes.state ?? this.random.pick(['old', 'current']);
    const own = new Writer(this.random, this.marks, [VERSIONED], this.number);
    const pin = own.plan({ arch: this.random.pick(['amd64', 'arm64']), part: 'root', ...wishes, state, tag: '3.1' });
    const { isFrozen, moves } = wishes;
    const truth = { image: VERSIONED, tags: ['3.1'], movesTo: '3.10', state, part: 'root' } as const;
    return { ...pin, digest: this.marks.digest({ ...truth, ...(isFrozen && { isFrozen }), ...(moves && { moves }) }) };
  }

  format(): HashFormat {
    return this.random.chance(0.5) ? 'sri' : this.random.pick(HASH_FORMATS);
  }

  private part(image: SampleImage, state: State): Part {
    return isIndex(image, state) && this.random.chance(0.25) ? this.random.pick(['amd64', 'arm64']) : 'root';
  }

  private arch(part: Part): string | undefined {
    if (part !== 'root') return this.random.chance(0.5) ? part : undefined;
    return this.random.chance(0.5) ? this.random.pick(['amd64', 'arm64']) : undefined;
  }
}

export type Attributes = readonly (readonly [name: string, expression: string])[];

export function quoted(text: string): string {
  return `"${text}"`;
}

/** The attributes that a call of pullImage takes of a pin, as literals. */
export function attributesOf({ image, digest, hash, hashAttr, finalTag, finalName, arch }: PlannedPin): Attributes {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['imageName', image.name],
    ['imageDigest', digest.text],
    [hashAttr, hash.text],
    ['finalImageName', finalName],
    ['finalImageTag', finalTag],
    ['arch', arch],
  ];
  return values.flatMap(([name, value]) => (value === undefined ? [] : [[name, quoted(value)] as const]));
}

export function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return attributes.filter(([name]) => !names.includes(name));
}

export function expressionOf(attributes: Attributes, name: string): string {
  return attributes.find(([each]) => each === name)?.[1] ?? 'null';
}

/** A set, on one line or on several, its attributes in any order. */
export function setOf(attributes: Attributes, random: Random, keyword = ''): string {
  const lines = shuffled(attributes, random).map(([name, value]) => `${name} = ${value};`);
  const [first, between, last] = random.chance(0.5) ? ['{ ', ' ', ' }'] : ['{\n    ', '\n    ', '\n  }'];
  return `${keyword}${first}${lines.join(between)}${last}`;
}

/** A JSON object of literals. */
export function jsonOf(attributes: Attributes): string {
  return `${JSON.stringify(Object.fromEntries(attributes.map(([name, value]) => [name, JSON.parse(value)])), null, 2)}\n`;
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(random.integer(0, rest.length - 1), 1));
}
