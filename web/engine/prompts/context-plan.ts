/** Before a run starts: the longest conversation each model may be sent, against its context window. */
import { FEEDBACK_LIMITS } from './feedback.ts';
import { BYTES_PER_TOKEN, tokensAtMost } from '../models/tokens.ts';
import { PROMPT_KINDS, PROMPT_LIMITS, programSignature } from './program-prompt.ts';
import { RETRY_LIMITS } from './retry.ts';
import { render } from './signature.ts';
import { VARIANTS } from './variants.ts';
import type { Experiment } from '../experiment.ts';
import type { Specimen } from '../operators/operator.ts';
import type { IslandStrategy } from '../strategy.ts';

/** The advice where nothing has to be left out. */
export const FITS = 'Everything fits, also at its longest.';

export interface ContextPlan {
  readonly model: string;
  /** The longest program fits into a prompt, and the longest conversation, as tokens usually come, into the window. */
  readonly fits: boolean;
  /** Tokens the longest conversation is likely to have, its reply included. */
  readonly needed: number;
  /** The same from above: no tokenizer makes more of it. */
  readonly most: number;
  /** Tokens a first prompt and its reply are likely to have while programs are as long as the seed. */
  readonly typical: number;
  /** Tokens the model takes in all, reply included; null where nobody knows. Then only the prompt's own budget is judged. */
  readonly window: number | null;
  /** What the longest conversation is made of before anything is shortened, in likely tokens. */
  readonly parts: readonly { readonly name: string; readonly tokens: number }[];
  /** Sentences for people: what will be shortened, and what to change where it does not fit. */
  readonly advice: readonly string[];
}

/**
 * One plan a model of the ensembles, by name. `windows`: model → tokens; models that are not in it count as unknown. Where
 * islands have settings of their own, the longest conversation counts.
 */
export function planContexts(experiment: Experiment, windows: Readonly<Record<string, number>>): ContextPlan[] {
  const { strategy } = experiment;
  const plans = new Map<string, ContextPlan>();
  for (const own of [{}, ...strategy.islands.own]) {
    const island: IslandStrategy = { ...strategy, ...own };
    for (const [model, share] of Object.entries(island.models.ensemble)) {
      if (!(share > 0)) continue;
      const window = Object.hasOwn(windows, model) ? (windows[model] as number) : null;
      const plan = planContext(experiment, island, model, window);
      const before = plans.get(model);
      if (
        before === undefined ||
        (before.fits && !plan.fits) ||
        (before.fits === plan.fits && before.needed < plan.needed)
      ) {
        plans.set(model, plan);
      }
    }
  }
  return [...plans.values()].sort((a, b) => (a.model < b.model ? -1 : 1));
}

