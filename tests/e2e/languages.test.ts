/** In the built page a person writes programs in other languages: they are asked before megabytes come, and the programs improve. */
import type { BrowserContextOptions, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { faultsOf } from './faults.ts';
import { builtPage, improved } from './open-page.ts';

const site = builtPage();

/** Still at first, so that nothing competes with what is under test. */
async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await site.open({ reducedMotion: 'reduce', ...options });
  await page.getByRole('status', { name: 'Run status' }).filter({ hasText: 'Ready' }).waitFor();
  return page;
}

async function begin(page: Page, language: string): Promise<void> {
  await page.getByRole('tab', { name: 'Experiment' }).click();
  await page.getByRole('button', { name: 'New experiment' }).click();
  await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: language });
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: `Curve in ${language}` }).waitFor();
}

async function large(page: Page): Promise<string[]> {
  const names = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  return names.filter((name) => /python|clang|llvm|emscripten/.test(name));
}

describe('languages in the page', () => {
  it('evolve a Python program, after a person has agreed to its download', async () => {
    const page = await open();
    await begin(page, 'Python');
    const asset: string[] = [];
    page.on('request', (request) => /\/python-3.*\.wasm/.test(request.url()) && asset.push(request.url()));
    await page.getByRole('button', { name: 'Run this' }).click();
    const card = page.getByRole('region', { name: 'Download needed' });
    await card.getByText(/Python \([\d.]+\sMB\)/).waitFor();
    expect(asset).toEqual([]);
    await card.getByRole('button', { name: /^Download [\d.]+\sMB and run$/ }).click();
    await improved(page, 60_000);
    expect(asset).toHaveLength(1);
    // A second run is not asked about.
    await page.getByRole('button', { name: 'Run this' }).click();
    await page.getByRole('status', { name: 'Run status' }).filter({ hasText: 'Running' }).waitFor();
    expect(await card.count()).toBe(0);
  });

  it('evolve WebAssembly text and AssemblyScript without asking', async () => {
    for (const language of ['WebAssembly text', 'AssemblyScript']) {
      const page = await open();
      await begin(page, language);
      await page.getByRole('button', { name: 'Run this' }).click();
      await improved(page, 60_000);
      expect((await large(page)).filter((name) => !name.includes('emscripten'))).toEqual([]);
    }
  });

  it('ask for the C++ compiler where a stored experiment is opened by its link, and fetch nothing', async () => {
    const page = await open();
    await begin(page, 'C++');
    await page.evaluate(() => {
      sessionStorage.clear();
      localStorage.removeItem('genesis:last-run');
    });
    const link = page.url();
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('button', { name: /^Download \d+\sMB and run$/ }).waitFor();
    await page.getByRole('status', { name: 'Run status' }).filter({ hasText: 'Ready' }).waitFor();
    expect(await large(page)).toEqual([]);
  });

  it('say at its line what a compiler finds', async () => {
    const page = await open();
    await begin(page, 'WebAssembly text');
    const text = '(module\n  (func (export "curve") (param f64) (result f64)\n    (f64.no (local.get 0))))\n';
    await page.getByRole('textbox', { name: 'seed.wat' }).fill(text);
    await page.getByRole('button', { name: 'Run this' }).click();
    const place = page.getByRole('button', { name: 'seed.wat, line 3' });
    await place.waitFor();
    await page.locator('.cm-finding').waitFor();
    await place.click();
    expect(await page.locator('.cm-activeLine').textContent()).toContain('f64.no');
  });

  it('take several files into one program, and give them other names', async () => {
    const page = await open();
    await begin(page, 'JavaScript');
    await page.getByRole('button', { name: 'Add file' }).click();
    await page.getByRole('textbox', { name: 'Name of the new file' }).fill('more.js');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('textbox', { name: 'more.js' }).fill('export const two = 2;\n');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'New name of more.js' }).fill('seed.js');
    await page.getByText('There is a file seed.js already.').waitFor();
    await page.getByRole('textbox', { name: 'New name of more.js' }).fill('two.js');
    await page.keyboard.press('Enter');
    await page.reload();
    await page.getByRole('tab', { name: 'Experiment' }).click();
    await page.getByRole('button', { name: 'two.js' }).click();
    await page.getByRole('textbox', { name: 'two.js' }).filter({ hasText: 'two = 2' }).waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    expect(await page.getByRole('button', { name: 'two.js' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Run this' }).click();
    await improved(page, 60_000);
  });
});

describe('what runs here', () => {
  it('is a table by language, with a reason and a remedy for what is missing', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Languages' }).click();
    const dialog = page.getByRole('dialog', { name: 'What runs here' });
    await dialog
      .getByRole('row', { name: /^JavaScript .*Ready/ })
      .first()
      .waitFor();
    expect(await dialog.getByRole('row', { name: /^C\+\+.*After 27\sMB/ }).count()).toBe(1);
    expect(await dialog.getByRole('row', { name: /^Rust.*Not here/ }).count()).toBe(1);
    await dialog.getByText(/no relay here that could run the Rust compiler/).waitFor();
    await dialog.getByText(/GENESIS_NODE_PROJECTS=1/).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  it('has no fault that axe finds, light and dark, also on a narrow page', async () => {
    const page = await open({ colorScheme: 'light', viewport: { width: 360, height: 740 } });
    const faultless = async (): Promise<void> => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await faultsOf(page)).toEqual([]);
      }
    };
    await page.getByRole('button', { name: 'Help and keys' }).click();
    await page.getByRole('button', { name: 'See what runs here' }).click();
    await page.getByText('This browser').waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await faultless();
    await page.getByRole('button', { name: 'Close' }).click();
    await begin(page, 'C++');
    await page.getByRole('button', { name: 'Run this' }).click();
    await page.getByRole('region', { name: 'Download needed' }).waitFor();
    await page.getByRole('button', { name: 'Add file' }).click();
    await faultless();
  });
});
