import { OCI_MANIFEST } from '../../oci/media-types.js';
import { digestOf } from '../../oci/verified.js';
import { ProtocolError } from '../http/errors.js';
import { type HttpAnswer, type HttpRequest, isSuccess } from '../http/http.js';
import { refusal } from '../http/refusal.js';
import type { EndpointReader } from './endpoint-reader.js';

/** The content of a config and a layer that say nothing (OCI image-spec, "Guidance for an Empty Descriptor"). */
const EMPTY = Buffer.from('{}');
export const EMPTY_BLOB = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestOf(EMPTY),
  size: EMPTY.length,
} as const;
/** Answers to an upload have no content that is needed. */
const MAX_ANSWER = 64 * 1024;

/** Puts a manifest of annotations under a tag (distribution specification, "Pushing Manifests"). Its blobs must be there. Throws RegistryErrors. */
export async function writeManifest(endpoint: EndpointReader, tag: string, bytes: Uint8Array): Promise<void> {
  const url = endpoint.urlOf(`manifests/${tag}`);
  const headers = { 'content-type': OCI_MANIFEST };
  await succeed(endpoint, { method: 'PUT', url, headers, body: bytes }, 'the manifest');
}

/** Makes sure that a repository has the empty blob: one HEAD where it has. Throws RegistryErrors. */
export async function writeEmptyBlob(endpoint: EndpointReader): Promise<void> {
  const { digest } = EMPTY_BLOB;
  const found = await endpoint.ask({ method: 'HEAD', url: endpoint.urlOf(`blobs/${digest}`), headers: {} }, 0);
  if (isSuccess(found)) return;
  const start = { method: 'POST', url: endpoint.urlOf('blobs/uploads/'), headers: {} } as const;
  const url = uploadUrl(endpoint, await succeed(endpoint, start, 'the start of an upload'));
  url.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await succeed(endpoint, { method: 'PUT', url, headers, body: EMPTY }, 'an upload');
}

async function succeed(endpoint: EndpointReader, request: HttpRequest, what: string): Promise<HttpAnswer> {
  const answer = await endpoint.ask(request, MAX_ANSWER);
  if (isSuccess(answer)) return answer;
  const [, repository = ''] = /^\/v2\/(.*)\/(?:manifests|blobs)\//.exec(request.url.pathname) ?? [];
  const name = `${endpoint.host}/${repository}`;
  const asked = { subject: `${what} in ${name}`, what: 'upload', repository: name } as const;
  throw refusal(asked, answer, Buffer.from(answer.bytes).toString());
}

/** Where an upload goes: credentials follow, so it is at the registry itself, whatever scheme a proxy in front of it makes of that. */
function uploadUrl(endpoint: EndpointReader, { headers, url }: HttpAnswer): URL {
  const location = headers.get('location') ?? '';
  const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const own = endpoint.urlOf('');
  if (location === '' || target?.host !== url.host || url.host !== own.host || !target.pathname.startsWith('/v2/'))
    throw new ProtocolError(url, 'sends an upload to another place, where no credentials may go');
  return new URL(`${target.pathname}${target.search}`, own);
}
