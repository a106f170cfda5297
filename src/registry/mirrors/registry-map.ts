import { printable, UsageError } from '../../errors.js';
import { withoutFinalSlashes } from '../../oci/reference.js';
import { isLocation, type RegistryTable } from './registry-tables.js';

/** A --registry-map that is not valid. */
export class RegistryMapError extends UsageError {
  constructor(
    readonly text: string,
    readonly problem: string,
  ) {
    super(`--registry-map '${printable(text)}' ${problem}`);
  }
}

/**
 * Reads the values of --registry-map, `PREFIX=LOCATION`: names that begin with the prefix are looked up at the location, tags and digests
 * alike, and nowhere else. Throws a RegistryMapError.
 */
export function parseRegistryMap(texts: readonly string[]): RegistryTable[] {
  const tables = texts.map(parse);
  const twice = texts.find((_, index) => tables.findIndex(({ prefix }) => prefix === tables[index]?.prefix) !== index);
  if (twice !== undefined) throw new RegistryMapError(twice, 'gives a prefix a second location; keep one of them');
  return tables;
}

function parse(text: string): RegistryTable {
  const places = text.split('=').map(withoutFinalSlashes);
  const [prefix = '', location = ''] = places;
  if (places.length !== 2 || !isPlace(prefix) || !isPlace(location)) {
    throw new RegistryMapError(text, 'is not PREFIX=LOCATION, as in docker.io=mirror.example/dockerhub');
  }
  return { prefix, location, insecure: false, blocked: false, mirrors: [], file: '--registry-map' };
}

function isPlace(text: string): boolean {
  return isLocation(text) && !text.startsWith('*') && !/@|\/[^/]*:/.test(text);
}
