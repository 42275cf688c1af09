/**
 * What a step does with the text of a program, in Node: a child by one edit of a parent, parsed, checked, hashed, turned into a
 * vector, compared with an archive. Times are CPU times of the whole process, collector threads included.
 */
import { readFileSync } from 'node:fs';
import type { Language } from '../../web/engine/experiment.ts';
import { judgeNovelty } from '../../web/engine/novelty/check-novelty.ts';
import { embed } from '../../web/engine/novelty/vector.ts';
import { createRandom, type Random } from '../../web/engine/rng.ts';
import { checkCandidate } from '../../web/engine/syntax/check.ts';
import type { Syntax } from '../../web/engine/syntax/tree.ts';
import { loadSyntax } from '../../web/syntax/load.ts';
import { median, rounded, type Group } from './figure.ts';

/** 1.7 kB, 700 nodes. */
const PROGRAM = readFileSync(new URL('../../examples/circle-packing/seed.js', import.meta.url), 'utf8');
const FILE = 'seed.js';
const ARCHIVE = 40;
const STEPS = 500;
const WARM_UP = 300;
const WINDOWS = 5;

export const parse: Group = {
  figures: [
    { name: 'engine.steps_parsed_per_s', aim: '≥ 500' },
    { name: 'engine.parsed_step_speedup', aim: 'stated' },
  ],
  needsBrowser: false,
  async *measure(wanted) {
    const quick = await loadSyntax(['javascript']);
    const stepOf = (syntax: Syntax): (() => void) => evolution(syntax, createRandom('parse'));
    const costs = sideBySide(
      wanted.has('engine.parsed_step_speedup') ? [quick, plain(quick)].map(stepOf) : [stepOf(quick)],
    );
    const [mine, other] = costs.map(median);
    if (wanted.has('engine.steps_parsed_per_s')) {
      yield { name: 'engine.steps_parsed_per_s', value: rounded(1000 / (mine as number)), unit: 'steps/s' };
    }
    if (wanted.has('engine.parsed_step_speedup')) {
      yield { name: 'engine.parsed_step_speedup', value: rounded((other as number) / (mine as number)), unit: 'ratio' };
    }
  },
};

/** Reads each tree node by node, and each text from its beginning. */
function plain(syntax: Syntax): Syntax {
  return {
    parse(language: Language, text: string) {
      const tree = syntax.parse(language, text);
      return { rootNode: tree.rootNode, delete: () => tree.delete() };
    },
  };
}

/** Milliseconds a step of each, in windows that take turns: what else the machine does then meets all alike. */
function sideBySide(steps: readonly (() => void)[]): number[][] {
  for (const step of steps) for (let i = 0; i < WARM_UP; i++) step();
  const costs = steps.map((): number[] => []);
  for (let window = 0; window < WINDOWS; window++) {
    steps.forEach((step, which) => {
      const before = process.cpuUsage();
      for (let i = 0; i < STEPS; i++) step();
      const { user, system } = process.cpuUsage(before);
      (costs[which] as number[]).push((user + system) / 1000 / STEPS);
    });
  }
  return costs;
}

interface Member {
  readonly id: number;
  readonly text: string;
  readonly vector: Int8Array;
}

/** A step at each call: what passes replaces a member by chance. */
function evolution(syntax: Syntax, random: Random): () => void {
  const vectorOf = (text: string): Int8Array => embed(syntax, 'javascript', { [FILE]: text });
  const archive: Member[] = Array.from({ length: ARCHIVE }, (_, id) => ({
    id,
    text: PROGRAM,
    vector: vectorOf(PROGRAM),
  }));
  let id = ARCHIVE;
  return () => {
    const parent = random.pick(archive);
    let text = parent.text;
    while (text === parent.text) text = edited(text, random);
    const check = checkCandidate({ syntax, experiment, parent: { [FILE]: parent.text }, files: { [FILE]: text } });
    // One edit in many puts back what it finds; it has cost its parse all the same.
    if (check.type === 'rejected') return;
    const vector = vectorOf(text);
    judgeNovelty({ vector, others: archive, threshold: 1 });
    archive[random.below(ARCHIVE)] = { id: id++, text, vector };
  };
}

/** Another number, another operator, or a statement more or less. */
function edited(text: string, random: Random): string {
  const at = (pattern: RegExp): RegExpExecArray | undefined => {
    const all = [...text.matchAll(pattern)];
    return all.length > 0 ? random.pick(all) : undefined;
  };
  const replaced = (found: RegExpExecArray | undefined, by: string): string =>
    found ? text.slice(0, found.index) + by + text.slice(found.index + found[0].length) : text;
  switch (random.below(4)) {
    case 0:
      return replaced(at(/ [-+*] /g), random.pick([' + ', ' - ', ' * ']));
    case 1:
      return text.length < PROGRAM.length + 100
        ? replaced(at(/;\n/g), `;\n  let extra${random.below(1e6)} = 0.5;\n`)
        : replaced(at(/\n {2}let extra\d+ = [^;]+;/g), '');
    default:
      return replaced(at(/\b\d+(?:\.\d+)?\b/g), (random.next() * 10).toFixed(3));
  }
}

const experiment = { language: 'javascript' } as const;
