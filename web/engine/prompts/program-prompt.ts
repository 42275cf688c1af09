/** The prompts that make programs: one signature a kind, built from the same sections. */
import { ancestryText } from './ancestry.ts';
import { inline } from './clean.ts';
import { codeFormat, diffFormat } from './formats.ts';
import { adviceText, goalText, rulesText, searchRule, taskText } from './rules.ts';
import { removeSecrets } from './secrets.ts';
import { fixed, plain } from './signature.ts';
import { fileBlocks, kindWords, references, saidBlocks, specimenPiece, standing } from './specimen.ts';
import { variantText } from './variants.ts';
import type { Experiment } from '../experiment.ts';
import type { ModelContext, OperatorContext, Specimen } from '../operators/operator.ts';
import type { Piece, Section, Signature } from './signature.ts';

/** What a prompt asks for. */
export type PromptKind = 'diff' | 'rewrite' | 'cross' | 'fix' | 'refine';

export const PROMPT_KINDS: readonly PromptKind[] = ['diff', 'rewrite', 'cross', 'fix', 'refine'];

export interface ProgramInputs {
  readonly experiment: Experiment;
  readonly parent: Specimen;
  readonly inspirations: readonly Specimen[];
  readonly model: ModelContext;
  readonly variant: string | null;
}

/** Characters. */
export const PROMPT_LIMITS = { recommendation: 1_200, scratchpad: 6_000, hint: 2_000, reason: 300, note: 200 } as const;

const INPUTS = {
  experiment: 'language, goal, limits and files of the experiment',
  parent: 'the program to change, with its score',
  inspirations: 'other programs, in the order to show them; a cross takes the first for its other parent',
  model: 'task, best program, failures, advice and hints',
  variant: 'instruction of a rewrite',
} as const;

export function inputsOf(context: OperatorContext, variant: string | null): ProgramInputs {
  if (context.model === null) throw new Error('a prompt needs the context of a model');
  const { experiment, parent, inspirations, model } = context;
  return { experiment, parent, inspirations, model, variant };
}

type ProgramSection = Section<ProgramInputs>;

const task: ProgramSection = fixed('task', 'Task', ({ experiment, model }) => taskText(experiment, model.task));
const goal: ProgramSection = fixed('goal', 'Goal', ({ experiment }) => goalText(experiment));
const rules: ProgramSection = fixed('rules', 'Rules', ({ experiment, model }) =>
  [rulesText(experiment), ...searchRule(model.searches ?? 0)].join('\n'),
);
// What is improved after its evaluation is improved without the web.
const rulesAlone: ProgramSection = fixed('rules', 'Rules', ({ experiment }) => rulesText(experiment));
const recommendation: ProgramSection = fixed('recommendation', 'Recommendation', ({ model }) =>
  model.recommendation === null ? null : adviceText(model.recommendation, PROMPT_LIMITS.recommendation),
);

const inspirations = (from: number): ProgramSection => ({
  name: 'inspirations',
  title: 'Other programs',
  room: { priority: 3, share: 0.5 },
  pieces: ({ experiment, inspirations: shown, parent, model }) => {
    const ranked = [...shown.keys()].sort((a, b) => {
      const [x, y] = [shown[a]?.evaluation?.fitness ?? -Infinity, shown[b]?.evaluation?.fitness ?? -Infinity];
      return x === y ? b - a : x > y ? -1 : 1;
    });
    return shown.flatMap((specimen, i): Piece[] => {
      if (i < from || specimen.id === parent.id) return [];
      const heading = `Program ${specimen.id}: ${specimen.id === model.best?.id ? 'the best so far' : kindWords(model.kinds[i])}`;
      return [specimenPiece(experiment, specimen, heading, compare(specimen, parent, model), ranked.indexOf(i))];
    });
  },
});

const partner: ProgramSection = {
  name: 'partner',
  title: 'The other parent',
  room: { priority: 0, share: 0.7 },
  pieces: ({ experiment, inspirations: [first], parent, model }) => {
    if (first === undefined) return [];
    return [specimenPiece(experiment, first, `Program ${first.id}`, compare(first, parent, model), 0)];
  },
};

const lineage: ProgramSection = {
  name: 'lineage',
  title: 'How it came about, oldest first',
  room: { priority: 4, share: 0.3 },
  pieces: ({ experiment, model }) =>
    model.lineage.map((specimen, i) => {
      const compared = references(specimen, [{ name: 'the best', specimen: model.best }]);
      return specimenPiece(experiment, specimen, `Program ${specimen.id}`, compared, model.lineage.length - i);
    }),
};

const ancestry: ProgramSection = {
  name: 'ancestry',
  title: 'How the current program came about, oldest first',
  room: { priority: 5, share: 0.1 },
  pieces: ({ model, parent }) => {
    const text = ancestryText(model.steps, parent);
    return text === null ? [] : [{ rank: 0, blocks: [{ text, fence: 'text', keep: 'tail' }] }];
  },
};

