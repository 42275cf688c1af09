/** A folder served by the relay and a Chromium to look at it, both gone when `use` is over. */
import { chromium, type Browser } from 'playwright';
import { createApp } from '../../relay/app.ts';
import { listen } from '../../relay/server.ts';
import { chromiumFlags, findChromium } from '../chromium.ts';

export interface Served {
  readonly browser: Browser;
  /** Ends with a slash. */
  readonly url: string;
}

export async function served<T>(site: string, use: (served: Served) => Promise<T>): Promise<T> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('there is no Chromium; set CHROMIUM to the path of one');
  const server = await listen(createApp({ site }), { port: 0 });
  if (server.type === 'failed') throw new Error(server.reason);
  const browser = await chromium.launch({
    executablePath,
    args: [...chromiumFlags, '--enable-precise-memory-info'],
  });
  try {
    return await use({ browser, url: server.url });
  } finally {
    await browser.close();
    await server.close();
  }
}
