/** The built page in Chromium, served by the relay on loopback. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { firstLoad } from '../checks/first-load.ts';
import { median, quantile, rounded, type Figure, type Group } from './figure.ts';
import { served, type Served } from './served.ts';

const site = fileURLToPath(new URL('../../dist', import.meta.url));

const FIRST_VISITS = 5;
const EVALUATIONS = 20_000;
/** The longest that a run of that many may take before the bench gives up. */
const PATIENCE_MS = 300_000;
const REOPENINGS = 3;

const LONG_RUN = ['page.frame_p95_ms', 'page.heap_mb', 'page.reopen_ms'];

export const page: Group = {
  figures: [
    { name: 'page.first_load_gzip_kb', aim: '≤ 100' },
    { name: 'page.first_improvement_ms', aim: '≤ 2000' },
    { name: 'page.frame_p95_ms', aim: 'stated' },
    { name: 'page.heap_mb', aim: 'stated' },
    { name: 'page.reopen_ms', aim: 'stated' },
  ],
  needsBrowser: true,
  async *measure(wanted) {
    if (wanted.has('page.first_load_gzip_kb')) {
      const read = (path: string) => readFileSync(join(site, path));
      const { bytes } = firstLoad('index.html', read, (data) => gzipSync(data, { level: 9 }).length);
      yield { name: 'page.first_load_gzip_kb', value: rounded(bytes / 1000), unit: 'kB' };
    }
    if (wanted.has('page.first_improvement_ms')) yield await served(site, firstImprovement);
    if (LONG_RUN.some((name) => wanted.has(name))) {
      const figures = await served(site, longRun);
      for (const figure of figures) if (wanted.has(figure.name)) yield figure;
    }
  },
};

/** Each visit in a context of its own: nothing cached, nothing stored. */
async function firstImprovement({ browser, url }: Served): Promise<Figure> {
  const times: number[] = [];
  for (let visit = 0; visit < FIRST_VISITS; visit++) {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(url);
    const mark = await tab.waitForFunction(
      () => performance.getEntriesByName('genesis:first-improvement')[0]?.startTime,
      null,
      { timeout: 30_000 },
    );
    times.push(Number(await mark.jsonValue()));
    await context.close();
  }
  return { name: 'page.first_improvement_ms', value: rounded(median(times)), unit: 'ms' };
}

async function longRun({ browser, url }: Served): Promise<Figure[]> {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(url);
  await tab.evaluate(recordFrames);
  const until = performance.now() + PATIENCE_MS;
  for (let done = 0; done < EVALUATIONS; done = await evaluationsShown(tab)) {
    if (performance.now() > until) throw new Error(`only ${done} evaluations in ${PATIENCE_MS / 1000} s`);
    await tab.waitForTimeout(250);
  }
  const frames = await tab.evaluate(() => (window as unknown as { frames: number[] }).frames);
  await tab.getByRole('button', { name: 'Pause' }).click();
  await tab.getByRole('button', { name: 'Play' }).waitFor();
  const session = await context.newCDPSession(tab);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const reopened: number[] = [];
  await tab.addInitScript(markWhenShown, EVALUATIONS);
  for (let i = 0; i < REOPENINGS; i++) {
    await tab.reload();
    const mark = await tab.waitForFunction(() => performance.getEntriesByName('bench:reopened')[0]?.startTime);
    reopened.push(Number(await mark.jsonValue()));
  }
  return [
    { name: 'page.frame_p95_ms', value: rounded(quantile(frames, 0.95)), unit: 'ms' },
    { name: 'page.heap_mb', value: rounded(usedSize / 1e6), unit: 'MB' },
    { name: 'page.reopen_ms', value: rounded(median(reopened)), unit: 'ms' },
  ];
}

async function evaluationsShown(tab: Page): Promise<number> {
  const text = await tab.locator('xpath=//dt[normalize-space()="Evaluations"]/../dd').first().innerText();
  return Number(/^[\d,. \u00a0\u202f]+/.exec(text)?.[0].replaceAll(/\D/g, '') ?? 0);
}

/** In the page: the time between one frame and the next, from now on. */
function recordFrames(): void {
  const frames: number[] = [];
  Object.assign(window, { frames });
  let last = performance.now();
  const frame = (now: number) => {
    frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** In the page, before its own scripts: marks the first frame that shows that many evaluations. */
function markWhenShown(evaluations: number): void {
  const look = () => {
    for (const term of document.querySelectorAll('dt')) {
      if (term.textContent?.trim() !== 'Evaluations') continue;
      const figure = term.nextElementSibling?.firstElementChild?.textContent ?? '';
      if (Number(figure.replaceAll(/\D/g, '')) >= evaluations) {
        setTimeout(() => performance.mark('bench:reopened'));
        return;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
