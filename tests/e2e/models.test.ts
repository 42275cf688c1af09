/** Models in the built page: from a code or an endpoint of one's own into a run, to the end of a budget and beyond, and through a relay's fall. */
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumFlags, findChromium } from '../chromium.ts';
import { STAND_IN_KEY } from '../relay/llm/stand-in.ts';
import { faultsOf } from './faults.ts';
import { FOUND, letPagesAsk, startModelRelay, type ModelRelay } from './model-relay.ts';

let browser: Browser;
let context: BrowserContext | undefined;
let relay: ModelRelay;

beforeAll(async () => {
  // Plain JavaScript without types, shared with the start scripts.
  const path = '../../scripts/setup/site.mjs';
  const { ensureSite } = (await import(path)) as { ensureSite(node: string): Promise<number> };
  expect(await ensureSite(process.execPath)).toBe(0);
  relay = await startModelRelay(false);
  browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...chromiumFlags] });
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

afterEach(() => context?.close());

async function open(options: BrowserContextOptions = {}, at = relay.url): Promise<Page> {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await page.goto(at);
  await status(page)
    .filter({ hasText: /^Ready/ })
    .waitFor();
  return page;
}

const status = (page: Page) => page.getByRole('status', { name: 'Run status' });
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Models' });
const line = (page: Page) => page.getByRole('button', { name: /^Models: / });
const spentIn = (text: string): number => Number(/\$([\d.]+) of/.exec(text)?.[1] ?? '0');

async function openDialog(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  await dialog(page)
    .getByText(/^(Four ways to a model|Connect more)$/)
    .waitFor();
}

async function join(page: Page, code = relay.code): Promise<void> {
  await dialog(page).getByLabel('Code', { exact: true }).fill(code);
  await dialog(page).getByLabel('Your name').fill('Ada');
  await dialog(page).getByRole('button', { name: 'Join' }).click();
}

/** Ticks the stand-in and puts it into the run. */
async function use(page: Page, budget: string | null, part: 'Half' | 'All' = 'All'): Promise<void> {
  await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).check();
  const parts = dialog(page).getByRole('radiogroup', { name: 'Proposals from models' });
  await parts.getByRole('radio', { name: part }).check();
  if (budget !== null)
    await dialog(page)
      .getByLabel(/^Budget/)
      .fill(budget);
  await dialog(page).getByRole('button', { name: 'Use in this run' }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

/** All that the browser keeps in its databases, as text. */
function databases(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const all: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name ?? '');
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of db.objectStoreNames) {
        const rows = await new Promise<unknown[]>((resolve, reject) => {
          const request = db.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
        for (const row of rows) {
          all.push(row);
          for (const value of Object.values(row as object)) if (value instanceof Blob) all.push(await value.text());
          for (const value of Object.values(row as object)) {
            if (value instanceof Uint8Array) all.push(new TextDecoder().decode(value));
          }
        }
      }
      db.close();
    }
    return JSON.stringify(all);
  });
}

/** In the page: keeps each sum that the line of models shows, in the order they are shown. */
function noteSums(): void {
  const sums: number[] = [];
  Object.assign(globalThis, { sums });
  const look = (): void => {
    for (const button of document.querySelectorAll('button')) {
      const found = /^Models: \$([\d.]+) of /.exec(button.textContent?.trim() ?? '');
      if (found && sums.at(-1) !== Number(found[1])) sums.push(Number(found[1]));
    }
    requestAnimationFrame(look);
  };
  look();
}

