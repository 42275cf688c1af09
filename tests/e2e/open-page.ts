/** The built page, served as a relay serves it, in a browser of its own. */
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createApp } from '../../relay/app.ts';
import { listen } from '../../relay/server.ts';
import { chromiumFlags, findChromium } from '../chromium.ts';

export interface Site {
  readonly url: string;
  readonly browser: Browser;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** A name other than this machine's own: over plain HTTP browsers trust a page under it less. */
  readonly name?: string;
}

/** Builds the page where it is older than its sources. */
export async function openSite({ name }: SiteOptions = {}): Promise<Site> {
  // Plain JavaScript without types, shared with the start scripts.
  const path = '../../scripts/setup/site.mjs';
  const { ensureSite } = (await import(path)) as { ensureSite(node: string): Promise<number> };
  const code = await ensureSite(process.execPath);
  if (code !== 0) throw new Error(`the page could not be built: ${code}`);
  const site = fileURLToPath(new URL('../../dist', import.meta.url));
  const server = await listen(createApp({ site, hosts: name === undefined ? [] : [name] }), { port: 0 });
  if (server.type === 'failed') throw new Error(server.reason);
  try {
    const resolved = name === undefined ? [] : [`--host-resolver-rules=MAP ${name} 127.0.0.1`];
    const browser = await chromium.launch({
      executablePath: findChromium() ?? '',
      args: [...chromiumFlags, ...resolved],
    });
    const close = async (): Promise<void> => {
      await browser.close();
      await server.close();
    };
    const url = new URL(server.url);
    if (name !== undefined) url.hostname = name;
    return { url: url.href, browser, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

export interface BuiltPage {
  readonly url: string;
  /** Of the test that runs; gone when it ends. */
  readonly context: BrowserContext;
  /** A fresh profile in a window of 1280 by 900, and the page in it. A context that was open before is closed. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** As `open`, but with nothing in the page yet. */
  blank(options?: BrowserContextOptions): Promise<Page>;
  /** The page once more, in the same profile. */
  visit(): Promise<Page>;
}

/** One site and browser for the tests of the file or the `describe` that calls this. */
export function builtPage(options: SiteOptions = {}): BuiltPage {
  let site: Site | null = null;
  let context: BrowserContext | null = null;
  const here = (): Site => {
    if (site === null) throw new Error('the site is there only while tests run');
    return site;
  };
  const leave = async (): Promise<void> => {
    const left = context;
    context = null;
    await left?.close();
  };
  beforeAll(async () => {
    site = await openSite(options);
  });
  afterEach(leave);
  afterAll(() => site?.close());
  return {
    get url() {
      return here().url;
    },
    get context() {
      if (context === null) throw new Error('no page has been opened');
      return context;
    },
    async open(options = {}) {
      const page = await this.blank(options);
      await page.goto(here().url);
      return page;
    },
    async blank(options = {}) {
      await leave();
      context = await here().browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      return context.newPage();
    },
    async visit() {
      const page = await this.context.newPage();
      await page.goto(here().url);
      return page;
    },
  };
}

/** The first version that is better than the seed. */
export async function improved(page: Page, timeout = 30_000): Promise<void> {
  const seen = (): boolean => performance.getEntriesByName('genesis:first-improvement').length > 0;
  await page.waitForFunction(seen, null, { timeout });
}
