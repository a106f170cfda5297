import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
];

/** A page in Debian's Chromium, and what it asked for and said meanwhile. */
export interface BrowserPage {
  readonly page: Page;
  readonly requests: readonly string[];
  /** Messages of the console, which has one for each thing that the policy of the page refuses, and errors of scripts. */
  readonly said: readonly string[];
}

const running = new Set<Browser>();
afterAll(() => Promise.all([...running].map((browser) => browser.close())));

/** Starts a browser, which ends with the tests of the file. What it returns opens files and addresses in pages of their own. */
export async function startBrowser(): Promise<(url: string, options?: BrowserContextOptions) => Promise<BrowserPage>> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  running.add(browser);
  return async (url, options = {}) => {
    const page = await browser.newPage(options);
    const [requests, said]: [string[], string[]] = [[], []];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(url);
    return { page, requests, said };
  };
}
