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
