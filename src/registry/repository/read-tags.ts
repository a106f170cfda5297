import { heavyWork, heavyWorkNext } from '../../concurrency/heavy-work.js';
import { inSlices } from '../../concurrency/in-slices.js';
import { type FailureKind, printable } from '../../errors.js';
import { isTag } from '../../oci/reference.js';
import { isWebPage } from '../http/body.js';
import { ProtocolError, RegistryError, WebPageError } from '../http/errors.js';
import { type HttpAnswer, isSuccess } from '../http/http.js';
import { refusal } from '../http/refusal.js';
import type { EndpointReader } from './endpoint-reader.js';
import { nextLink } from './link-header.js';

/** Tags that are asked for in one request; some registries refuse more. */
const PAGE_SIZE = 1000;
/** The statuses by which registries refuse a page size: they do not know it, or it is too large. */
const REFUSES_SIZE: ReadonlySet<number> = new Set([400, 404, 405, 413]);
/** The limit for an answer: registries without pages send all tags at once. */
const MAX_PAGE = 32 * 1024 * 1024;
const MAX_TAGS = 2_000_000;
/** About how long a tag is, in characters. */
const USUAL_LENGTH = 16;
/** Registries that choose the size of their pages themselves send 50 tags or more. */
const MAX_REQUESTS = 40_000;
/** No page is linked by a longer URL, in characters. */
const MAX_LINK = 4096;
/** How many pages without a new tag may follow one another. */
const MAX_EMPTY = 100;

/** A list of tags broke off; what was read of it is not the whole. */
export class BrokenListError extends RegistryError {
  override readonly kind: FailureKind;
  constructor(subject: string, count: number, cause: RegistryError) {
    super(`${printable(subject)}: the list of tags broke off after ${count} of them: ${cause.message}`, { cause });
    this.kind = cause.kind;
  }
}

/** All tags of a repository, in the registry's order, each once, page by page. Throws RegistryErrors, and the signal's reason. */
export async function* readTags(
  endpoint: EndpointReader,
  subject: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const list = new TagList(endpoint, subject);
  for (let page: Page | undefined = await list.first(); page; page = await list.after(page)) {
    yield* inSlices(list.newOf(page), signal);
  }
}

interface Page {
  readonly url: URL;
  readonly tags: readonly string[];
  /** Where the next page may be, the likeliest place first. */
  readonly next: readonly URL[];
}

class TagList {
  private readonly seen = new Set<string>();
  private readonly asked = new Set<string>();
  /** Pages without a new tag since the last one that had some. */
  private empty = 0;

  constructor(
    private readonly endpoint: EndpointReader,
    private readonly subject: string,
  ) {}

  async first(): Promise<Page> {
    const url = this.endpoint.urlOf('tags/list');
    url.searchParams.set('n', String(PAGE_SIZE));
    const sized = await this.ask(url);
    const answer = REFUSES_SIZE.has(sized.status) ? await this.ask(this.endpoint.urlOf('tags/list')) : sized;
    return await parsePage(this.endpoint, answer, this.subject);
  }

  /** The page that another one links to; undefined where it links to none. */
  async after(page: Page): Promise<Page | undefined> {
    if (page.next.length === 0) return undefined;
    try {
      if (this.seen.size > MAX_TAGS) throw new ProtocolError(page.url, `lists more than ${MAX_TAGS} tags`);
      if (this.asked.size > MAX_REQUESTS)
        throw new ProtocolError(page.url, `needs more than ${MAX_REQUESTS} requests for its tags`);
      if (this.empty > MAX_EMPTY) throw new ProtocolError(page.url, 'links more and more pages without a new tag');
      return await this.follow(page);
    } catch (error) {
      if (!(error instanceof RegistryError) || this.seen.size === 0) throw error;
      throw new BrokenListError(this.subject, this.seen.size, error);
    }
  }

  /** The tags of a page that no page before had. */
  newOf({ tags }: Page): readonly string[] {
    const fresh = heavyWork(() => {
      const unseen = [...new Set(tags)].filter((tag) => !this.seen.has(tag));
      for (const tag of unseen) this.seen.add(tag);
      return unseen;
    }, tags.length * USUAL_LENGTH);
    this.empty = fresh.length === 0 ? this.empty + 1 : 0;
    return fresh;
  }

  /**
   * Links are often wrong, above all behind a reverse proxy: they lack the repository's prefix, or name a host that only the server knows. But
   * their query is right. So the list's own URL is asked with that query first, and the link itself only if this shows nothing new.
   */
  private async follow({ url, next }: Page): Promise<Page> {
    let known: Page | undefined;
    let failure: RegistryError | undefined;
    for (const candidate of next.filter(({ href }) => !this.asked.has(href))) {
      try {
        const page = await parsePage(this.endpoint, await this.ask(candidate), this.subject);
        const isNew = page.tags.length === 0 || page.tags.some((tag) => !this.seen.has(tag));
        if (page.next.length === 0 || isNew) return page;
        known ??= page;
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        failure ??= error;
      }
    }
    if (known) return known;
    throw failure ?? new ProtocolError(url, 'links its list of tags in a circle');
  }

  private ask(url: URL): Promise<HttpAnswer> {
    this.asked.add(url.href);
    const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
    const place = url.host === this.endpoint.urlOf('').host ? this.endpoint : this.endpoint.elsewhere;
    return place.ask({ method: 'GET', url, headers }, MAX_PAGE);
  }
}

async function parsePage(endpoint: EndpointReader, answer: HttpAnswer, subject: string): Promise<Page> {
  const text = Buffer.from(answer.bytes).toString();
  if (!isSuccess(answer)) throw refusal({ subject, what: 'tags', repository: subject }, answer, text);
  if (isWebPage(answer)) throw new WebPageError(answer.url);
  const tags = await heavyWorkNext(undefined, () => parseTags(answer, text));
  return { url: answer.url, tags, next: nextUrls(endpoint, answer) };
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
  if (target !== undefined && target.length > MAX_LINK)
    throw new ProtocolError(url, `links a page of tags by a URL of ${target.length} characters`);
  if (target === undefined || !URL.canParse(target, url.href)) return [];
  const literal = new URL(target, url);
  const likely = endpoint.urlOf('tags/list');
  likely.search = literal.search;
  if (literal.host !== likely.host) return [likely, literal];
  // The host and the protocol of the registry are known; a link must not change them.
  literal.protocol = likely.protocol;
  return literal.pathname === likely.pathname ? [likely] : [likely, literal];
}
