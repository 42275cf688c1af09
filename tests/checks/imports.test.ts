import { describe, expect, it } from 'vitest';
import { readSource, sourcesBelow } from './sources.ts';
import { breaches, roomOf } from './walls.ts';

describe('import walls', () => {
  it.each(['web', 'relay', 'sandboxes', 'wasm-toolchains', 'examples'])('hold in %s', (folder) => {
    const found = sourcesBelow(folder).flatMap((path) => breaches(path, readSource(path)));
    expect(found).toEqual([]);
  });

  it('has sources to look at', () => {
    expect(sourcesBelow('web/engine').length).toBeGreaterThan(10);
  });

  it.each([
    ['web/engine/run.ts', `import { Hono } from 'hono';`],
    ['web/engine/run.ts', `import type { Prepared } from '../../sandboxes/contract.ts';`],
    ['web/engine/run.ts', `await import('../history/index.ts');`],
    ['web/views/Run.svelte', `<script lang="ts">import { RunClient } from '../worker/run-client.ts';</script>`],
    ['web/views/Run.svelte', `<script>\nimport { reduce } from '../engine/reduce.ts';\n</script>`],
    ['web/charts/draw.ts', `import { x } from '../views/x.ts';`],
    ['web/history/runs.ts', `import { reduce } from '../engine/reduce.ts';`],
    ['web/state/page.svelte.ts', `new Worker(new URL('../worker/run-worker.ts', import.meta.url));`],
    ['web/state/page.svelte.ts', `import { startRun } from '../engine/run.ts';`],
    ['sandboxes/pool.ts', `import type { Program } from '../web/engine/program.ts';`],
    ['sandboxes/pool.ts', `export * from '../wasm-toolchains/rust/index.ts';`],
    ['relay/app.ts', `import { formatCount } from '../web/state/measure.ts';`],
    ['examples/load.ts', `import { log } from '../web/engine/arithmetic.ts';`],
    ['web/models/relay.ts', `import { createApp } from '../../relay/app.ts';`],
  ])('see the breach in %s: %s', (path, text) => {
    expect(breaches(path, text)).toHaveLength(1);
  });

  it.each([
    ['web/engine/run.ts', `import { log } from './arithmetic.ts';\nexport type { Random } from './rng.ts';`],
    ['web/worker/run-worker.ts', `import { startRun } from '../engine/run.ts';\nimport * as Comlink from 'comlink';`],
    ['web/history/runs.ts', `import { type RunEvent } from '../engine/events.ts';`],
    ['web/models/relay.ts', `import type { App } from '../../relay/app.ts';`],
    ['web/state/connect.ts', `const { RunClient } = await import('../worker/run-client.ts');`],
    ['web/main.ts', `import App from './App.svelte';\nimport './worker/run-client.ts';`],
  ])('let %s pass: %s', (path, text) => {
    expect(breaches(path, text)).toEqual([]);
  });

  it('knows each file’s room', () => {
    expect(roomOf('web/engine/run.ts')).toBe('web/engine');
    expect(roomOf('web/App.svelte')).toBe('web');
    expect(roomOf('scripts/serve.ts')).toBe(null);
  });
});
