/** The map of programs: by pointer and by key, empty and full, and again after a reload. The run stands still while it is looked at. */
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { faultsOf } from './faults.ts';
import { builtPage } from './open-page.ts';

const site = builtPage();
const STEPS = 16;

const mapOf = (page: Page): Locator => page.getByRole('region', { name: 'Map of programs' });
const panel = (page: Page, id: number): Locator => page.getByRole('region', { name: `Program ${id}`, exact: true });

async function openMap(page: Page): Promise<Locator> {
  await page.getByRole('tab', { name: 'Map' }).click();
  const map = mapOf(page);
  await map.waitFor();
  return map;
}

/** Figures that the map says it shows. */
async function shown(map: Locator): Promise<number> {
  await map.getByText(/^\s*\d+ programs?\s*$/).waitFor();
  return Number.parseInt(((await map.getByText(/^\s*\d+ programs?\s*$/).textContent()) ?? '').trim());
}

const step = (page: Page): Promise<void> => page.getByRole('button', { name: 'Step', exact: true }).click();

/** Some programs, one after another, with the table in sight. */
async function stepped(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Programs' }).click();
  const grid = page.getByRole('grid', { name: 'Programs' });
  for (let steps = 1; steps <= STEPS; steps++) {
    await step(page);
    await expect
      .poll(async () => Number(await grid.getAttribute('aria-rowcount')), { timeout: 15_000 })
      .toBeGreaterThan(steps / 2);
  }
}

describe('the map of programs', () => {
  it('is empty before the run, fills as it goes, and is walked by keys and picked from by pointer', async () => {
    const page = await site.open({ reducedMotion: 'reduce' });
    const map = await openMap(page);
    await map.getByText('There are no programs yet.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await stepped(page);
    await openMap(page);
    await expect.poll(() => shown(map)).toBeGreaterThan(STEPS / 2);
    await map.getByText(/% of all differences across/).waitFor();
    const before = await shown(map);
    await expect.poll(() => step(page).then(() => shown(map))).toBeGreaterThan(before);

    const said = map.getByRole('status');
    const plot = map.getByRole('application', { name: 'Map of programs' });
    await plot.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => said.textContent()).toMatch(/^Program 0, the seed, sum of radii \d/);
    await panel(page, 0).waitFor();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => said.textContent()).toMatch(/^Program [1-9]/);
    const child = Number(/^Program (\d+)/.exec((await said.textContent()) ?? '')?.[1]);
    await panel(page, child).waitFor();
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => said.textContent()).toMatch(/^Program 0,/);
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => said.textContent()).toBe('There is none that way.');
    await page.keyboard.press('+');
    await expect.poll(() => map.getByRole('button', { name: 'Zoom out' }).isEnabled()).toBe(true);
    await page.keyboard.press('0');
    await expect.poll(() => map.getByRole('button', { name: 'Zoom out' }).isEnabled()).toBe(false);

    // Some dot lies under the pointer somewhere.
    const picked = await plot.evaluate(async (element) => {
      const canvas = element.querySelector('canvas') as HTMLCanvasElement;
      const words = (): string => element.parentElement?.querySelector('[role=status]')?.textContent ?? '';
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const before = words();
      for (let y = 10; y < height - 30; y += 20) {
        for (let x = 10; x < width; x += 20) {
          canvas.dispatchEvent(new MouseEvent('click', { clientX: left + x, clientY: top + y, bubbles: true }));
          await Promise.resolve();
          await new Promise((resolve) => setTimeout(resolve));
          if (words() !== before) return words();
        }
      }
      return '';
    });
    const id = Number(/^Program (\d+)/.exec(picked)?.[1]);
    await panel(page, id).waitFor();
    await page.getByRole('tab', { name: 'Programs' }).click();
    await page.getByRole('row', { selected: true, name: new RegExp(`^${id}\\b`) }).waitFor();
  });

  it('shows the same after a reload, has no fault that axe finds, light, dark and narrow', async () => {
    const page = await site.open({ reducedMotion: 'reduce', colorScheme: 'light' });
    await stepped(page);
    await expect.poll(async () => shown(await openMap(page))).toBeGreaterThan(STEPS / 2);
    const before = await shown(mapOf(page));
    await page.reload();
    const map = await openMap(page);
    await expect.poll(() => shown(map)).toBeGreaterThanOrEqual(before);
    await map.getByRole('radio', { name: 'Group' }).check();
    await map.getByRole('table').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await faultsOf(page)).toEqual([]);
    const best = map.getByRole('button', { name: /^Show program \d+, the best of group A$/ });
    const id = Number(/\d+/.exec((await best.getAttribute('aria-label')) ?? '')?.[0]);
    await best.click();
    await panel(page, id).waitFor();
  });
});
