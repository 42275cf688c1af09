/** What a person may do to a run in the built page, and what the page says where it can't be done. */
import type { BrowserContextOptions, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { faultsOf } from './faults.ts';
import { builtPage, improved } from './open-page.ts';

const site = builtPage();

/** A run with some results, paused. */
async function paused(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await site.open(options);
  await improved(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await status(page)
    .filter({ hasText: /^Paused/ })
    .waitFor();
  return page;
}

const status = (page: Page) => page.getByRole('status', { name: 'Run status' });
const grid = (page: Page) => page.getByRole('grid', { name: 'Programs' });

async function programs(page: Page): Promise<number> {
  return Number(await grid(page).getAttribute('aria-rowcount')) - 1;
}

/** Waits for the table to say so: it is refreshed twice a second. */
async function untilPrograms(page: Page, count: number): Promise<void> {
  const rows = String(count + 1);
  await page.waitForFunction(
    (value) => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === value,
    rows,
  );
}

function shownProgram(page: Page) {
  return page.getByRole('region', { name: /^Program \d+$/ });
}

describe('steering a run', () => {
  it('says why a program was made and what became of it', async () => {
    const page = await paused();
    await page.getByRole('tab', { name: 'Why' }).click();
    const panel = shownProgram(page);
    await panel.getByRole('heading', { name: 'Why it was made' }).waitFor();
    expect(await panel.getByText(/^(mutate|tune|splice|merge|brood) by .+: [\d.]+\s%, one of \d+$/).count()).toBe(1);
    expect(await panel.getByText(/^Kept, as the best of the run: /).count()).toBe(1);
    await grid(page).focus();
    await page.keyboard.press('End');
    await panel.getByText('The program the run began with.').waitFor();
  });

  it('pins and bans by keyboard, over a reload, and says what it refuses', async () => {
    const page = await paused();
    await grid(page).focus();
    await page.keyboard.press('End');
    const pin = page.getByRole('button', { name: 'Pin', exact: true });
    await pin.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Unpin' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    await grid(page).focus();
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'Unpin' }).click();
    await pin.waitFor();
    const best = await page.locator('.row', { hasText: 'best' }).first().getAttribute('id');
    await page.locator(`#${best}`).click();
    await page.getByRole('button', { name: 'Ban', exact: true }).click();
    await page.locator(`#${best}`, { hasText: 'banned' }).waitFor();
    expect(await page.locator(`#${best}`, { hasText: 'best' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Pin', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Unban' }).click();
    await page.getByRole('button', { name: 'Ban', exact: true }).waitFor();
  });

  it('puts a program of one’s own into the run, and says where it does not parse', async () => {
    const page = await paused();
    await page.getByRole('button', { name: 'Edit a copy' }).click();
    const copy = page.getByRole('region', { name: /^A copy of program/ });
    const editor = copy.getByRole('textbox', { name: /of your copy/ });
    await editor.waitFor();
    const inject = copy.getByRole('button', { name: 'Put into the run' });
    expect(await inject.isDisabled()).toBe(true);
    await page.locator('.cm-content').waitFor();
    await editor.fill('// EVOLVE-BLOCK-START\nexport function pack(n) { return = []; }\n// EVOLVE-BLOCK-END\n');
    await inject.click();
    await copy.getByText(/waits for its turn\. Play or step/).waitFor();
    await page.getByRole('button', { name: 'Play' }).click();
    await copy
      .getByRole('alert')
      .filter({ hasText: /seed\.js:2/ })
      .waitFor();
    await editor.fill(
      '// EVOLVE-BLOCK-START\nexport function pack(n) {\n  return Array.from({ length: n }, (_, i) => [(i + 0.5) / n, 0.5, 0.4 / n]);\n}\n// EVOLVE-BLOCK-END\n',
    );
    await copy.getByLabel('Note').fill('all in a row');
    await inject.click();
    await copy.waitFor({ state: 'detached' });
    await shownProgram(page).getByText('all in a row').waitFor();
    await page.getByRole('tab', { name: 'Why' }).click();
    await shownProgram(page).getByText('Written by a person.').waitFor();
  });

  it('forks a run from a program, and keeps both', async () => {
    const page = await paused();
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    const before = await programs(page);
    await grid(page).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.getByRole('region', { name: 'Program 1', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Fork from here' }).click();
    await page.getByRole('heading', { name: /forked after 2 results/ }).waitFor();
    await untilPrograms(page, 2);
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await untilPrograms(page, 3);
    await page.getByRole('tab', { name: 'Runs' }).click();
    await page.getByText(/^forked, seed \d+, on screen$/).waitFor();
    await page.getByRole('button', { name: 'Open Circle packing, seed 1', exact: true }).click();
    await page.getByRole('tab', { name: 'Programs' }).click();
    await page.waitForFunction(
      (least) => Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) >= least,
      before + 1,
    );
    expect(await page.getByRole('heading', { name: /forked/ }).count()).toBe(0);
  });

  it('goes through one job stage by stage', async () => {
    const page = await paused();
    const stages = page.getByRole('group', { name: 'Stages of one job' });
    const stage = page.getByRole('button', { name: 'Step one stage' });
    const here = (name: string) => stages.locator('[aria-current=step]', { hasText: name });
    await stage.click();
    await stages.locator('[aria-current=step]').waitFor();
    // A stage may be gone through twice, as when numbers are tuned; and whatever stage the first job was in, it ends in its place.
    const onwardTo = async (name: string) => {
      for (let i = 0; i < 8 && (await here(name).count()) === 0; i++) {
        const text = await stages.textContent();
        await page.keyboard.press('s');
        await page.waitForFunction((old) => {
          const now = document.querySelector('[aria-label="Stages of one job"]')?.textContent ?? '';
          return now !== old && !now.includes('Working');
        }, text);
      }
      await here(name).waitFor();
    };
    await onwardTo('Add');
    const count = await programs(page);
    await onwardTo('Propose');
    await onwardTo('Check');
    expect(await programs(page)).toBe(count);
    await page.getByRole('button', { name: 'Play' }).click();
    await stages.waitFor({ state: 'detached' });
  });

  it('changes settings while the run goes on, and says at the field what is wrong', async () => {
    const page = await paused();
    await page.getByRole('tab', { name: 'Steer' }).click();
    const form = page.getByRole('form', { name: 'Settings' });
    const migration = form.getByLabel('Migration');
    await migration.fill('-3');
    await form.getByRole('button', { name: 'Apply' }).click();
    await form.getByText(/must be a whole number from 0/).waitFor();
    expect(await migration.getAttribute('aria-invalid')).toBe('true');
    await migration.fill('50');
    await form.getByLabel('Parents are chosen by').selectOption('beam');
    await form.getByLabel('Width').fill('2');
    await form.getByLabel('Evaluations', { exact: true }).fill('1000000');
    await page.keyboard.press('Enter');
    await form.getByText('Taken. It holds from the next job on.').waitFor();
    await page.getByText('of 1,000,000').waitFor();
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await page.reload();
    await page.getByRole('tab', { name: 'Steer' }).click();
    expect(await form.getByLabel('Width').inputValue()).toBe('2');
    expect(await migration.inputValue()).toBe('50');
  });

  it('spawns, merges and splits islands', async () => {
    const page = await paused();
    await page.getByRole('tab', { name: 'Steer' }).click();
    const islands = page.getByRole('region', { name: 'Islands' });
    await islands.getByRole('button', { name: 'New island from the best' }).click();
    await islands.getByRole('row', { name: /^3 / }).waitFor();
    expect(await islands.getByRole('button', { name: 'Split island 3' }).isDisabled()).toBe(true);
    await islands.getByRole('button', { name: 'Merge island 2 into another' }).click();
    await islands.getByLabel('Merge island 2 into', { exact: true }).selectOption({ label: 'island 3' });
    await islands.getByRole('button', { name: 'Merge', exact: true }).click();
    await islands.getByRole('row', { name: '2 retired' }).waitFor();
    await islands.getByRole('button', { name: 'Split island 3' }).click();
    await islands.getByRole('row', { name: /^4 / }).waitFor();
  });

  it('lets a second tab read and change nothing, until the first is closed', async () => {
    const first = await paused();
    const second = await site.visit();
    await second
      .getByText(/another tab/i)
      .first()
      .waitFor();
    for (const name of ['Play', 'Step one stage', 'Pin', 'Ban', 'Fork from here', 'Edit a copy']) {
      expect(await second.getByRole('button', { name, exact: true }).isDisabled(), name).toBe(true);
    }
    await second.getByRole('tab', { name: 'Steer' }).click();
    expect(await second.getByRole('button', { name: 'New island from the best' }).isDisabled()).toBe(true);
    await first.close();
    await second.getByRole('button', { name: 'Try again' }).click();
    await second.getByRole('button', { name: 'Play', exact: true }).click();
    await status(second)
      .filter({ hasText: /^Running/ })
      .waitFor();
  });

  it('has no fault that axe finds, light and wide, dark and narrow', async () => {
    const page = await paused({ colorScheme: 'light' });
    const faultless = async (): Promise<void> => {
      for (const [colorScheme, width] of [
        ['light', 1280],
        ['dark', 360],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        await expect
          .poll(() => page.evaluate(() => document.documentElement.scrollWidth), { timeout: 15_000 })
          .toBe(width);
        expect(await faultsOf(page)).toEqual([]);
      }
    };
    await page.getByRole('button', { name: 'Step one stage' }).click();
    await page.getByRole('tab', { name: 'Why' }).click();
    await page.getByRole('button', { name: 'Edit a copy' }).click();
    await page.locator('.cm-content').waitFor();
    await faultless();
    await page.getByRole('tab', { name: 'Steer' }).click();
    await page.getByRole('button', { name: 'Merge island 1 into another' }).click();
    await faultless();
  });
});