function planContext(
  experiment: Experiment,
  island: IslandStrategy,
  model: string,
  window: number | null,
): ContextPlan {
  const { promptTokens, replyTokens, attempts } = island.models;
  const { longest } = experiment.strategy;
  // All in tokens from above, as the prompt's budget counts them; divided at the end.
  const seed = Object.values(experiment.files).join('\n');
  const density = seed.length === 0 ? 1 : tokensAtMost(seed) / seed.length;
  const program = Math.max(tokensAtMost(seed), Math.ceil(longest * density));
  const frame = longestFrame(experiment, island) - tokensAtMost(seed);
  const { count, failures } = island.inspirations;
  const retries = Math.max(0, attempts - 1);
  const sizes: readonly (readonly [string, number])[] = [
    ['task, goal, rules and reply format', frame],
    ['current program', program],
    [`inspirations (${count})`, count * (program + INSPIRATION_FRAME)],
    [`failures (${failures})`, failures * (PROMPT_LIMITS.reason + PROMPT_LIMITS.note)],
    ['how it came about', ANCESTRY],
    ['feedback and artifacts', FEEDBACK_LIMITS.feedback + FEEDBACK_LIMITS.artifacts * FEEDBACK_LIMITS.artifact],
    ['hints', HINTS * PROMPT_LIMITS.hint],
    ['recommendation', PROMPT_LIMITS.recommendation],
    ['what the run has learned', PROMPT_LIMITS.scratchpad],
    [`retries (${retries})`, retries * (RETRY_LIMITS.reply + RETRY_LIMITS.problem)],
  ];
  const whole = sizes.reduce((sum, [, size]) => sum + size, 0);
  const must = frame + program + PROMPT_LIMITS.recommendation;
  const most = Math.min(whole, promptTokens) + replyTokens;
  const needed = likely(Math.min(whole, promptTokens)) + replyTokens;
  const typical = likely(Math.min(promptTokens, frame + (1 + count) * tokensAtMost(seed))) + replyTokens;
  const parts = sizes.map(([name, size]) => ({ name, tokens: likely(size) }));
  const advice: string[] = [];
  if (must > promptTokens) {
    const characters = Math.max(0, Math.floor((promptTokens - must + program) / density));
    advice.push(
      `A program of ${longest} characters needs a prompt of ${must} tokens from above, and a prompt may have ${promptTokens}: allow at least ${must} tokens, or programs of at most ${characters} characters.`,
    );
  } else if (whole > promptTokens) {
    const part = Math.round((100 * (whole - promptTokens)) / whole);
    advice.push(
      `When programs get long, inspirations, failures and feedback are shortened: up to ${part} % of a prompt.`,
    );
  }
  if (window === null) {
    advice.push(`The context window of ${model} is not known; it should be at least ${needed} tokens.`);
  } else if (needed > window) {
    const room = Math.floor((window - replyTokens) * BYTES_PER_TOKEN);
    advice.push(
      room >= must
        ? `The longest conversation is likely to have ${needed} tokens, and ${model} takes ${window}: limit prompts to ${room} tokens from above.`
        : `The longest conversation is likely to have ${needed} tokens, and ${model} takes ${window}: take a model with a longer context, shorter replies or shorter programs.`,
    );
  } else if (most > window) {
    advice.push(
      `Text that tokenizes badly may have up to ${most} tokens, more than the ${window} that ${model} takes: such a call would fail.`,
    );
  }
  if (advice.length === 0) advice.push(FITS);
  const fits = must <= promptTokens && (window === null || needed <= window);
  return {
    model,
    fits,
    needed,
    most,
    typical,
    window,
    parts: [...parts, { name: 'reply', tokens: replyTokens }],
    advice,
  };
}

function likely(tokens: number): number {
  return Math.ceil(tokens / BYTES_PER_TOKEN);
}

/** Lines of a program's ancestors, characters. */
const ANCESTRY = 2_400;

/** Figures, note and feedback of one inspiration, characters. */
const INSPIRATION_FRAME = 2_000;

/** Hints that a person is expected to have in force at once. */
const HINTS = 3;

/** What must stand in the longest of the prompts, the seed for its program. */
function longestFrame(experiment: Experiment, island: IslandStrategy): number {
  const parent: Specimen = {
    id: 0,
    files: experiment.files,
    evaluation: null,
    status: 'correct',
    reason: '',
    note: '',
  };
  const model = {
    task: island.prompts.task,
    kinds: [],
    best: null,
    failures: [],
    recommendation: null,
    scratchpad: '',
    hints: [],
    lineage: [],
    steps: [],
    promptTokens: Infinity,
    callsLeft: () => 0,
    ask: () => Promise.reject(new Error('a plan asks nobody')),
  };
  let most = 0;
  for (const kind of PROMPT_KINDS) {
    for (const variant of kind === 'rewrite' ? VARIANTS : [null]) {
      const inputs = { experiment, parent, inspirations: [], model, variant };
      most = Math.max(most, render(programSignature(kind, experiment), inputs, Infinity).required);
    }
  }
  return most + CURRENT_FRAME;
}

/** Figures and scores of the current program, which the seed has none of before the start, characters. */
const CURRENT_FRAME = 4_500;
