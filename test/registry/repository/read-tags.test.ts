import { expect, test } from 'vitest';
import { basicAuthentication, startRegistry } from '../../support/faulty-registry.js';
import { startServer } from '../../support/faulty-server.js';
import { ann, failureOf, listOf, read } from '../../support/reading.js';

const names = Array.from({ length: 2500 }, (_, index) => `v${(index * 7919) % 2500}`);
const tags = { hello: names };

test('thousands of unsorted tags, page by page, in the registry’s order', async () => {
  const registry = await startRegistry({ tags });
  expect(await listOf(read(registry.host).tags())).toEqual(names);
  expect(registry.lines).toHaveLength(3);
});

test('no page is fetched before its first tag is asked for', async () => {
  const registry = await startRegistry({ tags, pageSize: 10 });
  const listed: string[] = [];
  for await (const tag of read(registry.host).tags()) if (listed.push(tag) === 10) break;
  expect(listed).toEqual(names.slice(0, 10));
  expect(registry.lines).toHaveLength(1);
});

test.each([400, 404, 405, 413])('n refused with %i: again without', async (status) => {
  const registry = await startRegistry({ tags, faults: [{ on: 'n=1000', status }] });
  expect(await listOf(read(registry.host).tags())).toEqual(names);
  expect(registry.lines).toEqual(['GET /v2/hello/tags/list?n=1000', 'GET /v2/hello/tags/list']);
});

/** A registry whose links are spelled in some other way. */
async function linking(spell: (query: string, origin: string) => string) {
  const registry = await startRegistry({ tags, pageSize: 1000 });
  registry.fail({
    answer: (_, answer) => {
      const query = /\?([^>]*)>/.exec(String(answer.headers?.['link'] ?? ''))?.[1];
      const link = query === undefined ? undefined : spell(query, registry.origin);
      return { ...answer, headers: { ...answer.headers, link } };
    },
  });
  return registry;
}

test.each([
  ['without the repository’s prefix', (query: string) => `</v2/tags/list?${query}>; rel="next"`],
  ['relative to the list', (query: string) => `<list?${query}>; rel="next"`],
  ['as a query alone', (query: string) => `<?${query}>;rel=next`],
  ['absolute', (query: string, origin: string) => `<${origin}/v2/hello/tags/list?${query}>; rel="next"`],
  [
    'with a host that only the server knows',
    (query: string) => `<http://registry.invalid:5000/v2/hello/tags/list?${query}>; rel="next"`,
  ],
  [
    'with TLS where there is none',
    (query: string, origin: string) => `<${origin.replace('http', 'https')}/v2/hello/tags/list?${query}>; rel="next"`,
  ],
  [
    'as one of several links',
    (query: string) => `</v2/>; rel="first", </v2/hello/tags/list?${query}>; title="a, b"; rel="last next"`,
  ],
])('a page linked %s', async (_, spell) => {
  const registry = await linking(spell);
  expect(await listOf(read(registry.host).tags())).toEqual(names);
  expect(registry.lines).toHaveLength(3);
});

test('a page that is really at another origin is fetched there, without credentials', async () => {
  const other = await startServer(() => ({ status: 200, body: JSON.stringify({ tags: ['c', 'd'] }) }));
  const registry = await startRegistry({
    guard: basicAuthentication('ann', 'secret-of-ann'),
    tags: { hello: ['a', 'b'] },
  });
  const link = `<${other.origin}/page/2>; rel="next"`;
  registry.fail({
    answer: (_, answer) => (answer.status === 200 ? { ...answer, headers: { ...answer.headers, link } } : answer),
  });
  expect(await listOf(read(registry.host, { credentials: async () => ann }).tags())).toEqual(['a', 'b', 'c', 'd']);
  expect(other.requests.map(({ headers }) => headers['authorization'])).toEqual([undefined]);
});

test('a page without tags that links to a next page is not the end', async () => {
  const registry = await startRegistry({ tags: { hello: ['a', 'b'] }, pageSize: 1 });
  registry.fail({
    on: 'last=a',
    times: 1,
    body: '{"tags":[]}',
    headers: { link: '</v2/hello/tags/list?skip=1>; rel="next"' },
  });
  registry.fail({
    on: 'skip=1',
    times: 1,
    body: '{"tags":null}',
    headers: { link: '</v2/hello/tags/list?last=a&x=1>; rel="next"' },
  });
  expect(await listOf(read(registry.host).tags())).toEqual(['a', 'b']);
});

test('a page that repeats tags is not a circle', async () => {
  const registry = await startRegistry({ tags: { hello: ['a', 'b', 'c'] }, pageSize: 1 });
  registry.fail({
    on: 'last=a',
    times: 1,
    body: '{"tags":["a"]}',
    headers: { link: '</v2/hello/tags/list?last=a&x=1>; rel="next"' },
  });
  expect(await listOf(read(registry.host).tags())).toEqual(['a', 'b', 'c']);
});

