import { heavyWorkNext } from '../../concurrency/heavy-work.js';
import { printable } from '../../errors.js';
import { type Digest, isDigest } from '../../oci/digest.js';
import type { StoredManifest } from '../../oci/image-source.js';
import { parseJson } from '../../oci/json.js';
import { JsonError } from '../../oci/json-scanner.js';
import { DOCKER_SCHEMA1, DOCKER_SCHEMA1_SIGNED, MANIFEST_TYPES } from '../../oci/media-types.js';
import { digestOf } from '../../oci/verified.js';
import { isWebPage } from '../http/body.js';
import { ProtocolError, RegistryError, WebPageError } from '../http/errors.js';
import { type HttpAnswer, type HttpHead, isSuccess } from '../http/http.js';
import { type Asked, refusal } from '../http/refusal.js';
import type { EndpointReader } from './endpoint-reader.js';

/** A registry sent content that is not what was asked for. */
export class WrongContentError extends RegistryError {
  constructor(
    readonly subject: string,
    readonly expected: Digest,
    readonly actual: Digest,
    problem: string,
  ) {
    super(`${subject}: ${problem}`);
  }
}

/** What skopeo accepts. */
const MAX_MANIFEST = 4 * 1024 * 1024;
const HEADERS = { accept: MANIFEST_TYPES.join(', '), 'accept-encoding': 'identity' };

/** The manifest under a tag or a digest. Throws RegistryErrors. */
export async function readManifest(
  endpoint: EndpointReader,
  tagOrDigest: string,
  asked: Asked,
): Promise<StoredManifest> {
  endpoint.expectImage();
  const url = endpoint.urlOf(`manifests/${tagOrDigest}`);
  const answer = await endpoint.ask({ method: 'GET', url, headers: HEADERS }, MAX_MANIFEST);
  if (!isSuccess(answer)) throw refusal(asked, answer, Buffer.from(answer.bytes).toString());
  if (isWebPage(answer)) throw new WebPageError(answer.url);
  const mediaType = mediaTypeOf(answer);
  return { bytes: answer.bytes, mediaType, digest: checkedDigest(answer, mediaType, tagOrDigest, asked.subject) };
}

/**
 * The digest that a tag has now, or a digest that is there: by HEAD, and by GET where the registry refuses that, fails at it or gives no digest. An error is looked at
 * by GET too, for only its body says what is missing.
 */
export async function resolveDigest(
  endpoint: EndpointReader,
  tagOrDigest: string,
  asked: Asked,
): Promise<{ readonly digest: Digest; readonly mediaType: string }> {
  const url = endpoint.urlOf(`manifests/${tagOrDigest}`);
  const answer = await endpoint.ask({ method: 'HEAD', url, headers: HEADERS }, 0);
  const digest = foundDigest(answer, tagOrDigest);
  if (digest) return { digest, mediaType: mediaTypeOf(answer) };
  if (isFinal(answer)) throw refusal(asked, answer, '');
  const { digest: actual, mediaType, bytes } = await readManifest(endpoint, tagOrDigest, asked);
  if (!MANIFEST_TYPES.includes(mediaType)) throw new ProtocolError(answer.url, notManifest(mediaType));
  if (!(await isJsonObject(bytes))) {
    throw new ProtocolError(answer.url, `sent something that is not JSON, with the media type '${mediaType}'`);
  }
  return { digest: actual, mediaType };
}

/** The first endpoint that has a digest, as far as one HEAD tells. What is wrong with others is left to a look-up that needs the answer. */
export async function readerWith(
  endpoints: readonly EndpointReader[],
  digest: Digest,
): Promise<EndpointReader | undefined> {
  for (const endpoint of endpoints) {
    const request = { method: 'HEAD', url: endpoint.urlOf(`manifests/${digest}`), headers: HEADERS } as const;
    const answer = await endpoint.lookUp(() => endpoint.askOnce(request, 0)).catch(() => undefined);
    if (answer && foundDigest(answer, digest)) return endpoint;
  }
  return undefined;
}

/** The digest that a HEAD has found. Only a manifest has a digest to pin: if something else comes with status 200, a GET will show what it is. */
function foundDigest(answer: HttpAnswer, tagOrDigest: string): Digest | undefined {
  const isManifest = isSuccess(answer) && MANIFEST_TYPES.includes(mediaTypeOf(answer));
  const digest = isManifest ? saidDigest(answer) : undefined;
  return digest === tagOrDigest || !isDigest(tagOrDigest) ? digest : undefined;
}

/** Every manifest is one, of whatever kind: a sign-in page or an empty answer may come with the media type of a manifest. */
async function isJsonObject(bytes: Uint8Array): Promise<boolean> {
  try {
    return (await heavyWorkNext(undefined, () => parseJson(bytes).kind)) === 'object';
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}

function notManifest(mediaType: string): string {
  const sent = mediaType === '' ? 'no media type' : `the media type '${printable(mediaType, 100)}'`;
  return `sent something that is not a container image, with ${sent}`;
}

/**
 * Whether a GET would fail in the same way as the HEAD. An internal error need not: some registries have one at every HEAD. A 401 that does not say
 * how to log in (RFC 9110, section 15.5.2) is an error of the server, too.
 */
function isFinal({ status, headers, authLevel = 'none' }: HttpHead): boolean {
  return status === 429 || (status === 401 && (authLevel !== 'none' || headers.has('www-authenticate')));
}

function mediaTypeOf({ headers }: HttpHead): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function saidDigest({ headers }: HttpHead): Digest | undefined {
  const text = headers.get('docker-content-digest') ?? '';
  return isDigest(text) ? text : undefined;
}

function checkedDigest(answer: HttpAnswer, mediaType: string, tagOrDigest: string, subject: string): Digest {
  const actual = digestOf(answer.bytes);
  const asked = isDigest(tagOrDigest) ? tagOrDigest : undefined;
  const said = saidDigest(answer);
  // The digest of schema 1 does not cover the signatures in its bytes; the caller refuses schema 1 with any digest.
  if (mediaType === DOCKER_SCHEMA1 || mediaType === DOCKER_SCHEMA1_SIGNED) return asked ?? said ?? actual;
  if (asked && asked !== actual) {
    throw new WrongContentError(
      subject,
      asked,
      actual,
      `the registry sent other content, with the digest ${actual}; do not trust it`,
    );
  }
  if (said && said !== actual) {
    const problem = `the registry says that its digest is ${printable(said)}, but what it sent has ${actual}; do not trust it`;
    throw new WrongContentError(subject, said, actual, problem);
  }
  return actual;
}