describe('models through a relay', () => {
  it('join by a code, evolve, stop at the budget and go on when it is raised; no secret is left behind', async () => {
    const page = await open();
    await openDialog(page);
    await join(page, 'AAAA-BBBB-CCCC');
    await dialog(page).getByRole('alert').filter({ hasText: 'There is no such code.' }).waitFor();
    await join(page);
    await dialog(page).getByText('you joined as Ada').waitFor();
    await dialog(page).getByText('You have $0.50 of $0.50 left.').waitFor();
    await dialog(page)
      .getByRole('row', { name: /stand-in-large To stand-in, through this page’s relay \$1 in, \$4 out/ })
      .waitFor();
    expect(relay.standIn.seen.filter(({ path }) => path === '/chat/completions')).toHaveLength(0);
    await page.evaluate(noteSums);
    await use(page, '0.05');

    // The run has begun, and models make its programs.
    await page
      .getByRole('grid', { name: 'Programs' })
      .getByText(/^(diff|rewrite|cross)$/)
      .first()
      .waitFor();
    // A clear stop.
    const banner = page.getByRole('alert').filter({ hasText: /^Finished: the budget of \$0\.05 for models is spent/ });
    await banner.waitFor();
    await status(page)
      .filter({ hasText: /^Finished: the budget of dollars is spent/ })
      .waitFor();
    const spent = spentIn((await line(page).textContent()) ?? '');
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(0.05);
    // It was seen to rise.
    const sums = await page.evaluate(() => (globalThis as unknown as { sums: number[] }).sums);
    expect(sums.length).toBeGreaterThan(1);
    expect(sums).toEqual(sums.toSorted((a, b) => a - b));
    const calls = relay.standIn.answered;

    // Going on is not raising: it shows where the sum is named.
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await dialog(page)
      .getByLabel(/^Budget/)
      .waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    expect(relay.standIn.answered).toBe(calls);

    await banner.getByRole('button', { name: 'Raise to $0.10' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: /^Finished: the budget of \$0\.10/ })
      .waitFor();
    const more = spentIn((await line(page).textContent()) ?? '');
    expect(more).toBeGreaterThan(spent);
    expect(more).toBeLessThanOrEqual(0.1);
    expect(relay.standIn.answered).toBeGreaterThan(calls);

    // What it has cost stands under Steer.
    await line(page).click();
    const table = page.getByRole('table', { name: 'What models have cost' });
    await table.getByRole('row', { name: /stand-in-large Proposals/ }).waitFor();
    await page.getByText(/This page’s relay: You have \$0\.4\d+ of \$0\.50 left/).waitFor();

    // No secret is where a page, a log or a share could give it away.
    const token = await page.evaluate(() => {
      const key = Object.keys(localStorage).find((each) => each.startsWith('genesis:relay '));
      return key === undefined ? null : localStorage.getItem(key);
    });
    expect(token).toMatch(/^genesis_/);
    await page.getByRole('tab', { name: 'Runs' }).click();
    const download = page.waitForEvent('download');
    await page
      .getByRole('button', { name: /^Export Circle packing/ })
      .first()
      .click();
    const stream = await (await download).createReadStream();
    let log = '';
    for await (const chunk of stream) log += String(chunk);
    expect(log).toContain('stand-in-large');
    const kept = await databases(page);
    // What is looked through is the text of the run, not something packed.
    expect(kept).toContain('stand-in-large');
    for (const secret of [STAND_IN_KEY, token as string]) {
      for (const place of [await page.content(), kept, log]) expect(place.includes(secret)).toBe(false);
    }
    expect(await page.content()).not.toContain(relay.code);
  });

  it('waits after a reload, and asks nobody until a person says so', async () => {
    const page = await open();
    await openDialog(page);
    await join(page);
    await use(page, '0.30');
    await page
      .getByRole('grid', { name: 'Programs' })
      .getByText(/^(diff|rewrite|cross)$/)
      .first()
      .waitFor();
    await page.reload();
    const banner = page.getByRole('alert').filter({ hasText: 'This run has models in it: stand-in-large.' });
    await banner.waitFor();
    const before = relay.standIn.seen.length;
    await page.waitForTimeout(1_500);
    expect(relay.standIn.seen.length).toBe(before);
    await banner.getByRole('button', { name: 'Connect models' }).click();
    await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).waitFor();
    expect(await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).isChecked()).toBe(true);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await banner.getByRole('button', { name: 'Ask them, up to $0.30 in all' }).click();
    await banner.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Play' }).click();
    await expect.poll(() => relay.standIn.seen.length, { timeout: 15_000 }).toBeGreaterThan(before);
  });

  it('goes on without models when their budget is spent, and a new run waits for a word', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await status(page)
      .filter({ hasText: /^Running/ })
      .waitFor();
    await openDialog(page);
    await join(page);
    await use(page, '0.02', 'Half');
    const banner = page
      .getByRole('alert')
      .filter({ hasText: /^The budget of \$0\.02 for models is spent: .*The search goes on without them\./ });
    await banner.waitFor();
    await status(page)
      .filter({ hasText: /^Running/ })
      .waitFor();
    await page.getByRole('tab', { name: 'Steer' }).click();
    await page.getByRole('button', { name: 'Change models' }).click();
    await dialog(page).getByRole('button', { name: 'Take models out of this run' }).click();
    await banner.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Choose models' }).click();
    await use(page, '0.06', 'Half');
    const asked = async (): Promise<number> => {
      await page.waitForTimeout(1_000);
      return relay.standIn.answered;
    };
    await page.getByRole('button', { name: 'Reset' }).click();
    const gate = page.getByRole('alert').filter({ hasText: 'This run has models in it: stand-in-large.' });
    await gate.waitFor();
    const before = await asked();
    expect(await asked()).toBe(before);
    await gate.getByRole('button', { name: 'Go on without' }).click();
    await gate.waitFor({ state: 'detached' });
    await status(page)
      .filter({ hasText: /^Running/ })
      .waitFor();
    expect(await asked()).toBe(before);
  });

  it('has vectors made and programs judged through it, where the dialog is told to', async () => {
    const page = await open();
    await openDialog(page);
    await join(page);
    await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).waitFor();
    await dialog(page).getByText('Vectors and judges', { exact: true }).click();
    const option = (select: string, name: RegExp) =>
      dialog(page).getByLabel(select).locator('option', { hasText: name });
    const choose = async (select: string, name: RegExp): Promise<void> => {
      const value = await option(select, name).getAttribute('value');
      await dialog(page).getByLabel(select).selectOption(value);
    };
    await choose('Turn away what is too like others', /^stand-in-vectors/);
    await choose('Judge every correct program', /^stand-in-large/);
    await dialog(page).getByLabel('What it is to look for').fill('');
    await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).check();
    await dialog(page)
      .getByLabel(/^Budget/)
      .fill('0.40');
    await dialog(page).getByRole('button', { name: 'Use in this run' }).click();
    await dialog(page).getByRole('alert').filter({ hasText: 'Say what the judge is to look for.' }).waitFor();
    await dialog(page).getByLabel('What it is to look for').fill('Is it short?');
    expect(await faultsOf(page, { within: 'dialog[open]' })).toEqual([]);
    await use(page, '0.40', 'Half');
    const embeddings = () => relay.standIn.seen.filter(({ path }) => path === '/embeddings').length;
    await expect.poll(embeddings, { timeout: 30_000 }).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await line(page).click();
    const table = page.getByRole('table', { name: 'What models have cost' });
    await table.getByRole('row', { name: /stand-in-vectors Comparing/ }).waitFor();
    await table.getByRole('row', { name: /stand-in-large Judging scores/ }).waitFor();
    const judged = relay.standIn.seen.filter(({ body }) => JSON.stringify(body).includes('You judge one program'));
    expect(judged.length).toBeGreaterThan(0);
    expect(JSON.stringify(judged[0]?.body)).toContain('Is it short?');
  });

  it('finds its way back to a relay that was killed and started again', async () => {
    const page = await open();
    await openDialog(page);
    await join(page);
    await use(page, '0.45');
    await page
      .getByRole('grid', { name: 'Programs' })
      .getByText(/^(diff|rewrite|cross)$/)
      .first()
      .waitFor();
    await relay.kill();
    const news = page.getByRole('status', { name: 'Relay' });
    await news.filter({ hasText: /can’t be reached\. Trying again\.$/ }).waitFor();
    const before = relay.standIn.answered;
    await relay.again();
    await news.filter({ hasText: /is back\.$/ }).waitFor({ timeout: 60_000 });
    await expect.poll(() => relay.standIn.answered, { timeout: 30_000 }).toBeGreaterThan(before);
  });
});

