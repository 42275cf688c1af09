/** Before a run starts: the longest conversation each model may be sent, against its context window. */
import { FEEDBACK_LIMITS } from './feedback.ts';
import { tokensAtMost } from './length.ts';
import { PROMPT_KINDS, PROMPT_LIMITS, programSignature } from './program-prompt.ts';
import { RETRY_LIMITS } from './retry.ts';
import { render } from './signature.ts';
import { VARIANTS } from './variants.ts';
import type { Experiment } from '../experiment.ts';
import type { Specimen } from '../operators/operator.ts';
import type { IslandStrategy } from '../strategy.ts';

export interface ContextPlan {
  readonly model: string;
  readonly fits: boolean;
  /** Tokens, from above: the longest prompt, all retries, and the reply. */
  readonly needed: number;
  /** The same without retries, for programs as long as the seed. */
  readonly typical: number;
  /** Tokens the model takes in all, reply included; null where nobody knows. Then only the prompt's own budget is judged. */
  readonly window: number | null;
  /** What the longest conversation is made of, before anything is shortened. */
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

/** Kinds that operators of the island can ask for; retries and refinements follow from them. */
function planContext(
  experiment: Experiment,
  island: IslandStrategy,
  model: string,
  window: number | null,
): ContextPlan {
  const { promptTokens, replyTokens, attempts } = island.models;
  const seed = Object.values(experiment.files).join('\n');
  const seedTokens = tokensAtMost(seed);
  const density = Math.max(LEAST_DENSITY, seed.length === 0 ? 0 : seedTokens / seed.length);
  const programTokens = Math.max(seedTokens, Math.ceil(experiment.strategy.longest * density));
  const frame = Math.max(0, longestFrame(experiment, island) - seedTokens);
  const { count, failures } = island.inspirations;
  const retries = Math.max(0, attempts - 1);
  const retry = Math.min(replyTokens, RETRY_LIMITS.reply) + characters(RETRY_LIMITS.problem);
  const said = characters(FEEDBACK_LIMITS.feedback + FEEDBACK_LIMITS.artifacts * FEEDBACK_LIMITS.artifact);
  const parts = [
    { name: 'task, goal, rules and reply format', tokens: frame },
    { name: 'current program', tokens: programTokens },
    { name: `${count} inspirations`, tokens: count * (programTokens + INSPIRATION_FRAME) },
    { name: `${failures} failures`, tokens: failures * characters(PROMPT_LIMITS.reason + PROMPT_LIMITS.note) },
    { name: 'feedback and artifacts', tokens: said },
    { name: 'hints', tokens: HINTS * characters(PROMPT_LIMITS.hint) },
    { name: 'recommendation', tokens: characters(PROMPT_LIMITS.recommendation) },
    { name: 'what the run has learned', tokens: characters(PROMPT_LIMITS.scratchpad) },
    { name: `${retries} retries`, tokens: retries * retry },
    { name: 'reply', tokens: replyTokens },
  ];
  const whole = parts.slice(0, -2).reduce((sum, { tokens }) => sum + tokens, 0);
  const prompt = Math.min(whole, promptTokens);
  const needed = prompt + retries * retry + replyTokens;
  const typical = Math.min(promptTokens, frame + (1 + count) * seedTokens) + replyTokens;
  const must = frame + programTokens;
  const advice: string[] = [];
  if (must > promptTokens) {
    const characters = Math.max(0, Math.floor((promptTokens - frame) / density));
    advice.push(
      `A program of ${experiment.strategy.longest} characters needs a prompt of up to ${must} tokens, and a prompt may have ${promptTokens}: allow at least ${must} tokens, or programs of at most ${characters} characters.`,
    );
  } else if (whole > promptTokens) {
    advice.push(
      `When programs get long, up to ${whole - promptTokens} tokens of inspirations, failures and feedback are left out of a prompt.`,
    );
  }
  if (window === null)
    advice.push(`The context window of ${model} is not known; it should be at least ${needed} tokens.`);
  else if (needed > window) {
    const room = window - retries * retry - replyTokens;
    advice.push(
      room >= must
        ? `The longest conversation may have ${needed} tokens and ${model} takes ${window}: ask for prompts of at most ${room} tokens.`
        : `The longest conversation may have ${needed} tokens and ${model} takes ${window}: take a model with a longer context, or fewer retries, shorter replies or shorter programs.`,
    );
  }
  if (advice.length === 0) advice.push('Everything fits, also at its longest.');
  const fits = must <= promptTokens && (window === null || needed <= window);
  return { model, fits, needed, typical, window, parts, advice };
}

/** Words and code at their densest, tokens a character. */
const LEAST_DENSITY = 0.4;

/** Figures, note and feedback of one inspiration. */
const INSPIRATION_FRAME = 900;

/** Hints that a person is expected to have in force at once. */
const HINTS = 3;

function characters(count: number): number {
  return Math.ceil(count * LEAST_DENSITY);
}

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

/** Figures and scores of the current program, which the seed has none of before the start. */
const CURRENT_FRAME = 600;
