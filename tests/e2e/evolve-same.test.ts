/** The page and the terminal are two shells around one engine: the same experiment and seed give the same log in both. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { canonical, type RunEvent } from '../../web/engine/events.ts';
import { readLog } from '../../web/engine/log.ts';
import { openSite } from './open-page.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Results to compare. */
const RESULTS = 25;

it('gives the same log in page and terminal', async () => {
  const fromPage = await pageLog();
  const fromTerminal = await terminalLog();
  const [first, second] = [fromPage[0], fromTerminal[0]];
  if (first?.type !== 'run-started' || second?.type !== 'run-started') throw new Error('a log has no start');
  expect(second).toEqual({ ...first, experiment: { ...first.experiment, budget: second.experiment.budget } });
  const length = Math.min(fromPage.length, fromTerminal.length);
  expect(fromTerminal.slice(1, length).map(canonical)).toEqual(fromPage.slice(1, length).map(canonical));
  expect(fromPage.slice(0, length).filter((event) => event.type === 'evaluated').length).toBeGreaterThanOrEqual(
    RESULTS,
  );
});

async function pageLog(): Promise<RunEvent[]> {
  const site = await openSite();
  try {
    const page = await site.browser.newPage();
    await page.goto(site.url);
    // The run's own worker makes the database; it has by the time anything is on screen.
    await page
      .getByRole('status', { name: 'Run status' })
      .filter({ hasText: /after [1-9]/ })
      .first()
      .waitFor();
    for (;;) {
      const lines = await page.evaluate(storedLines);
      const events = lines.map((line) => JSON.parse(line) as RunEvent);
      if (events.filter((event) => event.type === 'evaluated').length >= RESULTS) return events;
      await page.waitForTimeout(200);
    }
  } finally {
    await site.close();
  }
}

/** Runs in the page: the chunks of its one run, as web/history/schema.ts lays them. */
async function storedLines(): Promise<string[]> {
  const opened = indexedDB.open('genesis');
  await new Promise((resolve, reject) => {
    opened.onsuccess = resolve;
    opened.onerror = reject;
  });
  const all = opened.result.transaction('events').objectStore('events').getAll();
  await new Promise((resolve) => (all.onsuccess = resolve));
  opened.result.close();
  return (all.result as { text: string }[]).flatMap((chunk) => chunk.text.trimEnd().split('\n'));
}

async function terminalLog(): Promise<RunEvent[]> {
  const folder = mkdtempSync(join(tmpdir(), 'same-'));
  try {
    const out = join(folder, 'run.jsonl');
    const flags = ['circle-packing', '--seed', '1', '--evaluations', '2500', '--out', out, '--json'];
    await promisify(execFile)(process.execPath, [join(root, 'relay/runs/evolve.ts'), ...flags], { cwd: root });
    const read = readLog(readFileSync(out, 'utf8'));
    if (read.type === 'failed') throw new Error(`line ${read.line}: ${read.reason}`);
    // The budget's end shows in what is reserved before it; the page has none.
    const last = read.events.findIndex(
      (event) => event.type === 'issued' && event.reserved.evaluations < 2 && event.operator === 'tune',
    );
    return read.events.slice(0, last < 0 ? undefined : last);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
