import { printable, UsageError } from '../errors.js';

/** Where an image is read from instead of its registry. */
export interface LayoutReference {
  readonly folder: string;
  readonly tag?: string | undefined;
}

/** Parses `oci:FOLDER[:TAG]`, split at the first colon as skopeo does. Throws a UsageError. */
export function parseLayoutReference(text: string): LayoutReference {
  const [, folder, tag] = /^oci:([^:]+)(?::(.+))?$/s.exec(text) ?? [];
  if (folder === undefined)
    throw new UsageError(`'${printable(text)}' is not a place to read from: write oci:FOLDER or oci:FOLDER:TAG`);
  return { folder, tag };
}
