import type { Digest } from '../../oci/digest.js';
import type { StoredManifest } from '../../oci/image-source.js';
import { OCI_INDEX } from '../../oci/media-types.js';
import { digestOf } from '../../oci/verified.js';
import { type HttpAnswer, isSuccess } from '../http/http.js';
import { refusal } from '../http/refusal.js';
import type { EndpointReader } from './endpoint-reader.js';
import { nextLink } from './link-header.js';
import { askedByDigest } from './subject.js';

/** The largest page, in bytes. */
const MAX_PAGE = 4 * 1024 * 1024;
/** Who signs an image does it a few times. */
const MAX_PAGES = 20;
/** A registry that does not know this part of the distribution specification answers so. */
const UNKNOWN: ReadonlySet<number> = new Set([400, 404, 405, 406, 415, 501]);

/**
 * What refers to a digest (distribution specification, "Listing Referrers"), page by page; undefined where the registry has no such lists. Throws
 * RegistryErrors.
 */
export async function readReferrers(
  endpoint: EndpointReader,
  digest: Digest,
  repository: string,
): Promise<readonly StoredManifest[] | undefined> {
  const pages: StoredManifest[] = [];
  const asked = new Set<string>();
  let url: URL | undefined = endpoint.urlOf(`referrers/${digest}`);
  while (url && pages.length < MAX_PAGES && !asked.has(url.search)) {
    asked.add(url.search);
    const answer: HttpAnswer = await endpoint.ask({ method: 'GET', url, headers: HEADERS }, MAX_PAGE);
    const isList = isSuccess(answer) && mediaTypeOf(answer) === OCI_INDEX;
    if (pages.length === 0 && (UNKNOWN.has(answer.status) || (isSuccess(answer) && !isList))) return undefined;
    if (!isList) throw refusal(askedByDigest(repository, digest), answer, Buffer.from(answer.bytes).toString());
    pages.push({ bytes: answer.bytes, mediaType: OCI_INDEX, digest: digestOf(answer.bytes) });
    url = nextPage(endpoint, digest, answer);
  }
  return pages;
}

const HEADERS = { accept: OCI_INDEX, 'accept-encoding': 'identity' };

function mediaTypeOf({ headers }: HttpAnswer): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Only the query of a link is used: the host and the path are known. */
function nextPage(endpoint: EndpointReader, digest: Digest, { headers, url }: HttpAnswer): URL | undefined {
  const target = nextLink(headers.get('link') ?? '');
  if (target === undefined || target.length > 4096 || !URL.canParse(target, url.href)) return undefined;
  const next = endpoint.urlOf(`referrers/${digest}`);
  next.search = new URL(target, url).search;
  return next;
}
