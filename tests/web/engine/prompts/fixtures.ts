/** A small experiment and the context of an operator that asks a model. */
import { DEFAULT_BUDGET, DEFAULT_LIMITS, DEFAULT_STRATEGY } from '../../../../web/engine/defaults.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import type { Experiment } from '../../../../web/engine/experiment.ts';
import type { Message } from '../../../../web/engine/models/model.ts';
import type { ModelContext, OperatorContext, Specimen } from '../../../../web/engine/operators/operator.ts';
import type { Evaluation } from '../../../../web/engine/program.ts';

export function evaluation(parts: Partial<Evaluation> = {}): Evaluation {
  return {
    fitness: 1,
    correct: true,
    metrics: {},
    hidden: {},
    feedback: '',
    features: {},
    scores: {},
    artifacts: {},
    fuel: 0,
    ...parts,
  };
}

export function specimen(id: number, parts: Partial<Specimen> = {}): Specimen {
  return {
    id,
    files: { 'place.js': `export const place = (n) => n * ${id};\n` },
    evaluation: evaluation({ fitness: id }),
    status: 'correct',
    reason: '',
    note: '',
    ...parts,
  };
}

export function experiment(parts: Partial<Experiment> = {}): Experiment {
  return {
    v: 1,
    name: 'circles',
    title: 'Circles in a square',
    summary: 'Place circles so that the sum of their radii is largest.',
    language: 'javascript',
    files: { 'place.js': 'export const place = (n) => n;\n' },
    entry: 'place.js',
    evaluator: { files: { 'evaluator.js': '' }, entry: 'evaluator.js' },
    goal: {
      metric: 'sum',
      label: 'sum of radii',
      better: 'higher',
      unit: '',
      digits: 6,
      unseen: null,
      baselines: [],
      best: null,
    },
    limits: DEFAULT_LIMITS,
    sandbox: 'javascript',
    strategy: DEFAULT_STRATEGY,
    budget: DEFAULT_BUDGET,
    ...parts,
  };
}

export function context(parts: Partial<OperatorContext> = {}, model: Partial<ModelContext> = {}): OperatorContext {
  return {
    experiment: experiment(),
    syntax: {} as OperatorContext['syntax'],
    parent: specimen(7),
    inspirations: [],
    ancestor: null,
    random: createRandom('prompts'),
    evaluations: 0,
    attempts: [],
    model: {
      task: '',
      kinds: [],
      best: null,
      failures: [],
      recommendation: null,
      scratchpad: '',
      hints: [],
      lineage: [],
      steps: [],
      promptTokens: 20_000,
      callsLeft: () => 1,
      ask: () => Promise.reject(new Error('prompts ask nobody')),
      ...model,
    },
    ...parts,
  };
}

export function textOf(messages: readonly Message[]): string {
  return messages.map(({ role, content }) => `${role}: ${content}`).join('\n');
}
