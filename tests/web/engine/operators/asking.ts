/** What the tests of operators that ask a model share: a program, a context, and a job's conversation. */
import { DEFAULT_BUDGET, DEFAULT_LIMITS, DEFAULT_STRATEGY } from '../../../../web/engine/defaults.ts';
import type { Experiment } from '../../../../web/engine/experiment.ts';
import type { LanguageModel, Message, ModelReply, ModelRequest, Purpose } from '../../../../web/engine/models/model.ts';
import { NO_USAGE } from '../../../../web/engine/models/model.ts';
import type {
  Attempt,
  ModelContext,
  Operator,
  OperatorContext,
  Proposal,
  Specimen,
} from '../../../../web/engine/operators/operator.ts';
import { applyEdits } from '../../../../web/engine/patches/edits.ts';
import { evolvableRanges } from '../../../../web/engine/patches/evolve-blocks.ts';
import type { Evaluation, Files } from '../../../../web/engine/program.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { checkCandidate } from '../../../../web/engine/syntax/check.ts';
import type { Syntax } from '../../../../web/engine/syntax/tree.ts';
import { loadSyntax } from '../../../../web/syntax/load.ts';

export const syntax: Syntax = await loadSyntax(['javascript', 'typescript']);

export const ONE: Files = {
  'f.js': `export function f(x) {
  // EVOLVE-BLOCK-START
  const step = 3;
  let sum = 0.5;
  for (let i = 0; i < step; i++) sum += x * i;
  // EVOLVE-BLOCK-END
  return sum;
}
`,
};

export const OPEN: Files = { 'f.js': 'export const f = (x) => x * 1.5 + 2;\n' };

export const MANY: Files = {
  'main.ts': `import { weight } from './weight.ts';\nexport const total = (n: number): number => weight(n) * 2;\n`,
  'weight.ts': `// EVOLVE-BLOCK-START\nexport const weight = (n: number): number => n * 0.75;\n// EVOLVE-BLOCK-END\nexport const version = '1.0';\n// EVOLVE-BLOCK-START\nexport const limit = 10;\n// EVOLVE-BLOCK-END\n`,
  'notes.txt': 'not code 0.5\n',
};

export function experiment(files: Files): Experiment {
  const typed = Object.keys(files).some((path) => path.endsWith('.ts'));
  return {
    v: 1,
    name: 'asked',
    title: 'Asked',
    summary: 'Make the sum larger.',
    language: typed ? 'typescript' : 'javascript',
    files,
    entry: Object.keys(files)[0] as string,
    evaluator: { files: { 'evaluator.js': '' }, entry: 'evaluator.js' },
    goal: {
      metric: 'score',
      label: 'Score',
      better: 'higher',
      unit: '',
      digits: 4,
      unseen: null,
      baselines: [],
      best: null,
    },
    limits: DEFAULT_LIMITS,
    sandbox: 'javascript',
    strategy: DEFAULT_STRATEGY,
    budget: DEFAULT_BUDGET,
  };
}

export function evaluation(parts: Partial<Evaluation> = {}): Evaluation {
  return {
    fitness: 1,
    correct: true,
    metrics: { score: 1 },
    hidden: {},
    feedback: '',
    features: {},
    scores: {},
    artifacts: {},
    fuel: 1,
    ...parts,
  };
}

export function specimen(id: number, files: Files, parts: Partial<Specimen> = {}): Specimen {
  return { id, files, evaluation: evaluation(), status: 'correct', reason: '', note: '', ...parts };
}

export interface Asked {
  readonly messages: readonly Message[];
  readonly purpose: Purpose;
}

export type Answer = string | ModelReply;

export function said(text: string, finish: 'stop' | 'length' | 'refused' | 'filtered' = 'stop'): ModelReply {
  return { type: 'replied', text, finish, usage: NO_USAGE, dollars: 0 };
}

/** A model that answers in turn; the last answer is given again and again. */
export function answering(answers: readonly Answer[], calls = 10): { model: ModelContext; asked: Asked[] } {
  const asked: Asked[] = [];
  const model = modelContext((messages, purpose) => {
    asked.push({ messages, purpose });
    const answer = answers[Math.min(asked.length, answers.length) - 1] as Answer;
    return Promise.resolve(typeof answer === 'string' ? said(answer) : answer);
  });
  return { model: { ...model, callsLeft: () => calls - asked.length }, asked };
}

export function modelContext(ask: ModelContext['ask']): ModelContext {
  return {
    task: 'Make the sum larger.',
    kinds: [],
    best: null,
    failures: [],
    recommendation: null,
    scratchpad: '',
    hints: [],
    lineage: [],
    steps: [],
    promptTokens: 50_000,
    callsLeft: () => 10,
    ask,
  };
}

export function contextOf(
  files: Files,
  model: ModelContext | null,
  parts: Partial<OperatorContext> = {},
): OperatorContext {
  return {
    experiment: experiment(files),
    syntax,
    parent: specimen(7, files),
    inspirations: [],
    ancestor: null,
    random: createRandom('test'),
    evaluations: 1,
    model,
    attempts: [],
    ...parts,
  };
}

export interface Outcome {
  readonly files: Files | null;
  readonly proposals: readonly Proposal[];
  readonly attempts: readonly Attempt[];
}

/** A job's attempts, with the check that every job makes. Throws where a proposal breaks the operator's promises. */
export async function converse(operator: Operator, context: OperatorContext, most = 3): Promise<Outcome> {
  const attempts: Attempt[] = [];
  const proposals: Proposal[] = [];
  const { parent } = context;
  for (let attempt = 0; attempt < most; attempt++) {
    const random = context.random.split(attempt);
    const proposal = await operator.propose({ ...context, random, conversation: context.random, attempts });
    proposals.push(proposal);
    if (proposal.type === 'search' || proposal.type === 'files') throw new Error(proposal.type);
    if (proposal.type === 'none') {
      if (proposal.reason === '') throw new Error('no reason');
      attempts.push({ reply: proposal.reply ?? '', problem: proposal.reason });
      if (proposal.final) break;
      continue;
    }
    const files = applyEdits(parent.files, proposal.edits);
    mustStayInside(context, proposal.edits);
    const check = checkCandidate({ syntax, experiment: context.experiment, parent: parent.files, files });
    if (check.type === 'ok') return { files, proposals, attempts };
    attempts.push({ reply: proposal.reply ?? '', problem: check.reason });
  }
  return { files: null, proposals, attempts };
}

function mustStayInside(
  { experiment: { language }, parent }: OperatorContext,
  edits: (Proposal & { type: 'edits' })['edits'],
): void {
  const allowed = evolvableRanges(syntax, language, parent.files);
  if (allowed.type === 'failed') throw new Error(allowed.reason);
  for (const { file, start, end } of edits) {
    const ranges = Object.hasOwn(parent.files, file) ? (allowed.ranges[file] ?? []) : [];
    if (!ranges.some((range) => range.start <= start && end <= range.end)) {
      throw new Error(`An edit of ${file} at ${start} lies outside what may change`);
    }
  }
}

/** A context whose model is a scripted one. */
export function withModel(model: LanguageModel, seed = 1, replyTokens = 8_192): ModelContext {
  let call = 0;
  return modelContext((messages, purpose) => {
    const request: ModelRequest = {
      model: 'scripted',
      purpose,
      messages,
      tokens: replyTokens,
      temperature: null,
      effort: 'none',
      seed: seed * 64 + call++,
      key: '',
    };
    return model.complete(request, new AbortController().signal);
  });
}
