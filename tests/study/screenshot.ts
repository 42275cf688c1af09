/** Takes the README's picture from the built page: the default example after some seconds, at a laptop's size. */
import { fileURLToPath } from 'node:url';
import { served } from '../bench/served.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SECONDS = 12;

await served(`${root}dist`, async ({ browser, url }) => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1.5,
    colorScheme: 'light',
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('button', { name: 'Pause' }).waitFor({ timeout: 30_000 });
  await page.waitForTimeout(SECONDS * 1000);
  await page.screenshot({ path: `${root}docs/screenshot.png` });
});
