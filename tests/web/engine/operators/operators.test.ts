import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copy } from '../../../../web/engine/operators/copy.ts';
import { OPERATORS } from '../../../../web/engine/operators/index.ts';
import { mutate } from '../../../../web/engine/operators/mutate.ts';
import type {
  ModelContext,
  Operator,
  OperatorContext,
  Proposal,
  Specimen,
} from '../../../../web/engine/operators/operator.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import type { Edit, Files } from '../../../../web/engine/program.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { checkCandidate } from '../../../../web/engine/syntax/check.ts';
import { arm } from '../../../../web/engine/syntax/fuel.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { OPERATOR_NAMES } from '../../../../web/engine/strategy-validation.ts';
import { scriptedModel } from '../scripted-model.ts';
import { evaluation as scored, modelContext } from './asking.ts';
import { FIXTURES, compile, contextOf, specimen } from './fixtures.ts';
import type { Fixture } from './fixtures.ts';

const syntax = await loadSyntax(['javascript', 'typescript']);

/** A program some mutations away. */
function descendant(fixture: Fixture, files: Files, seed: number, steps: number): Files {
  let at = files;
  for (let i = 0; i < steps; i++) {
    const { random } = contextOf(fixture, syntax, `${seed}/${i}`);
    const proposal = mutate.propose(contextOf(fixture, syntax, 0, { parent: specimen(1, at), random })) as Proposal;
    if (proposal.type === 'edits') at = applyEdits(at, proposal.edits);
  }
  return at;
}

const lines = new Map<string, OperatorContext>();

/** Two lines of descent from one ancestor: a few dozen families, and a stream of its own for each seed. */
function family(fixture: Fixture, seed: number): OperatorContext {
  const line = seed % 30;
  const key = `${fixture.name}/${line}`;
  let context = lines.get(key);
  if (!context) {
    const files = fixture.experiment.files;
    context = contextOf(fixture, syntax, 0, {
      ancestor: specimen(0, files, 0),
      parent: specimen(1, descendant(fixture, files, line, 2), 1),
      inspirations: [specimen(2, descendant(fixture, files, line + 0.5, 2), line % 3)],
    });
    lines.set(key, context);
  }
  return { ...context, random: createRandom(seed) };
}

/** As a job hands it over: operators that ask get a model whose good replies change a number; one that mends gets a failed program. */
function forOperator(operator: Operator, context: OperatorContext, seed: number): OperatorContext {
  if (!operator.asks) return context;
  const model = scriptedModel({ seed });
  const ask: ModelContext['ask'] = (messages, purpose) =>
    model.complete(
      { model: 'm', purpose, messages, tokens: 4_000, temperature: null, effort: 'none', seed, key: String(seed) },
      new AbortController().signal,
    );
  const parent: Specimen = operator.mends
    ? { ...context.parent, evaluation: null, status: 'crashed', reason: 'it divides by zero' }
    : { ...context.parent, evaluation: scored({ feedback: 'the sum is small' }) };
  return { ...context, parent, model: modelContext(ask) };
}

/** Edits of a proposal; a search is run against scores that reward large numbers. */
async function editsOf(proposal: Proposal): Promise<readonly Edit[] | null> {
  if (proposal.type === 'none' || proposal.type === 'files') return null;
  if (proposal.type === 'edits') return proposal.edits;
  const { edits } = await proposal.search.run(
    {
      evaluate: async (requests) =>
        requests.map(({ parameters }) => ({
          type: 'scored',
          milliseconds: 0,
          evaluation: {
            ...(specimen(0, {}).evaluation as NonNullable<ReturnType<typeof specimen>['evaluation']>),
            fitness: parameters.reduce((sum, value, i) => sum + Math.sin(value * (i + 1)), 1),
          },
        })),
      close: () => {},
    },
    new AbortController().signal,
  );
  return edits.length > 0 ? edits : null;
}

