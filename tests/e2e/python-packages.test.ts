/** In the built page, under a relay's content policy: Python with packages runs, and says why not where a package can't be had. */
import { describe, expect, it } from 'vitest';
import { builtPage, improved } from './open-page.ts';

const site = builtPage();

describe('Python with packages', () => {
  it('evolves after a person has agreed, and tells what to do where packages are switched off', async () => {
    const page = await site.open({ reducedMotion: 'reduce' });
    await page.getByRole('status', { name: 'Run status' }).filter({ hasText: 'Ready' }).waitFor();
    await page.getByRole('tab', { name: 'Experiment' }).click();
    await page.getByRole('button', { name: 'New experiment' }).click();
    await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'Python' });
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Curve in Python' }).waitFor();
    await page.getByRole('button', { name: 'experiment.json' }).click();
    const manifest = page.getByRole('textbox', { name: 'experiment.json' });
    await manifest.press('Control+Home');
    await manifest.press('ArrowRight');
    await page.keyboard.insertText('"sandbox": "pyodide", ');
    const fetched: string[] = [];
    page.on('request', (request) => /pyodide/.test(request.url()) && fetched.push(request.url()));
    await page.getByRole('button', { name: 'Run this' }).click();
    const card = page.getByRole('region', { name: 'Download needed' });
    await card.getByText(/Python with packages \([\d.]+\sMB\)/).waitFor();
    expect(fetched).toEqual([]);
    await card.getByRole('button', { name: /^Download [\d.]+\sMB and run$/ }).click();
    await improved(page, 90_000);
    expect(fetched.filter((url) => url.endsWith('.wasm'))).toHaveLength(1);
    const seed = page.getByRole('button', { name: 'seed.py' });
    await seed.click();
    await page.getByRole('textbox', { name: 'seed.py' }).press('Control+Home');
    await page.keyboard.insertText('import numpy\n');
    await page.getByRole('button', { name: 'Run this' }).click();
    await page
      .getByText(/numpy 2\.4\.6: packages are switched off here.*GENESIS_PYTHON_PACKAGES=1/)
      .first()
      .waitFor();
  });
});
