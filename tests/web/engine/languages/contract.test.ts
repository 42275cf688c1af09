/** What holds for every language: one suite, one sample program each. */
import { describe, expect, it } from 'vitest';
import { complexityOf } from '../../../../web/engine/novelty/complexity.ts';
import { embed, similarity } from '../../../../web/engine/novelty/vector.ts';
import { brood } from '../../../../web/engine/operators/brood.ts';
import { layOut } from '../../../../web/engine/operators/ground.ts';
import { liftable, withParameters } from '../../../../web/engine/operators/lifting.ts';
import { merge } from '../../../../web/engine/operators/merge.ts';
import { mutate } from '../../../../web/engine/operators/mutate.ts';
import { recreate } from '../../../../web/engine/operators/recreate.ts';
import type { Operator, Proposal } from '../../../../web/engine/operators/operator.ts';
import { splice } from '../../../../web/engine/operators/splice.ts';
import { tune } from '../../../../web/engine/operators/tune.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import { evolvableRanges, fixedParts } from '../../../../web/engine/patches/evolve-blocks.ts';
import type { Files } from '../../../../web/engine/program.ts';
import { checkCandidate, hashProgram } from '../../../../web/engine/syntax/check.ts';
import { arm } from '../../../../web/engine/syntax/fuel.ts';
import { parseFile } from '../../../../web/engine/syntax/parsed.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';
import { contextOf, specimen } from '../operators/fixtures.ts';
import { experimentFor, SAMPLES } from './samples.ts';
import type { Sample } from './samples.ts';

const syntax = await loadSyntax(SAMPLES.map(({ language }) => language));
const MUTATIONS = 1_000;

function hashOf(sample: Sample, text: string): string {
  const result = hashProgram(syntax, sample, { [sample.path]: text });
  if (result.type !== 'ok') throw new Error(result.reason);
  return result.hash;
}

