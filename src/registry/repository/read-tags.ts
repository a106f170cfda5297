import { isTag } from '../../oci/reference.js';
import { ProtocolError, RegistryError } from '../http/errors.js';
import { type HttpAnswer, isSuccess } from '../http/http.js';
import { refusal } from '../http/refusal.js';
import type { EndpointReader } from './endpoint-reader.js';
import { nextLink } from './link-header.js';

/** Asked for in one request; some registries refuse more. */
const PAGE_SIZE = 1000;
/** Registries that know no pages send all at once. */
const MAX_PAGE = 32 * 1024 * 1024;
const MAX_TAGS = 2_000_000;

/** All tags of a repository, in the registry's order, each once, page by page. Throws RegistryErrors. */
export async function* readTags(endpoint: EndpointReader, subject: string): AsyncGenerator<string> {
  const seen = new Set<string>();
  let page = await firstPage(endpoint, subject);
  for (;;) {
    for (const tag of page.tags) {
      if (seen.has(tag)) continue;
      seen.add(tag);
      yield tag;
    }
    if (page.next.length === 0) return;
    if (seen.size > MAX_TAGS) throw new ProtocolError(page.url, `lists more than ${MAX_TAGS} tags`);
    page = await nextPage(endpoint, page, seen, subject);
  }
}

interface Page {
  readonly url: URL;
  readonly tags: readonly string[];
  /** Where the next page may be, the likeliest place first. */
  readonly next: readonly URL[];
}

async function firstPage(endpoint: EndpointReader, subject: string): Promise<Page> {
  const url = endpoint.urlOf('tags/list');
  url.searchParams.set('n', String(PAGE_SIZE));
  const sized = await ask(endpoint, url);
  const answer =
    sized.status === 405 || sized.status === 400 ? await ask(endpoint, endpoint.urlOf('tags/list')) : sized;
  return parsePage(endpoint, answer, subject);
}

/**
 * Links are often wrong, behind a reverse proxy above all: they lack the repository's prefix or name a host that only the server knows. What is right
 * in them is the query. So that is asked of the list's own URL first, and the link as it stands only if this shows nothing new.
 */
async function nextPage(
  endpoint: EndpointReader,
  { url, next }: Page,
  seen: ReadonlySet<string>,
  subject: string,
): Promise<Page> {
  let failure: RegistryError | undefined;
  for (const candidate of next) {
    try {
      const page = parsePage(endpoint, await ask(endpoint, candidate), subject);
      if (page.next.length === 0 || page.tags.some((tag) => !seen.has(tag))) return page;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      failure ??= error;
    }
  }
  throw failure ?? new ProtocolError(url, 'links its list of tags in a circle');
}

function ask(endpoint: EndpointReader, url: URL): Promise<HttpAnswer> {
  const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
  const place = url.host === endpoint.urlOf('').host ? endpoint : endpoint.elsewhere;
  return place.ask({ method: 'GET', url, headers }, MAX_PAGE);
}

function parsePage(endpoint: EndpointReader, answer: HttpAnswer, subject: string): Page {
  const text = Buffer.from(answer.bytes).toString();
  if (!isSuccess(answer)) throw refusal(subject, answer, text);
  return { url: answer.url, tags: parseTags(answer, text), next: nextUrls(endpoint, answer) };
}

function parseTags({ url }: HttpAnswer, text: string): readonly string[] {
  let list: unknown;
  try {
    ({ tags: list } = Object(JSON.parse(text)) as { tags?: unknown });
  } catch (cause) {
    throw new ProtocolError(url, 'was asked for tags and did not answer in JSON', { cause });
  }
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list)) throw new ProtocolError(url, 'was asked for tags and sent something else');
  return list.filter((tag) => typeof tag === 'string').filter(isTag);
}

function nextUrls(endpoint: EndpointReader, { headers, url }: HttpAnswer): readonly URL[] {
  const target = nextLink(headers.get('link') ?? '');
  if (target === undefined || !URL.canParse(target, url.href)) return [];
  const literal = new URL(target, url);
  const likely = endpoint.urlOf('tags/list');
  likely.search = literal.search;
  if (literal.host !== likely.host) return [likely, literal];
  // How to speak to the registry itself is known; a link must not change that.
  literal.protocol = likely.protocol;
  return literal.pathname === likely.pathname ? [likely] : [likely, literal];
}
