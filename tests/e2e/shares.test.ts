/** Shares in the built page, over a real relay: made in one browser and opened in another, sealed, readable, deleted, and wrong. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readInline } from '../../web/share/link.ts';
import { chromiumFlags, findChromium } from '../chromium.ts';
import { startRelay, type RelayProcess } from '../relay/relay-process.ts';
import { faultsOf } from './faults.ts';
import { site } from './model-relay.ts';

const NOTE = 'Look at how the corners fill first';

let browser: Browser;
let relay: RelayProcess;
let folder: string;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  // Plain JavaScript without types, shared with the start scripts.
  const path = '../../scripts/setup/site.mjs';
  const { ensureSite } = (await import(path)) as { ensureSite(node: string): Promise<number> };
  expect(await ensureSite(process.execPath)).toBe(0);
  folder = mkdtempSync(join(tmpdir(), 'genesis-shares-'));
  relay = await startRelay({ args: ['--port', '0', '--store', join(folder, 'store.sqlite'), '--site', site] });
  browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...chromiumFlags] });
});

afterAll(async () => {
  await browser?.close();
  await relay?.end('SIGTERM').catch(() => {});
  if (folder) rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

const status = (page: Page) => page.getByRole('status', { name: 'Run status' });
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Share' });
const card = (page: Page) => page.getByRole('region', { name: 'Shared with you' });

/** A browser nobody has used, in which no run starts by itself. */
async function open(fragment = ''): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(`${relay.url}/${fragment}`);
  if (fragment === '' || fragment.startsWith('#ex='))
    await status(page)
      .filter({ hasText: /^Ready/ })
      .waitFor();
  return page;
}

async function openDialog(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog(page).getByRole('button', { name: 'Make a short link' }).waitFor();
}

/** Some results, and a rest. */
async function evolve(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForFunction(() => performance.getEntriesByName('genesis:first-improvement').length > 0, null, {
    timeout: 30_000,
  });
  await expect.poll(() => unpictured(page), { timeout: 30_000 }).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  return runs(page).then(([run]) => run?.evaluations ?? 0);
}

async function choose(page: Page, program: number): Promise<void> {
  const grid = page.getByRole('grid', { name: 'Programs' });
  await grid.focus();
  await page.keyboard.press('End');
  for (let row = 0; row <= program; row++) {
    if ((await page.getByRole('region', { name: `Program ${program}`, exact: true }).count()) > 0) return;
    await page.keyboard.press('ArrowUp');
  }
  await page.getByRole('region', { name: `Program ${program}`, exact: true }).waitFor();
}

/** A program with a score that the log has no picture of, as it never was the best. */
function unpictured(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const request = indexedDB.open('genesis');
    const db = await new Promise<IDBDatabase>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const all = db.transaction('events').objectStore('events').getAll();
    const chunks = await new Promise<{ text: string }[]>(
      (resolve) => (all.onsuccess = () => resolve(all.result as { text: string }[])),
    );
    db.close();
    const found = chunks
      .flatMap(({ text }) => text.trim().split('\n'))
      .filter((line) => !line.includes('"picture"'))
      .map((line) => JSON.parse(line) as { type: string; job: number; status: string })
      .find(({ type, status }) => type === 'evaluated' && status === 'correct');
    return found?.job ?? -1;
  });
}

/** What this browser keeps of runs. */
function runs(page: Page): Promise<{ evaluations: number; programs: number; value: number; events: number }[]> {
  return page.evaluate(async () => {
    // Opening a database that is not there would make it, in no shape the page knows.
    if (!(await indexedDB.databases()).some(({ name }) => name === 'genesis')) return [];
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('genesis');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('no database'));
    });
    const found = await new Promise<{ evaluations: number; programs: number; value: number; events: number }[]>(
      (resolve) => {
        const request = db.transaction('runs').objectStore('runs').getAll();
        request.onsuccess = () => resolve(request.result);
      },
    );
    db.close();
    return found;
  });
}

async function makeLink(page: Page): Promise<string> {
  await dialog(page).getByRole('button', { name: 'Make a short link' }).click();
  const field = dialog(page).getByRole('textbox', { name: 'Short link', exact: true });
  await field.waitFor();
  return field.inputValue();
}

const fragmentOf = (link: string): string => link.slice(link.indexOf('#'));

/** Every byte the relay has on its disk. */
function stored(): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('\n');
}