test('pages without an end are bounded', async () => {
  const registry = await startRegistry({ tags: { hello: ['a'] } });
  let page = 0;
  registry.fail({
    answer: (_, answer) => {
      page += 1;
      return { ...answer, headers: { link: `</v2/hello/tags/list?page=${page}>; rel="next"` }, body: '{"tags":["a"]}' };
    },
  });
  const failure = await failureOf(listOf(read(registry.host).tags()));
  expect(failure.message).toContain('the list of tags broke off after 1 of them');
  expect(failure.message).toContain('links more and more pages without a new tag');
  expect(registry.lines.length).toBeLessThan(300);
});

test.runIf(process.env['LONG_TESTS'])('pages with one new tag each are bounded', { timeout: 300_000 }, async () => {
  const registry = await startRegistry({ tags: { hello: ['a'] } });
  let page = 0;
  registry.fail({
    answer: (_, answer) => {
      page += 1;
      const headers = { link: `</v2/hello/tags/list?page=${page}>; rel="next"` };
      return { ...answer, headers, body: `{"tags":["t${page}"]}` };
    },
  });
  const failure = await failureOf(listOf(read(registry.host).tags()));
  expect(failure.message).toContain('needs more than 40000 requests for its tags');
});

test('a page that is linked by a very long URL is not asked for', async () => {
  const registry = await startRegistry({ tags: { hello: ['a'] } });
  registry.fail({ headers: { link: `</v2/hello/tags/list?last=${'a'.repeat(5000)}>; rel="next"` } });
  const failure = await failureOf(listOf(read(registry.host).tags()));
  expect(failure.message).toContain('links a page of tags by a URL of 5025 characters');
  expect(registry.lines).toHaveLength(1);
});

test('an interruption ends the reading of one large page', async () => {
  const registry = await startRegistry({ tags: { hello: ['a'] } });
  const body = JSON.stringify({ tags: Array.from({ length: 200_000 }, (_, at) => `t${at}`) });
  registry.fail({ times: 1, body });
  const interruption = new AbortController();
  let count = 0;
  const reading = (async () => {
    for await (const _ of read(registry.host, { signal: interruption.signal }).tags()) {
      // A signal, a timer or a connection is heard only when the loop gives way.
      if (count === 0) setImmediate(() => interruption.abort(new Error('stop')));
      count += 1;
    }
  })();
  await expect(reading).rejects.toThrow('stop');
  expect(count).toBeLessThan(1000);
});

test('a list that breaks off says how much of it was read', async () => {
  const registry = await startRegistry({ tags, pageSize: 1000, faults: [{ after: 2, status: 403 }] });
  const failure = await failureOf(listOf(read(registry.host).tags()));
  expect(failure.message).toContain('hello: the list of tags broke off after 2000 of them: ');
  expect(failure.kind).toBe('authentication');
});

test('pages linked in a circle end in a clear error', async () => {
  const registry = await startRegistry({ tags: { hello: ['a', 'b'] } });
  registry.fail({ headers: { link: '</v2/hello/tags/list?last=b>; rel="next"' } });
  registry.fail({ on: 'last=b', headers: { link: '</v2/hello/tags/list?last=a>; rel="next"' } });
  const failure = await failureOf(listOf(read(registry.host).tags()));
  expect(failure.message).toContain('links its list of tags in a circle');
  expect(registry.lines.length).toBeLessThan(5);
});

test.each([
  ['null', '{"name":"hello","tags":null}', []],
  ['no list', '{"name":"hello"}', []],
  ['odd entries', '{"tags":["a",1,null,"b\\u001b[2J","","a"]}', ['a']],
])('a list that is %s', async (_, body, expected) => {
  const registry = await startRegistry({ tags, faults: [{ status: 200, body }] });
  expect(await listOf(read(registry.host).tags())).toEqual(expected);
});

test.each([
  ['no JSON', 'tags', 'did not answer in JSON'],
  ['JSON of another shape', '{"tags":{"a":1}}', 'sent something else'],
])('a list that is %s is refused', async (_, body, problem) => {
  const registry = await startRegistry({ tags, faults: [{ status: 200, body }] });
  expect((await failureOf(listOf(read(registry.host).tags()))).message).toContain(problem);
});

test('the tags of a repository that does not exist', async () => {
  const registry = await startRegistry({ tags });
  const failure = await failureOf(listOf(read(registry.host, {}, 'helo').tags()));
  expect(failure.message).toBe(`${registry.host}/helo: the registry has no such repository; check its name`);
});