describe('a stored run', () => {
  it('is run again with the replies its models gave, and none is asked', async () => {
    const page = await open();
    await openDialog(page);
    await join(page);
    await use(page, '0.05');
    await page
      .getByRole('alert')
      .filter({ hasText: /^Finished: the budget of \$0\.05/ })
      .waitFor();
    // The oldest two rows: the seed and what the first reply made of it.
    const oldest = async (): Promise<string[]> => {
      await page.getByRole('grid', { name: 'Programs' }).focus();
      await page.keyboard.press('End');
      return (await page.locator('.row').allTextContents()).slice(-2).map((text) => text.replace('best', '').trim());
    };
    const before = await oldest();
    expect(before[0]).toMatch(/^1 +(diff|rewrite|cross)/);
    const asked = relay.standIn.answered;
    await openDialog(page);
    await dialog(page).getByText('Without any key', { exact: true }).click();
    await dialog(page)
      .getByRole('option', { name: /seed 1$/ })
      .first()
      .waitFor({ state: 'attached' });
    await dialog(page).getByRole('button', { name: 'Run it again' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await status(page)
      .filter({ hasText: /^Finished: the budget of model calls is spent/ })
      .waitFor();
    expect(await oldest()).toEqual(before);
    expect(await line(page).textContent()).toMatch(/^Models: \$0 of \$0\.05/);
    expect(relay.standIn.answered).toBe(asked);
  });
});

describe('an endpoint of one’s own', () => {
  it('is asked by the page itself, and its key stays in memory', async () => {
    const provider = await letPagesAsk(relay.standIn);
    try {
      const page = await open();
      await openDialog(page);
      await dialog(page).getByText('On this computer', { exact: true }).click();
      await dialog(page).getByLabel('Program', { exact: true }).selectOption('Another address');
      await dialog(page).getByLabel('Address', { exact: true }).fill(`${provider.url}/v1`);
      await dialog(page).getByLabel('Key, where it wants one').fill(STAND_IN_KEY);
      await dialog(page).getByRole('button', { name: 'Connect' }).click();
      await dialog(page)
        .getByText(/Stays on this computer/)
        .first()
        .waitFor();
      await use(page, null);
      await page
        .getByRole('grid', { name: 'Programs' })
        .getByText(/^(diff|rewrite|cross)$/)
        .first()
        .waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      for (const place of [await page.content(), await databases(page)])
        expect(place.includes(STAND_IN_KEY)).toBe(false);
      expect(
        await page.evaluate(
          (key) => JSON.stringify({ ...localStorage, ...sessionStorage }).includes(key),
          STAND_IN_KEY,
        ),
      ).toBe(false);
    } finally {
      await provider.close();
    }
  });

  it('has its key kept under a passphrase where a person wants it', async () => {
    const provider = await letPagesAsk(relay.standIn);
    try {
      const page = await open();
      await openDialog(page);
      await dialog(page).getByText('On this computer', { exact: true }).click();
      await dialog(page).getByLabel('Program', { exact: true }).selectOption('Another address');
      await dialog(page).getByLabel('Address', { exact: true }).fill(`${provider.url}/v1`);
      await dialog(page).getByLabel('Key, where it wants one').fill(STAND_IN_KEY);
      await dialog(page).getByRole('button', { name: 'Connect' }).click();
      await dialog(page)
        .getByLabel(/Keep your keys/)
        .fill('correct horse');
      await dialog(page).getByRole('button', { name: 'Keep them' }).click();
      await dialog(page)
        .getByText(/^Kept\./)
        .waitFor();
      expect(await page.evaluate((key) => JSON.stringify({ ...localStorage }).includes(key), STAND_IN_KEY)).toBe(false);
      await page.reload();
      await openDialog(page);
      await dialog(page).getByLabel('Your keys are kept here').fill('wrong horse');
      await dialog(page).getByRole('button', { name: 'Unlock' }).click();
      await dialog(page).getByRole('alert').filter({ hasText: 'This is not the passphrase.' }).waitFor();
      await dialog(page).getByLabel('Your keys are kept here').fill('correct horse');
      await dialog(page).getByRole('button', { name: 'Unlock' }).click();
      await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).waitFor();
    } finally {
      await provider.close();
    }
  });
});

describe('the dialog', () => {
  it('has no fault that axe finds, light and dark, by keyboard alone', async () => {
    const page = await open();
    const faultless = async (): Promise<void> => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await faultsOf(page)).toEqual([]);
      }
    };
    await page.getByRole('button', { name: 'Models', exact: true }).focus();
    await page.keyboard.press('Enter');
    await dialog(page).getByText('Four ways to a model').waitFor();
    await faultless();
    await dialog(page).getByLabel('Code', { exact: true }).focus();
    await page.keyboard.type(relay.code);
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).waitFor();
    await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).focus();
    await page.keyboard.press('Space');
    await dialog(page)
      .getByLabel(/^Budget/)
      .waitFor();
    await faultless();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Models');
  });
});