const failures: ProgramSection = {
  name: 'failures',
  title: 'Recent attempts that failed',
  room: { priority: 5, share: 0.1 },
  pieces: ({ model }) => {
    if (model.failures.length === 0) return [];
    const lines = model.failures.map(({ id, status, reason, note }) => {
      const idea = inline(removeSecrets(note), PROMPT_LIMITS.note);
      const why = inline(removeSecrets(reason), PROMPT_LIMITS.reason);
      return `program ${id}, ${status}${why === '' ? '' : `: ${why}`}${idea === '' ? '' : ` (idea: ${idea})`}`;
    });
    return [{ rank: 0, blocks: [{ text: lines.join('\n'), fence: 'text', keep: 'tail' }] }];
  },
};

const scratchpad: ProgramSection = {
  name: 'scratchpad',
  title: 'What this run has learned',
  room: { priority: 6, share: 0.15 },
  pieces: ({ model }) => {
    const text = adviceText(model.scratchpad, PROMPT_LIMITS.scratchpad);
    return text === '' ? [] : [{ rank: 0, blocks: [{ text, fence: null, keep: 'head' }] }];
  },
};

const hints: ProgramSection = {
  name: 'hints',
  title: 'Hints of the person who watches',
  room: { priority: 1, share: 0.2 },
  pieces: ({ model }) =>
    model.hints.flatMap((hint, i): Piece[] => {
      const text = inline(removeSecrets(hint), PROMPT_LIMITS.hint);
      return text === '' ? [] : [{ rank: model.hints.length - i, blocks: [plain(`- ${text}`)] }];
    }),
};

const current: ProgramSection = {
  name: 'current',
  title: 'The current program',
  room: null,
  pieces: ({ experiment, parent, model }) => {
    const note = inline(removeSecrets(parent.note), 400);
    const best = model.best?.id === parent.id ? ', the best so far' : '';
    return [
      {
        rank: 0,
        blocks: [
          plain(`Program ${parent.id}${best}`),
          ...(note === '' ? [] : [plain(`Idea behind it: ${note}`)]),
          ...fileBlocks(experiment, parent.files, 'all'),
          ...standing(experiment, parent, references(parent, [{ name: 'the best', specimen: model.best }])),
        ],
      },
    ];
  },
};

const feedback: ProgramSection = {
  name: 'feedback',
  title: 'What the evaluator says of the current program',
  room: { priority: 2, share: 0.3 },
  pieces: ({ parent }) => {
    const blocks = saidBlocks(parent);
    return blocks.length === 0 ? [] : [{ rank: 0, blocks }];
  },
};

function compare(specimen: Specimen, parent: Specimen, model: ModelContext): ReturnType<typeof references> {
  return references(specimen, [
    { name: 'the current program', specimen: parent },
    { name: 'the best', specimen: model.best },
  ]);
}

/** The last line: what to do now. */
export function taskLine(kind: PromptKind, { parent, variant }: ProgramInputs): string {
  const id = parent.id;
  switch (kind) {
    case 'diff':
      return `Make program ${id} score better by a few changes that belong together. Say first what limits it, then change that and nothing else.`;
    case 'rewrite':
      return `The task for program ${id}: ${variantText(variant)}`;
    case 'cross':
      return `Write one program out of program ${id} and the other parent. Find what each does better, and join these parts so that they work together, rather than choosing one of the two or running both.`;
    case 'fix':
      return `Program ${id} fails. Find the cause in the reason and the feedback above, and mend it. Keep the idea behind the program where that is possible: what is asked for is a correct program first and a good one second.`;
    case 'refine':
      return `Program ${id} has just been evaluated for the first time. Read what the evaluator says of it, and take the one step that makes it score better: remove a weakness that the figures or the feedback show. Keep its idea.`;
    default:
      return kind satisfies never;
  }
}

export function programSignature(kind: PromptKind, experiment: Experiment): Signature<ProgramInputs> {
  const now: ProgramSection = fixed('request', 'Now', (inputs) => taskLine(kind, inputs));
  const base = { name: kind, inputs: INPUTS };
  const ending = [hints, current, feedback, now];
  switch (kind) {
    case 'diff':
    case 'rewrite':
      return {
        ...base,
        outputs: kind === 'diff' ? diffFormat(experiment) : codeFormat(experiment),
        system: [task, goal, rules, recommendation],
        user: [inspirations(0), failures, scratchpad, ancestry, ...ending],
      };
    case 'cross':
      // No recommendation: it would pull the child away from both parents.
      return {
        ...base,
        outputs: codeFormat(experiment),
        system: [task, goal, rules],
        user: [inspirations(1), failures, scratchpad, partner, ancestry, ...ending],
      };
    case 'fix':
      return {
        ...base,
        outputs: codeFormat(experiment),
        system: [task, goal, rules],
        user: [lineage, inspirations(0), failures, ancestry, ...ending],
      };
    case 'refine':
      return {
        ...base,
        outputs: diffFormat(experiment),
        system: [task, goal, rulesAlone],
        user: [inspirations(0), scratchpad, ancestry, ...ending],
      };
    default:
      return kind satisfies never;
  }
}