describe('a shared run', () => {
  it('goes sealed through the relay to another browser, and is shown there, paused', async () => {
    const page = await open();
    await evolve(page);
    await openDialog(page);
    await dialog(page)
      .getByRole('radio', { name: /^This run/ })
      .check();
    await dialog(page)
      .getByLabel(/^A note/)
      .fill(NOTE);
    expect(
      await dialog(page)
        .getByRole('radio', { name: /^Sealed/ })
        .isChecked(),
    ).toBe(true);
    const link = await makeLink(page);
    expect(link).toMatch(/\/#s=[\w-]{43}\.[\w-]{43}$/);
    const kept = stored();
    for (const word of [NOTE, 'growth', 'circle', 'run-started']) expect(kept.includes(word), word).toBe(false);
    expect(kept.includes(link.slice(-43)), 'the key').toBe(false);
    const [mine] = await runs(page);

    const other = await open(fragmentOf(link));
    await card(other).getByText(NOTE).waitFor();
    await card(other).getByText('asks none').waitFor();
    expect(await runs(other)).toEqual([]);
    await card(other).getByRole('button', { name: 'Open', exact: true }).click();
    await card(other).waitFor({ state: 'detached' });
    await other.getByRole('button', { name: 'Play', exact: true }).waitFor();
    const [theirs] = await runs(other);
    expect(theirs).toMatchObject({ evaluations: mine?.evaluations, programs: mine?.programs, value: mine?.value });
    // A look at a program is no leave to run it: pictures that the log has none of are not made before somebody lets it go on.
    const chosen = await unpictured(page);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await choose(page, chosen);
    await page.getByRole('img', { name: /circles/ }).waitFor();
    await choose(other, chosen);
    await other.waitForTimeout(1_000);
    await other.getByRole('img', { name: new RegExp(`^Program ${chosen}: `) }).waitFor();
    // It goes on there.
    await other.getByRole('button', { name: 'Step', exact: true }).click();
    await expect
      .poll(async () => (await runs(other))[0]?.programs, { timeout: 15_000 })
      .toBe((mine?.programs ?? 0) + 1);
    await choose(other, 0);
    await choose(other, chosen);
    await other.getByRole('img', { name: /circles/ }).waitFor();
  });

  it('that its owner has deleted is gone, and the page says so and goes on', async () => {
    const page = await open();
    await openDialog(page);
    const link = await makeLink(page);
    // Another tab of the same browser is the same owner.
    const second = await page.context().newPage();
    await second.goto(relay.url);
    await openDialog(second);
    await dialog(second)
      .getByRole('region', { name: 'Your shares' })
      .getByRole('button', { name: /^Delete/ })
      .first()
      .waitFor();
    await second.close();
    await dialog(page)
      .getByRole('region', { name: 'Your shares' })
      .getByRole('button', { name: /^Delete/ })
      .first()
      .click();
    await dialog(page).getByRole('textbox', { name: 'Short link', exact: true }).waitFor({ state: 'detached' });
    const other = await open(fragmentOf(link));
    await card(other).getByText('There is no such share; its owner may have deleted it.').waitFor();
    await card(other).getByRole('button', { name: 'Show the examples' }).click();
    await status(other)
      .filter({ hasText: /^Ready/ })
      .waitFor();
    expect(await card(other).count()).toBe(0);
  });

  it('does not open with a wrong key, without one, or with a cut link', async () => {
    const page = await open();
    await openDialog(page);
    const fragment = fragmentOf(await makeLink(page));
    const turned = fragment.at(-5) === 'A' ? 'B' : 'A';
    const wrong = `${fragment.slice(0, -5)}${turned}${fragment.slice(-4)}`;
    const other = await open(wrong);
    await card(other).getByText('The key in this link does not open the share.').waitFor();
    // Another link in the same tab.
    const follow = (hash: string): Promise<void> => other.evaluate((to) => void (location.hash = to), hash);
    await follow(fragment.split('.')[0] as string);
    await card(other).getByText('a sealed share needs the whole link').waitFor();
    await follow(fragment.slice(0, -10));
    await card(other).getByText('Some programs cut long links').waitFor();
    await follow('#x=9.abc');
    await card(other).getByText('made by a newer version').waitFor();
    await follow(fragment);
    await card(other).getByRole('button', { name: 'Open', exact: true }).waitFor();
  });
});

describe('a shared experiment', () => {
  it('travels in the link alone, starts by no one but a person, and is one of their own', async () => {
    const page = await open();
    const asked: string[] = [];
    await openDialog(page);
    await dialog(page)
      .getByLabel(/^A note/)
      .fill(NOTE);
    const field = dialog(page).getByRole('textbox', { name: 'Link that holds everything', exact: true });
    await field.waitFor();
    const packed = async (): Promise<string> => {
      const found = await readInline((await field.inputValue()).split('#x=1.')[1] ?? '');
      return found.type === 'ok' ? found.content.note : '';
    };
    await expect.poll(packed).toBe(NOTE);
    const link = await field.inputValue();
    expect(link.length).toBeLessThanOrEqual(12_100);

    const other = await open();
    other.on('request', (request) => asked.push(request.url()));
    await other.goto(`${relay.url}/?again${fragmentOf(link)}`);
    await card(other).getByText(NOTE).waitFor();
    await card(other).getByText('JavaScript, run in an isolated frame').waitFor();
    await card(other).getByRole('button', { name: 'Open', exact: true }).click();
    await other.getByRole('combobox', { name: 'Example' }).locator('optgroup').waitFor({ state: 'attached' });
    await status(other)
      .filter({ hasText: /^Ready/ })
      .waitFor();
    expect(await runs(other)).toEqual([]);
    expect(asked.filter((url) => url.includes('/shares'))).toEqual([]);
    await other.getByRole('button', { name: 'Run', exact: true }).click();
    await other.waitForFunction(() => performance.getEntriesByName('genesis:first-improvement').length > 0);
  });
});

describe('an example', () => {
  it('is named by a link with the seed of its run, until something of it is changed', async () => {
    const page = await open('#ex=bin-packing&seed=7');
    expect(await page.getByRole('spinbutton', { name: 'Seed' }).inputValue()).toBe('7');
    await openDialog(page);
    const field = dialog(page).getByRole('textbox', { name: 'Link of this example', exact: true });
    expect(await field.inputValue()).toBe(`${relay.url}/#ex=bin-packing&seed=7`);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    // Another one, in the same page.
    await page.evaluate(() => (location.hash = '#ex=circle-packing&seed=11'));
    await page.getByRole('heading', { name: 'Circle packing' }).waitFor();
    expect(await page.getByRole('spinbutton', { name: 'Seed' }).inputValue()).toBe('11');
    await page.getByRole('tab', { name: 'Experiment' }).click();
    await page.getByRole('button', { name: 'experiment.json' }).click();
    await page.getByRole('textbox', { name: 'experiment.json' }).press('End');
    await page.keyboard.type(' ');
    await openDialog(page);
    await dialog(page).getByRole('region', { name: 'Link that holds everything' }).getByRole('textbox').waitFor();
    expect(await field.count()).toBe(0);
    const wrong = await open('#ex=no-such&seed=1');
    await wrong.getByText('There is no example “no-such” here.').waitFor();
  });
});

describe('a file', () => {
  it('takes a run from one browser to another', async () => {
    const page = await open();
    await evolve(page);
    await openDialog(page);
    await dialog(page)
      .getByRole('radio', { name: /^This run/ })
      .check();
    const waiting = page.waitForEvent('download');
    await dialog(page).getByRole('button', { name: 'Export as a file' }).click();
    const saved = await waiting;
    expect(saved.suggestedFilename()).toMatch(/\.jsonl$/);
    const path = join(folder, 'run.jsonl');
    await saved.saveAs(path);
    const [mine] = await runs(page);

    const other = await open();
    await other.getByRole('tab', { name: 'Runs' }).click();
    const input = other.getByLabel('Import a file');
    await input.setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"v":9}') });
    await other.getByRole('alert').filter({ hasText: 'newer version' }).waitFor();
    await input.setInputFiles(path);
    await other.getByRole('button', { name: 'Play', exact: true }).waitFor();
    const [theirs] = await runs(other);
    expect(theirs).toMatchObject({ programs: mine?.programs, value: mine?.value, events: mine?.events });
    // A second time it is the one that is there.
    await other.getByRole('tab', { name: 'Runs' }).click();
    await input.setInputFiles(path);
    await other.getByRole('tab', { name: 'Programs', selected: true }).waitFor();
    expect(await runs(other)).toHaveLength(1);
    // One that no line of can be copied is refused, and leaves nothing behind.
    await other.getByRole('tab', { name: 'Runs' }).click();
    const [header, start] = readFileSync(path, 'utf8').split('\n');
    const deep = `${header}\n${start?.replace(/}$/, `,"x":${'['.repeat(6_000)}${']'.repeat(6_000)}}`)}\n`;
    await input.setInputFiles({ name: 'deep.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(deep) });
    await other.getByRole('alert').filter({ hasText: 'line 2, nested more than 500 levels deep' }).waitFor();
    expect(await runs(other)).toHaveLength(1);
    await other.reload();
    await other.getByRole('tab', { name: 'Runs' }).click();
    const text = readFileSync(path, 'utf8');
    const cut = await other.evaluateHandle(
      (half) => {
        const data = new DataTransfer();
        data.items.add(new File([half], 'cut.jsonl'));
        return data;
      },
      text.slice(0, -20),
    );
    await other.getByRole('tabpanel').dispatchEvent('drop', { dataTransfer: cut });
    await other.getByText(/was cut off; what is before it is whole/).waitFor();
    expect(await runs(other)).toHaveLength(2);
  });
});

describe('the dialog and the card', () => {
  it('have no fault that axe finds, light and dark, also on a narrow page', async () => {
    const page = await open();
    await openDialog(page);
    const link = await makeLink(page);
    const other = await open(fragmentOf(link));
    await card(other).getByRole('button', { name: 'Open', exact: true }).waitFor();
    for (const [each, place] of [
      [page, 'dialog'],
      [other, 'section.card'],
    ] as const) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await each.emulateMedia({ colorScheme });
        for (const width of [1280, 390]) {
          await each.setViewportSize({ width, height: 900 });
          expect(await faultsOf(each, { within: place })).toEqual([]);
          const beyond = await each.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(beyond).toBeLessThanOrEqual(0);
          const shots = process.env['SHOTS'];
          if (shots) await each.screenshot({ path: `${shots}/${place.replace('.', '-')}-${colorScheme}-${width}.png` });
        }
      }
    }
  });
});
