import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PullpinError, printable, UsageError } from '../errors.js';
import { parseReference, type RepositoryName } from '../oci/reference.js';

/** Where a shared cache is. `shown` is its URL, for messages. */
export type SharedAddress = { readonly shown: string } & (
  | { readonly kind: 'registry'; readonly repository: RepositoryName }
  | { readonly kind: 'web'; readonly url: URL }
  | { readonly kind: 'folder'; readonly folder: string }
);

const FORMS = 'oci://HOST/REPOSITORY, https://HOST/PATH or file:///FOLDER';

/** The value of `--shared-cache`. Throws a UsageError, which shows nothing of a name and password in a URL. */
export function parseSharedAddress(text: string): SharedAddress {
  const [place = ''] = text.split(/[?#]/);
  // Where it is no URL, nobody knows what stands in front of the @.
  if (/\/\/[^/]*@/.test(place) || (place.includes('@') && !URL.canParse(place)))
    throw new UsageError('--shared-cache has a name or a password in it: log in with docker login or podman login');
  const shown = printable(place, 200);
  if (place !== text)
    throw new UsageError(`--shared-cache ${shown}: a query or a # cannot stand there, for paths are added to the URL`);
  if (text.startsWith('oci://')) return registryAddress(text);
  if (!URL.canParse(text)) throw new UsageError(`--shared-cache is ${FORMS}, not '${shown}'`);
  const url = new URL(text);
  if (url.protocol === 'file:') return { kind: 'folder', folder: folderOf(url, shown), shown };
  if (url.protocol === 'https:' || url.protocol === 'http:') return { kind: 'web', url: asFolder(url), shown };
  throw new UsageError(`--shared-cache is ${FORMS}, not '${shown}'`);
}

function registryAddress(text: string): SharedAddress {
  const name = text.slice('oci://'.length);
  try {
    const repository = parseReference(name);
    const isWhole = repository.tag === undefined && repository.digest === undefined && name.includes('/');
    // What stands before the slash is a host for everybody only if it looks like one.
    if (isWhole && /^[^/]*[.:]|^localhost\//.test(name))
      return { kind: 'registry', repository, shown: printable(text) };
  } catch (cause) {
    if (!(cause instanceof PullpinError)) throw cause;
  }
  throw new UsageError(
    `--shared-cache '${printable(text, 200)}' is no repository: write oci://HOST/REPOSITORY, without a tag, such as oci://ghcr.io/acme/pullpin-cache`,
  );
}

function folderOf(url: URL, shown: string): string {
  try {
    const folder = fileURLToPath(url);
    // A URL parser takes file:cache for file:///cache.
    if (isAbsolute(folder) && /^file:\/\//i.test(shown)) return folder;
  } catch {
    // A host, or a slash that is percent-encoded.
  }
  throw new UsageError(`--shared-cache ${shown} names no folder: write file:///srv/pullpin-cache`);
}

/** So that a path is added to the last part of the URL, and does not replace it. */
function asFolder(url: URL): URL {
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
