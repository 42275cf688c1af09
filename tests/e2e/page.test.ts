/** The built page does what someone who opens it for the first time expects. */
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { faultsOf } from './faults.ts';
import { builtPage, improved } from './open-page.ts';

const site = builtPage();
/** A busy machine may take its time. */
const WITHIN = { timeout: 15_000 };

async function says(page: Page, words: RegExp): Promise<string> {
  const status = page.getByRole('status', { name: 'Run status' });
  await status.filter({ hasText: words }).waitFor();
  return (await status.textContent()) ?? '';
}

function evaluationsIn(text: string): number {
  return Number((/([\d,]+) evaluations?/.exec(text)?.[1] ?? '0').replaceAll(',', ''));
}

/** Pauses and waits for the sentence that says so. */
async function pause(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Pause' }).click();
  await says(page, /^Paused/);
}

/** Of a paused run, when all is told that was on its way: the sentence may change once more, two seconds later. */
async function stoodAt(page: Page): Promise<number> {
  await page.waitForTimeout(2500);
  return evaluationsIn(await says(page, /^Paused/));
}

describe('the page', () => {
  it('starts by itself and shows a first improvement', async () => {
    const page = await site.open();
    await page.getByRole('img', { name: /circles in a square/ }).waitFor();
    await improved(page);
    expect(await says(page, /^Running\. Best sum of radii/)).toMatch(
      /Best sum of radii \d\.\d+ after [\d,]+ evaluations?\./,
    );
  });

  it('waits for a person under reduced motion, with the picture of the seed', async () => {
    const page = await site.open({ reducedMotion: 'reduce' });
    await says(page, /^Ready/);
    await page.getByRole('img', { name: /circles in a square/ }).waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await improved(page);
  });

  it('pauses, steps by one result and plays on, by key', async () => {
    const page = await site.open();
    await improved(page);
    await page.keyboard.press('Space');
    await says(page, /^Paused/);
    await page.waitForTimeout(2500);
    const before = await page.getByRole('grid', { name: 'Programs' }).getAttribute('aria-rowcount');
    await page.keyboard.press('.');
    await page.waitForFunction(
      (count) => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === String(Number(count) + 1),
      before,
    );
    await says(page, /^Paused/);
    await page.keyboard.press('Space');
    await says(page, /^Running/);
  });

  it('leaves keys alone while someone types', async () => {
    const page = await site.open();
    await improved(page);
    await page.getByRole('searchbox', { name: 'Filter programs' }).fill('tune');
    await page.keyboard.press('Space');
    await page.keyboard.press('b');
    expect(await page.getByRole('searchbox', { name: 'Filter programs' }).inputValue()).toBe('tune b');
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(1);
  });

  it('shows a chosen program: changes against parent and seed, code, figures', async () => {
    const page = await site.open();
    await improved(page);
    await pause(page);
    const panel = page.getByRole('region', { name: /^Program \d+$/ });
    await panel.getByRole('region', { name: /Changes of seed\.js/ }).waitFor();
    expect(await panel.locator('tr.added').count()).toBeGreaterThan(0);
    await panel.getByRole('radio', { name: 'Seed' }).check();
    await panel.getByRole('region', { name: /against the seed/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('grid', { name: 'Programs' }).focus();
    await page.keyboard.press('End');
    await page.getByRole('region', { name: 'Program 0', exact: true }).waitFor();
    expect(await page.getByLabel('Follow the best').isChecked()).toBe(false);
    await page.getByRole('tab', { name: 'Code' }).click();
    expect(await page.getByRole('region', { name: /seed\.js of program 0/ }).textContent()).toContain(
      'export function pack(n)',
    );
    await page.getByRole('tab', { name: 'Figures' }).click();
    await page.getByText('loop steps').waitFor();
  });

  it('resumes where it stood after a reload', async () => {
    const page = await site.open();
    await improved(page);
    await pause(page);
    const stood = await stoodAt(page);
    await page.reload();
    expect(evaluationsIn(await says(page, /^Paused/))).toBe(stood);
    await page.getByRole('button', { name: 'Play' }).click();
    await says(page, /^Running/);
  });

  it('runs what a person wrote, says what is wrong with it, and loses no draft', async () => {
    const page = await site.open();
    await improved(page);
    await page.getByRole('tab', { name: 'Experiment' }).click();
    await page.getByRole('button', { name: 'experiment.json' }).click();
    const editor = page.getByRole('textbox', { name: 'experiment.json' });
    await editor.fill('{ "v": 1 }');
    await page.getByRole('button', { name: 'Run this' }).click();
    await page.getByText('This can’t run yet:').waitFor();
    await page.getByRole('tab', { name: 'Runs' }).click();
    await page.getByRole('tab', { name: 'Experiment' }).click();
    await page.getByRole('button', { name: /experiment\.json\s*changed/ }).click();
    await page.getByRole('textbox', { name: 'experiment.json' }).filter({ hasText: '{ "v": 1 }' }).waitFor();
    await page.getByRole('button', { name: 'Revert file' }).click();
    await page.getByRole('button', { name: 'Run this' }).click();
    await says(page, /^Running/);
  });

  it('lists runs, takes a deletion back, and exports', async () => {
    const page = await site.open();
    await improved(page);
    await page.getByRole('tab', { name: 'Runs' }).click();
    await page.getByRole('button', { name: /^Delete Circle packing/ }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Export Circle packing/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^circle-packing-seed-1-.*\.jsonl$/);
  });

  it('fits windows of 360, 768, 1280 and 2560 pixels', async () => {
    const page = await site.open({ viewport: { width: 360, height: 800 } });
    await improved(page);
    for (const width of [360, 768, 1280, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), WITHIN).toBe(width);
    }
  });

  it('has no fault that axe finds while there are few programs, on a narrow page', async () => {
    const page = await site.open({ viewport: { width: 390, height: 900 }, reducedMotion: 'reduce' });
    const grid = page.getByRole('grid', { name: 'Programs' });
    for (let steps = 1; steps <= 12; steps++) {
      await page.getByRole('button', { name: 'Step', exact: true }).click();
      await expect
        .poll(async () => Number(await grid.getAttribute('aria-rowcount')), WITHIN)
        .toBeGreaterThan(steps / 2);
    }
    expect(await faultsOf(page)).toEqual([]);
  });

  it('has no fault that axe finds, light and dark', async () => {
    const page = await site.open({ colorScheme: 'light' });
    await improved(page);
    await pause(page);
    expect(await faultsOf(page, { frames: true })).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await faultsOf(page)).toEqual([]);
  });
});
