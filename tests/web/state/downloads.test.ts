import { beforeEach, describe, expect, it } from 'vitest';
import { formatBytes } from '../../../web/state/bytes.ts';
import {
  bytesOf,
  CapabilityTable,
  cellOf,
  remediesOf,
  usable,
  type Ask,
} from '../../../web/state/capabilities.svelte.ts';
import { agreeWords, askWords, Downloads, loadingShare, loadingWords } from '../../../web/state/downloads.svelte.ts';
import { fakeStorage } from './storage.ts';

const PYTHON = { id: 'python', title: 'Python', bytes: 14_000_000 };
const CLANG = { id: 'clang', title: 'Clang', bytes: 27_100_000 };

let storage: { full: boolean };
beforeEach(() => (storage = fakeStorage()));

describe('Downloads', () => {
  it('begins only once somebody agrees, and remembers it', () => {
    const downloads = new Downloads();
    let begun = 0;
    downloads.ask([PYTHON], () => begun++);
    expect([begun, downloads.ids]).toEqual([0, []]);
    downloads.agree();
    downloads.agree();
    expect([begun, downloads.asked]).toEqual([1, null]);
    expect(new Downloads().ids).toEqual(['python']);
  });

  it('forgets the question with the run it was about', () => {
    const downloads = new Downloads();
    let begun = 0;
    downloads.ask([PYTHON], () => begun++);
    downloads.reset();
    downloads.agree();
    expect([begun, downloads.ids]).toEqual([0, []]);
  });

  it('holds for this page where nothing can be kept', () => {
    storage.full = true;
    const downloads = new Downloads();
    downloads.ask([PYTHON, CLANG], () => {});
    downloads.agree();
    expect(downloads.ids).toEqual(['python', 'clang']);
    expect(new Downloads().ids).toEqual([]);
  });

  it('says sizes and progress in words', () => {
    expect([400, 99_000, 300_000, 14_000_000].map(formatBytes)).toEqual([
      '1\u202fkB',
      '99\u202fkB',
      '0.3\u202fMB',
      '14\u202fMB',
    ]);
    expect(askWords([PYTHON, CLANG])).toContain('Python (14\u202fMB) and Clang (27\u202fMB). They are');
    const node = {
      id: 'n',
      title: 'a WebContainer',
      bytes: 0,
      from: { place: 'elsewhere.org', terms: 'free for some' },
    };
    expect(askWords([node])).toBe(
      'This run needs a WebContainer. A WebContainer comes from elsewhere.org: free for some.',
    );
    expect([agreeWords([node]), agreeWords([PYTHON, CLANG])]).toEqual([
      'Load it and run',
      'Download 41\u202fMB and run',
    ]);
    const loading = { step: 'Downloading Python', loaded: 8_400_000, total: 14_000_000 };
    expect(loadingWords(loading)).toBe('Downloading Python…');
    expect(loadingShare(loading)).toBeCloseTo(0.6);
    expect(loadingShare({ ...loading, loaded: 15_000_000 })).toBe(1);
    expect(loadingWords({ step: 'Starting Python', loaded: null, total: null })).toBe('Starting Python…');
    expect(loadingShare({ step: '', loaded: 5, total: null })).toBe(null);
    expect(loadingWords({ ...loading, total: null })).toBe('Downloading Python: 8.4\u202fMB');
  });
});

describe('capabilities', () => {
  const missing = { type: 'missing', reason: 'No compiler', remedy: 'Get one' } as const;
  const loadable = { type: 'loadable', words: 'Clang', bytes: 27_100_000 } as const;
  const ready = { type: 'ready', words: 'Here' } as const;
  const language = (runs: typeof ready | typeof missing, compiles: typeof loadable | typeof missing | null) => ({
    id: 'c',
    title: 'C',
    note: '',
    runs,
    compiles,
  });

  it('puts a standing into words', () => {
    expect(cellOf(loadable)).toEqual({ mark: 'load', words: 'After 27\u202fMB', detail: 'Clang' });
    expect([cellOf(null), cellOf(ready), cellOf(missing)].map(({ mark }) => mark)).toEqual(['none', 'good', 'bad']);
  });

  it('says once what is missing, and what can be used', () => {
    expect(remediesOf(language(missing, missing))).toHaveLength(1);
    const odd = language(ready, { ...missing, reason: 'no compiler.', remedy: 'get one.' } as never);
    expect(remediesOf(odd)).toEqual([{ reason: 'No compiler', remedy: 'Get one' }]);
    expect(usable(language(ready, loadable))).toBe(true);
    expect(usable(language(ready, missing))).toBe(false);
    expect(bytesOf(language(ready, loadable))).toBe(27_100_000);
  });

  it('asks anew each time it is opened, and says when there was no answer', async () => {
    const answers = [{ languages: [], features: [] }, null];
    const ask = (() => Promise.resolve(answers.shift())) as unknown as Ask;
    const table = new CapabilityTable(ask);
    await table.show();
    expect([table.open, table.failed, table.found]).toEqual([true, false, { languages: [], features: [] }]);
    await table.refresh();
    expect(table.failed).toBe(true);
  });
});