describe('models of one’s own machine', () => {
  let own: ModelRelay;
  beforeAll(async () => {
    own = await startModelRelay(true, true);
  });
  afterAll(() => own?.close());

  it('are there without a word', async () => {
    const page = await open({}, own.url);
    await openDialog(page);
    await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).waitFor();
    await dialog(page)
      .getByText(/yours · 1 model/)
      .waitFor();
    expect(await dialog(page).evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  });

  it('search the web where a person lets them, and the program says where they were led', async () => {
    const page = await open({}, own.url);
    await openDialog(page);
    await dialog(page).getByRole('checkbox', { name: 'stand-in-large' }).check();
    const share = dialog(page).getByRole('radiogroup', { name: 'Proposals that may search the web' });
    await share.getByRole('radio', { name: 'All' }).check();
    expect(await faultsOf(page, { within: 'dialog' })).toEqual([]);
    // Enough for all that are under way at once to search: what does not fit is asked without.
    await use(page, '20');
    const made = page
      .getByRole('grid', { name: 'Programs' })
      .getByText(/^(diff|rewrite|cross)$/)
      .first();
    await made.waitFor();
    // Rows move while the run goes on.
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await made.click();
    await page.getByRole('tab', { name: 'Why' }).click();
    const found = page.getByRole('list', { name: 'Pages of the web' }).getByRole('link', { name: FOUND.title });
    expect(await found.getAttribute('href')).toBe(FOUND.url);
    expect(await found.getAttribute('rel')).toContain('noopener');
    const asked = own.standIn.seen.filter(({ body }) => 'tools' in body);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked[0]?.body['tools']).toMatchObject([{ type: 'web_search' }]);
  });
});
