import { describe, expect, it } from 'vitest';
import { cross } from '../../../../web/engine/operators/cross.ts';
import { diff } from '../../../../web/engine/operators/diff.ts';
import { fix } from '../../../../web/engine/operators/fix.ts';
import { refine } from '../../../../web/engine/operators/refine.ts';
import { rewrite } from '../../../../web/engine/operators/rewrite.ts';
import type { Files } from '../../../../web/engine/program.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { REPLY_KINDS, ROUGH_RATES, scriptedModel } from '../scripted-model.ts';
import type { ReplyKind } from '../scripted-model.ts';
import { contextOf, converse, MANY, ONE, OPEN, specimen, withModel } from './asking.ts';

const OPERATORS = [diff, rewrite, cross, fix, refine];
const PROGRAMS: Readonly<Record<string, Files>> = { one: ONE, open: OPEN, many: MANY };

function context(files: Files, model: ReturnType<typeof withModel>, seed: number, mends: boolean) {
  const other = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      text.replace('0.75', '0.25').replace('3', '4').replace('1.5', '1.25'),
    ]),
  );
  return contextOf(files, model, {
    random: createRandom(seed),
    parent: specimen(7, files, mends ? { status: 'crashed', reason: 'x is not a function' } : {}),
    inspirations: [specimen(3, other)],
  });
}

/** Runs conversations; `converse` throws where a proposal reaches beyond what may change. Gives how many ended in a new program. */
async function conversations(kind: ReplyKind, seeds: number): Promise<number> {
  let made = 0;
  for (const files of Object.values(PROGRAMS)) {
    for (const operator of OPERATORS) {
      for (let seed = 0; seed < seeds; seed++) {
        const model = scriptedModel({ seed, rates: { [kind]: 1 } });
        const { files: after } = await converse(
          operator,
          context(files, withModel(model, seed), seed, operator.mends === true),
          2,
        );
        if (after === null) continue;
        made++;
        expect(Object.keys(after)).toEqual(Object.keys(files));
        expect(after).not.toEqual(files);
        expect(after['notes.txt']).toBe(files['notes.txt']);
        expect(after['main.ts']).toBe(files['main.ts']);
      }
    }
  }
  return made;
}

const ALL = Object.keys(PROGRAMS).length * OPERATORS.length;

describe('replies of every kind', () => {
  it.each(['good', 'loose'] as const)('%s ones make a program each time', async (kind) => {
    expect(await conversations(kind, 5)).toBe(5 * ALL);
  });

  it.each([
    'unchanged',
    'truncated',
    'empty',
    'prose',
    'refused',
    'filtered',
    'oversized',
    'traversal',
    'unknown file',
  ] as const)('%s ones make none', async (kind) => {
    expect(await conversations(kind, 3)).toBe(0);
  });

  const rest = REPLY_KINDS.filter(
    (kind) =>
      ![
        'good',
        'loose',
        'unchanged',
        'truncated',
        'empty',
        'prose',
        'refused',
        'filtered',
        'oversized',
        'traversal',
        'unknown file',
        'huge',
      ].includes(kind),
  );
  it.each(rest)('%s ones break nothing and reach nowhere', async (kind) => {
    await conversations(kind, 3);
  });

  it('huge ones break nothing', async () => {
    const model = scriptedModel({ rates: { huge: 1 } });
    for (let seed = 0; seed < 6; seed++) await converse(diff, context(ONE, withModel(model, seed), seed, false), 2);
    expect(model.answered.get('huge')).toBeGreaterThanOrEqual(6);
  }, 60_000);

  it('mixed ones, with failures between, end all the same', async () => {
    const model = scriptedModel({ rates: { ...ROUGH_RATES, huge: 0 }, failures: { rate: 0.2, retryAfter: 5 } });
    let made = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { files } = await converse(diff, context(MANY, withModel(model, seed), seed, false), 4);
      if (files) made++;
    }
    expect(made).toBeGreaterThan(20);
    expect(model.answered.get('failed')).toBeGreaterThan(5);
  });
});

describe('the scripted model', () => {
  it('answers the same to the same request, whatever was asked before', async () => {
    const request = (seed: number) => ({
      model: 'm',
      purpose: 'propose' as const,
      messages: [
        { role: 'user' as const, content: '# The current program\n\nProgram 1\n```javascript\nconst a = 5;\n```' },
      ],
      tokens: 1000,
      temperature: null,
      effort: 'none' as const,
      seed,
      key: '',
    });
    const signal = new AbortController().signal;
    const [one, two] = [scriptedModel({ rates: ROUGH_RATES }), scriptedModel({ rates: ROUGH_RATES })];
    await two.complete(request(9), signal);
    expect(await two.complete(request(3), signal)).toEqual(await one.complete(request(3), signal));
    expect(await one.complete(request(4), AbortSignal.abort())).toMatchObject({ type: 'failed', retryAfter: null });
  });

  it('counts no more tokens than it was asked for', async () => {
    const model = scriptedModel({ rates: { huge: 1 } });
    const reply = await withModel(model, 1, 100).ask(
      [{ role: 'user', content: '# The current program\n```js\nlet a = 1;\n```' }],
      'propose',
    );
    expect(reply.usage.output).toBe(100);
    expect(reply.dollars).toBeGreaterThan(0);
  });
});
