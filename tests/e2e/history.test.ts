/** Runs of the built page outlive what happens to their tab. */
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { builtPage } from './open-page.ts';

const site = builtPage();

/** Bytes that hold an empty database and some events of a run. */
const ROOM = 140_000;

/** Evaluations as the live region says them. */
async function evaluations(page: Page): Promise<number> {
  const text = await page.getByRole('status', { name: 'Run status' }).first().textContent();
  return Number((/([\d,. ]+) evaluations?/.exec(text ?? '')?.[1] ?? '0').replace(/\D/g, ''));
}

async function until(page: Page, test: (evaluations: number) => boolean): Promise<number> {
  for (;;) {
    const count = await evaluations(page);
    if (test(count)) return count;
    await page.waitForTimeout(50);
  }
}

describe('history in the page', () => {
  it('loses nothing that was seen when the tab is killed, and goes on', async () => {
    const first = await site.open();
    const seen = await until(first, (count) => count > 200);
    const session = await site.context.newCDPSession(first);
    void session.send('Page.crash').catch(() => {});
    await first.waitForEvent('crash');
    const second = await site.visit();
    const found = await until(second, (count) => count >= seen);
    await until(second, (count) => count > found + 100);
  });

  it('says that the disk is full, goes on, and stores again when there is room', async () => {
    // Set before the page is there: browsers look at what room there is only now and then, and count it off from then on.
    const page = await site.blank();
    const session = await site.context.newCDPSession(page);
    const { origin } = new URL(site.url);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: ROOM });
    await page.goto(site.url);
    const warning = page.getByText(/not being stored/i).first();
    await warning.waitFor({ timeout: 90_000 });
    const full = await evaluations(page);
    await until(page, (count) => count > full + 50);
    // Room is tried again after ten seconds; nothing needs to be fast until then.
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('20 a second');
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await warning.waitFor({ state: 'detached', timeout: 90_000 });
    const seen = await evaluations(page);
    await page.reload();
    await until(page, (count) => count >= seen);
  });

  it('tells a second tab that the run goes on in the first', async () => {
    const first = await site.open();
    const seen = await until(first, (count) => count > 50);
    const second = await site.visit();
    await second
      .getByText(/another tab/i)
      .first()
      .waitFor();
    expect(await evaluations(second)).toBeGreaterThanOrEqual(seen);
    await until(first, (count) => count > seen + 50);
  });
});
