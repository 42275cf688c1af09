/** A new experiment runs as it is: its seed is scored in the sandbox, and leaves room in its steps for what will come of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { createCompileService } from '../../../relay/compile/index.ts';
import { createNodeHost } from '../../../sandboxes/hosting/node/host.ts';
import { openToolchains } from '../../../wasm-toolchains/registry.ts';
import type { CompileRequest } from '../../../wasm-toolchains/contract.ts';
import { experimentFromFolder } from '../../../web/engine/folder.ts';
import { EVALUATION_SEED } from '../../../web/engine/job.ts';
import { languagesIn, templateFolder, TEMPLATES } from '../../../web/state/templates/index.ts';
import { needing } from '../../needing.ts';

const cache = mkdtempSync(join(tmpdir(), 'genesis-templates-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
const native = createCompileService({ slots: 1, cache });
const foreign = native.languages();
const local = openToolchains();
const compile = (request: CompileRequest, signal: AbortSignal) =>
  (foreign.some(({ language }) => language === request.language) ? native : local).compile(request, signal);

/** Why a template's program can't be compiled on this machine; null: it can. */
function missing(id: (typeof TEMPLATES)[number]['id']): string | null {
  for (const language of languagesIn(id)) {
    const state = foreign.find((each) => each.language === language)?.availability;
    if (state?.type === 'missing') return state.reason;
  }
  return null;
}

describe.each(TEMPLATES)('a new experiment: $title', ({ id, title }) => {
  needing(missing(id))(
    'scores its seed with a third of the steps that a call may take',
    async () => {
      const validated = experimentFromFolder(templateFolder(id, 'curve', title));
      if (validated.type === 'failed') throw new Error(validated.problems.join('\n'));
      const { evaluator, limits, language, entry, files, sandbox } = validated.experiment;
      if (sandbox === 'webcontainer') throw new Error('no template runs there');
      const baseline = { language, entry, files };
      const third = { ...limits, milliseconds: 10_000, fuel: Math.floor(limits.fuel / 3) };
      const host = createNodeHost({ evaluator, limits: third, slots: 1, sandbox, baseline, compile });
      try {
        const opened = await host.open(baseline, AbortSignal.timeout(60_000));
        if (opened.type === 'failed') throw new Error(opened.reason);
        const [outcome] = await opened.session.evaluate([{ parameters: [], seed: EVALUATION_SEED, picture: true }]);
        opened.session.close();
        if (outcome?.type !== 'scored') throw new Error(outcome?.reason ?? 'no outcome');
        expect(outcome.evaluation).toMatchObject({ correct: true, fitness: expect.any(Number) as number });
        expect(outcome.evaluation.artifacts['picture']).toBeDefined();
      } finally {
        host.close();
      }
    },
    90_000,
  );
});