describe.each([...OPERATORS, copy].map((operator): [string, Operator] => [operator.id, operator]))(
  'operator %s',
  (id, operator) => {
    it.each(FIXTURES.map((fixture): [string, Fixture] => [fixture.name, fixture]))(
      'makes programs of %s that parse, keep to the blocks, differ, and compile',
      async (name, fixture) => {
        let made = 0;
        // What `recreate` proposes is made of a dozen programs of a dozen moves each.
        const runs = id === 'mutate' ? 300 : id === 'recreate' ? 30 : 120;
        await fc.assert(
          fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
            const context = forOperator(operator, family(fixture, seed), seed);
            if (!operator.applies(context)) return;
            const edits = await editsOf(await operator.propose(context));
            if (edits === null) return;
            made++;
            const parent = context.parent.files;
            const files = applyEdits(parent, edits);
            const check = checkCandidate({ syntax, experiment: fixture.experiment, parent, files });
            expect(check).toMatchObject({ type: 'ok' });
            for (const { text } of edits) expect(text).not.toMatch(/\$p|\$fuel/);
            const armed = arm(syntax, fixture.experiment, files);
            if (armed.type === 'failed') throw new Error(armed.reason);
            // Parsing leaves some mistakes to the engine (a name declared twice): it must accept the text too.
            for (const path of Object.keys(files)) {
              if (path.endsWith('s')) compileAlone(armed.files[path] as string);
            }
          }),
          { numRuns: runs, seed: 20_260_101 },
        );
        // Formulas have one declaration and few numbers: two lines often leave nothing to merge or graft.
        expect(made).toBeGreaterThan(name === 'formula' ? runs / 10 : runs / 4);
      },
      60_000,
    );

    it('makes the same proposal when the stream is the same', async () => {
      for (const fixture of FIXTURES) {
        const edits = async () => {
          const context = forOperator(operator, family(fixture, 11), 11);
          return operator.applies(context) ? editsOf(await operator.propose(context)) : null;
        };
        expect(await edits()).toEqual(await edits());
      }
    });

    it('leaves alone what is outside the blocks and what is no code', async () => {
      for (const fixture of FIXTURES) {
        const context = forOperator(operator, family(fixture, 5), 5);
        if (!operator.applies(context)) continue;
        const edits = await editsOf(await operator.propose(context));
        for (const { file } of edits ?? []) expect(['notes.txt', 'main.ts']).not.toContain(file);
      }
    });
  },
);

it('lists every operator among the names that an experiment may use', () => {
  expect([...OPERATORS, copy].map(({ id }) => id).sort()).toEqual([...OPERATOR_NAMES].sort());
});

function compileAlone(text: string): void {
  compile({ 'a.ts': text.replaceAll(/^import .*$/gm, '').replaceAll('weight(', 'Number(') }, 'a.ts');
}

describe('mutate', () => {
  it.each(FIXTURES.map((fixture): [string, Fixture] => [fixture.name, fixture]))(
    'leaves at least four in five children of %s able to run',
    (name, fixture) => {
      let failed = 0;
      const tries = 500;
      for (let seed = 0; seed < tries; seed++) {
        const proposal = mutate.propose(contextOf(fixture, syntax, seed)) as Proposal;
        if (proposal.type !== 'edits') throw new Error(proposal.type);
        const armed = arm(syntax, fixture.experiment, applyEdits(fixture.experiment.files, proposal.edits));
        if (armed.type !== 'ok') throw new Error(armed.reason);
        try {
          const { exports } = compile(armed.files, fixture.experiment.entry);
          if (!fixture.run(exports).every((value) => typeof value === 'number' && Number.isFinite(value))) failed++;
        } catch {
          failed++;
        }
      }
      expect(failed / tries).toBeLessThanOrEqual(0.2);
    },
  );

  it('takes no type for an expression', () => {
    const { experiment } = FIXTURES[1] as Fixture;
    const files = { 'priority.ts': 'export const f = (x: number) => (x as number) * 3.5 - (x satisfies number);' };
    for (let seed = 0; seed < 300; seed++) {
      const context = contextOf({ experiment }, syntax, seed, { parent: specimen(1, files) });
      const proposal = mutate.propose(context) as Proposal;
      if (proposal.type !== 'edits') throw new Error(proposal.type);
      const text = applyEdits(files, proposal.edits)['priority.ts'] as string;
      expect(text.replaceAll(/: number|(as|satisfies) number/g, '')).not.toContain('number');
    }
  });

  it('never assigns to parameters', () => {
    const fixture = FIXTURES[1] as Fixture;
    for (let seed = 0; seed < 400; seed++) {
      const proposal = mutate.propose(contextOf(fixture, syntax, seed)) as Proposal;
      if (proposal.type !== 'edits') continue;
      for (const { text } of proposal.edits) expect(text).not.toMatch(/\b(item|gap|capacity) [-+*/]?= /);
    }
  });

  it('offers leaves and blocks where their names are known, and only there', () => {
    const seen = { leaf: false, block: false };
    for (let seed = 0; seed < 600; seed++) {
      for (const index of [0, 1] as const) {
        const proposal = mutate.propose(contextOf(FIXTURES[index] as Fixture, syntax, seed)) as Proposal;
        if (proposal.type !== 'edits') continue;
        const text = proposal.edits.map((edit) => edit.text).join();
        if (text.includes('item / gap')) seen.leaf = true;
        if (text.includes('{ for (let k = 0')) seen.block = true;
        expect(text).not.toContain('missing');
      }
    }
    expect(seen).toEqual({ leaf: true, block: true });
  });
});
