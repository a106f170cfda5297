import type { Descriptor } from '../../oci/descriptor.js';
import type { HttpRequest } from '../http/http.js';
import type { OpenedResponse } from '../http/retry.js';

/** A place that serves a blob under a URL of its own. */
export interface BlobPlace {
  readonly url: URL;
  /** The URL comes from the manifest. */
  readonly isNamedByManifest: boolean;
  open(request: HttpRequest): Promise<OpenedResponse>;
  /** Waits until a download may begin there; the returned function must be called when it has ended. */
  enter(): Promise<() => void>;
}

/** The warning that a blob which the manifest places elsewhere is read from the registry. */
export function fromRegistry({ digest }: Descriptor, { url }: BlobPlace): string {
  return `layer ${digest}: no host that the manifest names for it answers, so it is read from ${url.host}; skopeo 1.9 does so too, newer ones do not`;
}

/** The places on the web that a descriptor names, in its order. */
export function webAddresses({ urls = [] }: Descriptor): URL[] {
  return urls
    .filter((text) => URL.canParse(text))
    .map((text) => new URL(text))
    .filter(({ protocol }) => protocol === 'http:' || protocol === 'https:');
}
