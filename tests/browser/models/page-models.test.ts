/** In a real browser: what models of the page say of a place without a graphics card, and that the library's worker starts. */
import { describe, expect, it } from 'vitest';
import * as Comlink from 'comlink';
import { pageModels } from '../../../web/models/page-models.ts';
import type { CardCommands } from '../../../web/models/web-llm-protocol.ts';

describe('models of the page', () => {
  it('say what they can do here, with a remedy for what they can’t', async () => {
    for (const model of pageModels) {
      const standing = await model.availability();
      if (standing.type === 'missing') expect(standing.remedy.length).toBeGreaterThan(10);
      else expect(standing.words.length).toBeGreaterThan(3);
    }
    expect(pageModels.map(({ id }) => id)).toContain('built-in');
  });

  it('fail with a reason where there is no card', async ({ skip }) => {
    const { gpu } = navigator as { readonly gpu?: GPU };
    if (await gpu?.requestAdapter().catch(() => null)) return skip('this machine has a graphics card');
    const worker = new Worker(new URL('../../../web/models/web-llm-worker.ts', import.meta.url), { type: 'module' });
    try {
      const card = Comlink.wrap<CardCommands>(worker);
      const loading = card.load(
        'Qwen2.5-Coder-1.5B-Instruct-q4f16_1-MLC',
        Comlink.proxy(() => {}),
      );
      await expect(loading).rejects.toThrow(/GPU|fetch/i);
    } finally {
      worker.terminate();
    }
  });
});
