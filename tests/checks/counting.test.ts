import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './sources.ts';

/** Plain JavaScript, since it runs on the older Node too. */
const script = pathToFileURL(join(root, 'scripts/setup/newer-node.mjs')).href;
const { runsTypeScript } = (await import(script)) as { runsTypeScript(version: string): boolean };

let folder = '';

beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  folder = mkdtempSync(join(root, '.cache', 'counting-'));
  writeFileSync(join(folder, 'vitest.config.js'), 'export default {};\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What the closing line of `npm test` would add up for these test files. */
function countsOf(files: Readonly<Record<string, string>>): unknown {
  const tests = mkdtempSync(join(folder, 'run-'));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(tests, name), `import { describe, expect, it, beforeAll } from 'vitest';\n${text}`);
  }
  const counts = join(tests, 'counts.json');
  const args = ['run', '--root', tests, '--config', join(folder, 'vitest.config.js')];
  const reporter = `--reporter=${join(root, 'scripts/test/counts-reporter.mjs')}`;
  spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args, reporter], {
    env: { PATH: process.env['PATH'], GENESIS_COUNTS: counts },
  });
  return JSON.parse(readFileSync(counts, 'utf8'));
}

describe('the counts of npm test', () => {
  it('tell passed, failed and skipped apart and keep the reason', () => {
    const counts = countsOf({
      'a.test.js': `it('passes', () => {});
        describe('a group', () => it('fails', () => {
          expect(1, 'one').toBe(2);
        }));
        it('gives up', (context) => context.skip('no browser here'));
        it.skip('is marked', () => {});
        it.todo('is planned');`,
    });
    expect(counts).toEqual({
      passed: 1,
      failed: [
        {
          name: 'a.test.js > a group > fails',
          reason: expect.stringMatching(/^one: expected 1 to be 2 .*\(.*a\.test\.js:4\)$/),
        },
      ],
      skipped: [
        { name: 'gives up', reason: 'no browser here' },
        { name: 'is marked', reason: 'marked to be skipped' },
        { name: 'is planned', reason: 'to do' },
      ],
      again: [],
    });
  });

  it('name what passed only when it was tried again, with the reason it failed before', () => {
    const counts = countsOf({
      'd.test.js': `let tries = 0;
        it('passes in the end', { retry: 1 }, () => expect(++tries, 'tries').toBe(2));
        it('never does', { retry: 1 }, () => expect(1).toBe(2));
        it('passes', { retry: 1 }, () => {});`,
    });
    expect(counts).toEqual({
      passed: 2,
      failed: [{ name: 'd.test.js > never does', reason: expect.stringContaining('expected 1 to be 2') }],
      skipped: [],
      again: [
        {
          name: 'd.test.js > passes in the end',
          reason: expect.stringMatching(/^tries: expected 1 to be 2 .*\(.*d\.test\.js:3\)$/),
        },
      ],
    });
  });

  it('take a file that breaks before its tests, and an error that nobody catches, for failures', () => {
    expect(countsOf({ 'b.test.js': `throw new Error('on import');` })).toEqual({
      passed: 0,
      failed: [{ name: 'b.test.js', reason: expect.stringContaining('on import') }],
      skipped: [],
      again: [],
    });
    expect(
      countsOf({
        'c.test.js': `it('passes', async () => {
          setTimeout(() => { throw new Error('later'); }, 1);
          await new Promise((resolve) => setTimeout(resolve, 50));
        });`,
      }),
    ).toEqual({
      passed: 1,
      failed: [{ name: 'an error that no test caught', reason: expect.stringContaining('later') }],
      skipped: [],
      again: [],
    });
  });
});

describe('the Node that runs TypeScript', () => {
  it.each([
    ['20.19.0', false],
    ['22.17.1', false],
    ['22.18.0', true],
    ['23.5.0', false],
    ['23.6.0', true],
    ['24.0.0', true],
    ['26.10.0', true],
  ])('%s: %s', (version, expected) => expect(runsTypeScript(version)).toBe(expected));
});
