/** A person as the model, in the built page: without a relay, a key or a network. */
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { faultsOf } from './faults.ts';
import { builtPage } from './open-page.ts';

const built = builtPage();

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Models' });
const card = (page: Page) => page.getByRole('region', { name: 'You are the model' });

/** The page at rest, with a person as the only one who may propose. */
async function asked(): Promise<Page> {
  const page = await built.open({ reducedMotion: 'reduce' });
  await page
    .getByRole('status', { name: 'Run status' })
    .filter({ hasText: /^Ready/ })
    .waitFor();
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  await dialog(page).getByRole('checkbox', { name: /^You/ }).check();
  await dialog(page).getByRole('radio', { name: 'All' }).check();
  await dialog(page).getByRole('button', { name: 'Use in this run' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await card(page).waitFor();
  return page;
}

describe('a person as the model', () => {
  it('changes the program by hand, and sees what becomes of it', async () => {
    const page = await asked();
    const editor = card(page).getByRole('textbox', { name: /, to be changed$/ });
    await card(page).getByRole('button', { name: 'Send' }).click();
    await card(page).getByRole('alert').filter({ hasText: 'Change something' }).waitFor();
    // Line 5 is `let growth = 0.008;`.
    for (const key of ['Control+Home', ...Array<string>(4).fill('ArrowDown'), 'End', 'ArrowLeft'])
      await editor.press(key);
    await page.keyboard.type('1');
    await editor.getByText('0.0081').waitFor();
    await card(page)
      .getByLabel(/^What you changed/)
      .fill('A little more');
    await card(page)
      .getByLabel(/^What you changed/)
      .press('Control+Enter');
    await card(page)
      .getByText(/Your program \d+ is in\./)
      .waitFor();
    await page
      .getByRole('grid', { name: 'Programs' })
      .getByText(/^(diff|rewrite|cross)$/)
      .first()
      .waitFor();
  });

  it('types a reply, is told what was wrong with it, and skips', async () => {
    const page = await asked();
    await card(page).getByRole('radio', { name: 'Type the reply' }).check();
    await card(page).getByRole('textbox', { name: 'Reply' }).fill('I do not know.');
    await card(page).getByRole('button', { name: 'Send' }).click();
    await card(page).getByText('Your last reply could not be used').waitFor();
    await card(page)
      .getByText(/neither a DIFF part/)
      .first()
      .waitFor();
    await card(page)
      .getByText(/^The prompt, \d+ words$/)
      .click();
    await card(page)
      .getByRole('region', { name: /^Prompt, part 1/ })
      .waitFor();
    await card(page).getByRole('button', { name: 'Skip this one' }).click();
    await card(page).getByText('Your last reply could not be used').waitFor({ state: 'detached' });
  });

  it('has no fault that axe finds, light and dark, also on a narrow page', async () => {
    const page = await asked();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await faultsOf(page, { within: 'section.card' })).toEqual([]);
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(beyond).toBeLessThanOrEqual(0);
      }
    }
  });
});
