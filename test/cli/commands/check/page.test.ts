import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { toPage } from '../../../../src/cli/check-page/page.js';
import { digestOf } from '../../../../src/oci/verified.js';
import { type BrowserPage, startBrowser } from '../../../support/browser.js';
import { type DockerRegistry, startDockerRegistry } from '../../../support/docker-registry.js';
import { startRegistry } from '../../../support/faulty-registry.js';
import { type ImageContent, image, index } from '../../../support/images.js';
import { differingBlocks } from '../../../support/pictures.js';
import { runInProcess, type TestContext, testContext } from '../../../support/run-in-process.js';
import { SAMPLE_TIME, sampleReport } from '../../../support/sample-report.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

// The page in the browser that people have: Debian's Chromium.

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = fileURLToPath(new URL('../../../../fixtures/check-page/', import.meta.url));
/** The command that docs/check.md teaches. */
const [, ...DOCUMENTED] = (
  /^(?:\$ )?(pullpin check --html .*)$/m.exec(readFileSync('docs/check.md', 'utf8'))?.[1] ?? ''
).split(' ');
/** The part of a picture that may differ: another browser may set a letter or a line a little elsewhere. */
const ALIKE = 0.015;
const WIDTHS = [400, 1280] as const;
const SCHEMES = ['light', 'dark'] as const;
const LOOKS = SCHEMES.flatMap((colorScheme) => WIDTHS.map((width) => ({ colorScheme, width })));

let open: Awaited<ReturnType<typeof startBrowser>>;
let registry: DockerRegistry;
beforeAll(async () => {
  [open, registry] = await Promise.all([startBrowser(), startDockerRegistry()]);
});

const SAMPLE = { report: sampleReport(), fixed: [], folder: 'web-shop', now: SAMPLE_TIME, version: '0.1.0' };

/** Writes a page into a file; its address. */
function fileOf(html: string): string {
  const file = join(temporaryFolder(), 'page.html');
  writeFileSync(file, html);
  return pathToFileURL(file).href;
}

/** What is read on a page: the cells of each row of a section's table. */
async function rowsOf({ page }: BrowserPage, section: string): Promise<string[][]> {
  const rows = await page.locator(`#${section} tbody tr`).all();
  return Promise.all(rows.map(async (row) => (await row.locator('th, td').allInnerTexts()).map(oneLine)));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** An image with a date and layers of these sizes; layers of the same size are the same layer. */
function dated(created: string, sizes: readonly number[], architecture = 'amd64'): ImageContent {
  const layers = sizes.map((size) => ({ bytes: Buffer.alloc(size, size % 251), compression: 'none' as const }));
  return image({ config: JSON.stringify({ os: 'linux', architecture, created }), layers });
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString();
}

describe('pins in a registry', () => {
  let context: TestContext;
  let seen: BrowserPage;
  const [old, fresh] = [dated(daysAgo(800), [30_000, 2_000]), dated(daysAgo(3), [30_000, 1_000])];
  const both = index([
    { image: fresh, platform: { os: 'linux', architecture: 'amd64' } },
    { image: dated(daysAgo(3), [7_000], 'arm64'), platform: { os: 'linux', architecture: 'arm64' } },
  ]);
  const undated = dated('1970-01-01T00:00:01Z', [500]);
  const gone = dated(daysAgo(5), [600]);

  beforeAll(async () => {
    for (const content of [old, both]) await registry.push('old', '1', content);
    await registry.push('both', '2', both);
    await registry.push('undated', '3', undated);
    await registry.push('gone', '4', gone);
    await registry.remove('gone', 'manifests', gone.root.digest);
    context = testContext();
    mkdirSync(join(context.folder, '.git'));
    const text = (name: string, { root }: ImageContent): string => `"${registry.host}/${name}@${root.digest}"`;
    const pins = [text('old:1', old), text('both:2', both), text('undated:3', undated), text('gone:4', gone)];
    writeFileSync(join(context.folder, 'pins.nix'), `[\n  ${pins.join('\n  ')}\n]\n`);
    // A look at a layer would fail.
    const layers = [old, both, undated].map(({ blobs }) => [...blobs.keys()].filter((_, at) => at > 0));
    for (const [at, name] of ['old', 'both', 'undated'].entries())
      for (const digest of layers[at] ?? []) await registry.remove(name, 'blobs', digest).catch(() => {});
    const run = await runInProcess([...DOCUMENTED, '--json', '--no-cache'], context);
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout).findings).toHaveLength(3);
    expect(run.exitCode).toBe(1);
    seen = await open(pathToFileURL(join(context.folder, 'pins.html')).href);
  });

  test('are in a table with their states, ages, platforms and sizes, the oldest first', async () => {
    const [first, ...others] = await rowsOf(seen, 'pins');
    expect(first).toEqual([
      `${registry.host}/old:1 ${old.root.digest.slice(7, 19)} pins.nix:2`,
      '↑ moved',
      expect.stringMatching(/^2 years \d{4}-\d\d-\d\d$/),
      'linux/amd64',
      expect.stringMatching(/^32\.\d kB 30\.0 kB shared$/),
    ]);
    expect(
      others.map(([name, state, age, platform, size]) => [name?.split(' ')[2], state, age, platform, size]),
    ).toEqual([
      [
        'pins.nix:3',
        '✓ fine',
        expect.stringMatching(/^3 days /),
        'linux/amd64 and 1 more',
        expect.stringMatching(/30\.0 kB shared$/),
      ],
      ['pins.nix:4', '✓ fine', 'not known', 'linux/amd64', expect.stringMatching(/^\d+ B$/)],
      ['pins.nix:5', '✕ dead', 'not known', 'not known', 'not known'],
    ]);
  });

  test('have their ages, platforms and shared layers counted', async () => {
    expect((await rowsOf(seen, 'ages')).filter(([, pins]) => pins !== '0')).toEqual([
      ['under 1 month', '1', ''],
      ['over 2 years', '1', ''],
      ['not known', '2', ''],
    ]);
    expect(await rowsOf(seen, 'platforms')).toEqual([
      ['linux/amd64', '3', '3', ''],
      ['linux/arm64', '0', '1', ''],
    ]);
    expect(await rowsOf(seen, 'layers')).toEqual([
      [expect.stringMatching(/^[0-9a-f]{12}$/), '30.0 kB', '30.0 kB', `${registry.host}/old:1 ${registry.host}/both:2`],
    ]);
    expect(oneLine((await seen.page.locator('.tiles').allInnerTexts()).join())).toMatch(
      /^Pins 4 3 images Dead 1 .* Moved 1 .* Errors 2 of 3 findings Size 63\.\d kB .* Shared 30\.0 kB /,
    );
  });

  test('have findings with level, code, place and fix, the worst first, which lead to the pin and back', async () => {
    const findings = (await seen.page.locator('#findings li').allInnerTexts()).map(oneLine);
    expect(findings.map((text) => text.split(' ').slice(0, 3).join(' '))).toEqual([
      '✕ error dead-digest',
      '✕ error dead-tag',
      '△ warning moved-tag',
    ]);
    expect(findings[2]).toMatch(/Where pins\.nix:2:\d+ Fix pullpin bump pins\.nix:2$/);
    await seen.page.locator('#finding-3 a').click();
    expect(await seen.page.locator(':target th .image').textContent()).toBe(`${registry.host}/old:1`);
    await seen.page.locator(':target a').click();
    expect(await seen.page.locator(':target code').first().textContent()).toBe('moved-tag');
  });

  test('are on a page that loads nothing', () => {
    expect(seen.requests).toHaveLength(1);
    expect(seen.said).toEqual([]);
  });
});