describe.each(SAMPLES.map((sample): [string, Sample] => [sample.language, sample]))('%s', (_name, sample) => {
  const { language, path, text } = sample;
  const files: Files = { [path]: text };
  const experiment = experimentFor(sample);

  const proposed = (operator: Operator, seed: number, rest: object = {}): Proposal => {
    const context = contextOf({ experiment }, syntax, seed, { parent: specimen(1, files), ...rest });
    expect(operator.applies(context)).toBe(true);
    return operator.propose(context) as Proposal;
  };

  it('parses', () => {
    const parse = parseFile(syntax, language, text);
    expect(parse.type === 'failed' ? parse.fault : 'ok').toBe('ok');
  });

  it('says line and column of what does not parse', () => {
    const [line, column] = sample.broken;
    const before = text.trimEnd().split('\n');
    // Inside the module where everything has to be.
    if (language === 'wat') before[before.length - 1] = (before[before.length - 1] as string).slice(0, -1);
    const parse = parseFile(syntax, language, `${before.join('\n')}\n${line}\n`);
    expect(parse).toMatchObject({ type: 'failed', fault: { line: before.length + 1, column } });
    const result = hashProgram(syntax, sample, { [path]: `${before.join('\n')}\n${line}\n` });
    expect(result).toMatchObject({
      reason: expect.stringContaining(`${path}:${before.length + 1}:${column}:`) as string,
    });
  });

  it('has one hash whatever the layout and the comments, and another for another number', () => {
    const other = sample.reformatted(text);
    expect(other).not.toBe(text);
    expect(hashOf(sample, other)).toBe(hashOf(sample, text));
    expect(hashOf(sample, text.replace('1.5', '1.25'))).not.toBe(hashOf(sample, text));
    expect(hashOf(sample, text.replaceAll('best', 'finest'))).not.toBe(hashOf(sample, text));
  });

  it('has a vector that names don’t move, and numbers hardly', () => {
    const of = (changed: string): Int8Array => embed(syntax, language, { [path]: changed });
    expect(similarity(of(text), of(text.replaceAll('best', 'finest')))).toBeGreaterThan(0.999);
    const near = similarity(of(text), of(text.replace('1.5', '1.25')));
    expect(near).toBeGreaterThan(0.97);
  });

  it('is measured', () => {
    const { cyclomatic, nesting, loc, volume } = complexityOf(syntax, language, files);
    expect({ cyclomatic, nesting }).toEqual({ cyclomatic: sample.cyclomatic, nesting: sample.nesting });
    const code = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/\*|# |;;)/.test(line));
    expect(loc).toBe(code.length);
    expect(volume).toBeGreaterThan(100);
  });

  it('finds its evolve blocks in its own comments', () => {
    const found = evolvableRanges(syntax, language, files);
    if (found.type === 'failed') throw new Error(found.reason);
    const [range] = found.ranges[path] ?? [];
    expect(found.ranges[path]).toHaveLength(1);
    expect(text.slice(0, range?.start)).toMatch(/EVOLVE-BLOCK-START\s*(\*\/)?$/);
    expect(text.slice(range?.end)).toMatch(/^\S+ ?EVOLVE-BLOCK-END/);
    const outside = { [path]: text.replace('fixed', 'moved').replace('weigh([', 'weigh2([') };
    const check = checkCandidate({ syntax, experiment, parent: files, files: outside });
    expect(check.type === 'rejected' || language === 'go').toBe(true);
  });

  it('is handed to the sandbox as it is', () => {
    expect(arm(syntax, experiment, files)).toEqual({ type: 'ok', files });
  });

  it(`is mutated ${MUTATIONS.toLocaleString('en')} times: all parse, differ, and keep to the block`, () => {
    const found = evolvableRanges(syntax, language, files);
    if (found.type === 'failed') throw new Error(found.reason);
    const fixed = fixedParts(text, found.ranges[path] ?? []);
    const moves = new Map<string, number>();
    const seen = new Set<string>();
    for (let seed = 0; seed < MUTATIONS; seed++) {
      const proposal = proposed(mutate, seed);
      if (proposal.type !== 'edits') throw new Error(JSON.stringify(proposal));
      const young = applyEdits(files, proposal.edits)[path] as string;
      const check = checkCandidate({ syntax, experiment, parent: files, files: { [path]: young } });
      if (check.type !== 'ok') throw new Error(`${proposal.note}: ${check.reason}\n${young}`);
      expect(young.startsWith(fixed[0] as string)).toBe(true);
      expect(young.endsWith(fixed[1] as string)).toBe(true);
      seen.add(check.hash);
      for (const move of proposal.note.split(', ')) moves.set(move, (moves.get(move) ?? 0) + 1);
    }
    for (const move of ['constant', 'replace', 'wrap', 'operator', 'guard', 'delete', 'adjust', 'swap']) {
      expect([move, (moves.get(move) ?? 0) > 0]).toEqual([move, true]);
    }
    expect(seen.size).toBeGreaterThan(MUTATIONS / 2);
  }, 240_000);

  it('is spliced with and merged with its relatives', () => {
    const relative = (seed: number): Files => {
      let at = files;
      for (let i = 0; i < 3; i++) {
        const proposal = proposed(mutate, seed * 10 + i, { parent: specimen(1, at) });
        if (proposal.type === 'edits') at = applyEdits(at, proposal.edits);
      }
      return at;
    };
    const made = { splice: 0, merge: 0 };
    for (let seed = 0; seed < 25; seed++) {
      const family = {
        ancestor: specimen(0, files),
        parent: specimen(1, relative(seed)),
        inspirations: [specimen(2, relative(seed + 500))],
      };
      for (const operator of [splice, merge]) {
        const proposal = proposed(operator, seed, family);
        if (proposal.type !== 'edits') continue;
        made[operator.id as 'splice' | 'merge']++;
        const parent = family.parent.files;
        const check = checkCandidate({ syntax, experiment, parent, files: applyEdits(parent, proposal.edits) });
        expect(check).toMatchObject({ type: 'ok' });
      }
    }
    expect(made.splice).toBeGreaterThan(12);
    expect(made.merge).toBeGreaterThan(8);
  }, 60_000);

  it('has a stretch of it made anew, without a search', () => {
    let made = 0;
    for (let seed = 0; seed < 40; seed++) {
      const proposal = proposed(recreate, seed);
      if (proposal.type !== 'edits') continue;
      const young = applyEdits(files, proposal.edits);
      const check = checkCandidate({ syntax, experiment, parent: files, files: young });
      if (check.type !== 'ok') throw new Error(`${proposal.note}: ${check.reason}\n${young[path]}`);
      made++;
    }
    expect(made).toBeGreaterThan(30);
  }, 60_000);

  it('offers a search of its numbers only where they can be lifted', () => {
    const context = contextOf({ experiment }, syntax, 1, { parent: specimen(1, files) });
    expect(tune.applies(context)).toBe(language === 'python');
    expect(brood.applies(context)).toBe(false);
    const layout = layOut(syntax, experiment, files);
    if (layout.type === 'failed') throw new Error(layout.reason);
    const lifted = liftable(layout);
    expect(lifted.length > 0).toBe(language === 'python');
    if (lifted.length === 0) return;
    const open = withParameters(files, lifted);
    expect(open[path]).toContain('_p[0]');
    expect(parseFile(syntax, language, open[path] as string).type).toBe('ok');
    expect(hashProgram(syntax, experiment, open)).toMatchObject({ reason: expect.stringContaining('_p') as string });
  });
});

it('reads each file of a program by its ending: a Python program with a kernel in C', () => {
  const [python, , kernel] = [SAMPLES[0] as Sample, null, SAMPLES[1] as Sample];
  const files = { [python.path]: python.text, [kernel.path]: kernel.text, 'notes.txt': 'def (' };
  const experiment = { ...experimentFor(python), files };
  let changed = 0;
  for (let seed = 0; seed < 60; seed++) {
    const proposal = mutate.propose(
      contextOf({ experiment }, syntax, seed, { parent: specimen(1, files) }),
    ) as Proposal;
    if (proposal.type !== 'edits') throw new Error(proposal.type);
    const young = applyEdits(files, proposal.edits);
    expect(checkCandidate({ syntax, experiment, parent: files, files: young }).type).toBe('ok');
    expect(young['notes.txt']).toBe('def (');
    if (young[kernel.path] !== kernel.text) {
      changed++;
      expect(young[kernel.path]).not.toContain('math.sqrt');
    }
  }
  expect(changed).toBeGreaterThan(10);
  expect(changed).toBeLessThan(50);
  const broken = hashProgram(syntax, experiment, { ...files, [kernel.path]: 'double f( {' });
  expect(broken).toMatchObject({ type: 'rejected', reason: expect.stringContaining('weigh.c:1:') as string });
});
