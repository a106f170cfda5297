import { PullpinError } from '../errors.js';
import type { JsonValue } from './json.js';

/** The 4 MiB of a manifest do not hold so many elements with a digest each, but more than a million empty ones. */
const MAX_ELEMENTS = 50_000;

/**
 * Reads a JSON object by the rules of Go's encoding/json: keys match whatever their case, `null` is the same as absent, and a value of
 * another type is an error. A repeated key is refused when it is read; Go would merge its values.
 */
export function fieldsOf(value: JsonValue, where: string): Fields {
  const values = new Map<string, JsonValue | 'repeated'>();
  if (value.kind !== 'object' && value.kind !== 'null') throw mismatch(where, value, 'an object');
  for (const member of value.members()) {
    const key = fold(member.key);
    values.set(key, values.has(key) ? 'repeated' : member.value);
  }
  return new Fields(values, where);
}

/** The members of one object, and where it stands in the manifest: `layers[2]`, or nothing for the manifest itself. */
export class Fields {
  constructor(
    private readonly values: ReadonlyMap<string, JsonValue | 'repeated'>,
    readonly where: string,
  ) {}

  /** Throws when one of these keys is there, even with an empty value. */
  refuse(keys: readonly string[]): void {
    const found = keys.find((key) => this.get(key));
    if (found) throw new PullpinError(`its key '${found}' belongs to another kind of manifest`);
  }

  /** Empty when absent. */
  text(key: string): string {
    return this.read(key, 'a string', (value) => value.text()) ?? '';
  }

  /** The text of a field that Go does not decode: empty when absent, or of another type. */
  hint(key: string): string {
    const value = this.values.get(fold(key));
    return (value === 'repeated' ? undefined : value?.text()) ?? '';
  }

  /** Checks that the field is one of bytes: base64 in a string, or an array of numbers below 256. */
  bytes(key: string): void {
    this.read(key, 'bytes', (value) => (isBytes(value) ? true : undefined));
  }

  /** Zero when absent. */
  integer(key: string): number {
    return this.read(key, 'an integer', (value) => value.integer()) ?? 0;
  }

  object(key: string): Fields | undefined {
    const value = this.get(key);
    return value && fieldsOf(value, this.path(key));
  }

  /** What is read of each object of an array, one after another, so that only that stays in memory; empty when absent. */
  list<Read>(key: string, read: (fields: Fields) => Read): Read[] {
    return this.array(key).map((value, index) => read(fieldsOf(value, `${this.path(key)}[${index}]`)));
  }

  textList(key: string): string[] {
    return this.array(key).map((value, index) => fieldText(value, `${this.path(key)}[${index}]`));
  }

  /** An object whose values are strings; empty when absent. */
  texts(key: string): Readonly<Record<string, string>> {
    const value = this.get(key);
    if (!value) return {};
    if (value.kind !== 'object') throw mismatch(this.path(key), value, 'an object');
    return Object.fromEntries(
      [...value.members()].map((member) => [member.key, fieldText(member.value, this.path(key))]),
    );
  }

  private array(key: string): JsonValue[] {
    const value = this.get(key);
    if (!value) return [];
    if (value.kind !== 'array') throw mismatch(this.path(key), value, 'an array');
    const elements: JsonValue[] = [];
    for (const element of value.elements())
      if (elements.push(element) > MAX_ELEMENTS)
        throw new PullpinError(`${this.path(key)} has more than ${MAX_ELEMENTS} elements`);
    return elements;
  }

  private read<Read>(key: string, expected: string, read: (value: JsonValue) => Read | undefined): Read | undefined {
    const value = this.get(key);
    if (!value) return undefined;
    const result = read(value);
    if (result === undefined) throw mismatch(this.path(key), value, expected);
    return result;
  }

  private get(key: string): JsonValue | undefined {
    const value = this.values.get(fold(key));
    if (value === 'repeated') throw new PullpinError(`${this.path(key)} is there twice`);
    return value?.kind === 'null' ? undefined : value;
  }

  private path(key: string): string {
    return this.where === '' ? key : `${this.where}.${key}`;
  }
}

function fieldText(value: JsonValue, where: string): string {
  if (value.kind === 'null') return '';
  const text = value.text();
  if (text === undefined) throw mismatch(where, value, 'a string');
  return text;
}

function isBytes(value: JsonValue): boolean {
  if (value.kind === 'array') return [...value.elements()].every(isByte);
  const text = value.text()?.replace(/[\r\n]/g, '') ?? '*';
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function isByte(value: JsonValue): boolean {
  const number = value.kind === 'null' ? 0 : value.integer();
  return number !== undefined && number >= 0 && number <= 255;
}

function mismatch(where: string, value: JsonValue, expected: string): PullpinError {
  return new PullpinError(`${where || 'the manifest'} is ${value.kind}, not ${expected}`);
}

/** Go compares keys by Unicode's simple folding, in which two letters outside ASCII equal one within. */
function fold(key: string): string {
  return key.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();
}