describe('the page of a sample', () => {
  test.each(LOOKS)('looks as it did, $colorScheme and $width pixels wide', async ({ colorScheme, width }) => {
    const { page } = await open(fileOf(toPage(SAMPLE)), {
      viewport: { width, height: 800 },
      colorScheme,
      bypassCSP: true,
    });
    // One font of Debian's, whatever else is there.
    await page.addStyleTag({ content: '* { font-family: "DejaVu Sans" !important; }' });
    const picture = await page.screenshot({ fullPage: true });
    const stored = join(PICTURES, `${colorScheme}-${width}.png`);
    expect(await differingBlocks(page, stored, picture)).toBeLessThan(ALIKE);
    expect(await page.evaluate('document.scrollingElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('would be seen to look otherwise', async () => {
    const { page } = await open(fileOf(toPage(SAMPLE)), { viewport: { width: 1280, height: 800 }, bypassCSP: true });
    await page.addStyleTag({
      content: '* { font-family: "DejaVu Sans" !important; } #findings { visibility: hidden; }',
    });
    const picture = await page.screenshot({ fullPage: true });
    vi.stubEnv('UPDATE_PICTURES', undefined);
    expect(await differingBlocks(page, join(PICTURES, 'light-1280.png'), picture)).toBeGreaterThan(ALIKE);
  });

  test.each([LOOKS[0], LOOKS[3]])('can be used by everybody, %j', async (look) => {
    const { colorScheme = 'light', width = 0 } = look ?? {};
    const { page } = await open(fileOf(toPage(SAMPLE)), { viewport: { width, height: 800 }, colorScheme });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<{ violations: readonly { id: string; nodes: readonly unknown[] }[] }>(
      'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] })',
    );
    expect(violations.map(({ id, nodes }) => [id, JSON.stringify(nodes).slice(0, 300)])).toEqual([]);
  });

  test('is used with the keyboard', async () => {
    const { page } = await open(fileOf(toPage(SAMPLE)));
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the findings');
    expect(await page.evaluate('document.activeElement.getBoundingClientRect().left')).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#findings');
    const broken =
      '[...document.querySelectorAll("a")].filter((a) => !document.querySelector(a.getAttribute("href"))).length';
    expect(await page.evaluate(broken)).toBe(0);
  });

  test('needs no scripts, and prints dark letters on white', async () => {
    const { page } = await open(fileOf(toPage(SAMPLE)), { javaScriptEnabled: false, colorScheme: 'dark' });
    expect(await page.locator('#pins tbody tr').count()).toBe(6);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const colours = await page.evaluate(
      '[getComputedStyle(document.body).color, getComputedStyle(document.querySelector("nav")).display]',
    );
    expect(colours).toEqual(['rgb(27, 31, 36)', 'none']);
  });
});

describe('hostile text', () => {
  const EVIL = `"'><script>hit=1</script><img src=//127.0.0.1:9/x onerror=hit=1><a href="javascript:hit=1">x</a></style></title>&lt;b&gt;{{x}}`;

  test('stays text wherever it may come from', async () => {
    const report = sampleReport();
    const evil = toPage({
      ...SAMPLE,
      folder: EVIL,
      version: EVIL,
      report: {
        pins: report.pins,
        inventory: report.inventory.map((entry) => ({
          ...entry,
          file: EVIL,
          imageName: EVIL,
          imageDigest: EVIL,
          tag: EVIL,
        })),
        findings: report.findings.map((each) => ({
          ...each,
          file: EVIL,
          message: EVIL,
          fix: EVIL,
          imageName: EVIL,
          imageDigest: EVIL,
        })),
      },
    });
    const seen = await open(fileOf(evil), { viewport: { width: 400, height: 800 } });
    const tags =
      'Object.entries(Object.groupBy([...document.querySelectorAll("*")], (e) => e.localName)).map(([k, v]) => k + v.length).filter((t) => /^(script|img|b|iframe|style|title)\\d/.test(t)).sort()';
    expect(await seen.page.evaluate(tags)).toEqual(['style1', 'title1']);
    expect(
      await seen.page.evaluate('[typeof hit, document.querySelectorAll("a:not([href^=\\"#\\"])").length]'),
    ).toEqual(['undefined', 0]);
    expect(await seen.page.locator('h1 bdi').textContent()).toBe(EVIL);
    expect(await seen.page.locator('#pins .image').first().textContent()).toBe(`${EVIL}:${EVIL}`);
    expect([seen.requests.length, seen.said]).toEqual([1, []]);
    expect(await seen.page.evaluate('document.scrollingElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('from a file name, a label and a date of an image that pullpin has found', async () => {
    const context = testContext();
    mkdirSync(join(context.folder, '.git'));
    const content = image({
      config: JSON.stringify({
        os: '<b>',
        architecture: '<i>',
        created: '<script>',
        config: { Labels: { '<u>': '<s>' } },
      }),
      layers: [{ bytes: Buffer.from(EVIL) }],
    });
    await registry.push('evil', '1', content);
    const name = '<img src=x onerror=hit=1>.nix';
    writeFileSync(join(context.folder, name), `"${registry.host}/evil:1@${content.root.digest}"\n`);
    expect((await runInProcess(['check', '--html', 'out.html'], context)).exitCode).toBe(0);
    const seen = await open(pathToFileURL(join(context.folder, 'out.html')).href);
    expect(await seen.page.locator('img, b, i, u, s, script').count()).toBe(0);
    expect(await seen.page.locator('#pins th .place').textContent()).toBe(`${name}:1`);
  });

  test('would get no further than the policy of the page', async () => {
    const elsewhere = await startRegistry();
    const seen = await open(fileOf(toPage(SAMPLE)));
    const attack = `for (const [name, members] of Object.entries({
      img: { src: 'http://${elsewhere.host}/a' }, script: { src: 'http://${elsewhere.host}/b' }, iframe: { src: 'http://${elsewhere.host}/c' },
      link: { rel: 'stylesheet', href: 'http://${elsewhere.host}/d' }, style: { textContent: 'body { color: red }' } }))
      document.body.append(Object.assign(document.createElement(name), members))`;
    await seen.page.evaluate(attack);
    await expect.poll(() => seen.said.length).toBeGreaterThanOrEqual(5);
    expect(seen.said.filter((text) => !text.includes('Content Security Policy'))).toEqual([]);
    expect(elsewhere.questions).toEqual([]);
    expect(await seen.page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(27, 31, 36)');
  });
});

describe('the file', () => {
  const pins = `"redis:7@${digestOf('x')}"\n`;

  test.each([
    ['-', 2, /--html takes the name of a file, because stdout has the findings/],
    [
      'no/such/folder.html',
      1,
      /--html no\/such\/folder\.html: there is no such folder to write it into; make the folder first/,
    ],
  ])('%j is refused before anything is looked up', async (file, exitCode, reason) => {
    const run = await runInProcess(['check', '--html', file, '-'], testContext({ stdin: pins }));
    expect([run.exitCode, run.stdout]).toEqual([exitCode, '']);
    expect(run.stderr).toMatch(reason);
  });
});
