/** How many looks a program is worth: a cascade of stages, a small batch of instances first, repeats until it is clear. */
import type { Trials } from '../events.ts';
import type { EvaluationOutcome, EvaluationRequest, EvaluationSession } from '../ports.ts';
import type { Evaluation, Files } from '../program.ts';
import type { Random } from '../rng.ts';
import type { EvaluationSettings } from '../strategy.ts';
import { mean } from './mean.ts';
import { createStop, type Stop } from './stop.ts';
import { aggregate, judge, type Scored, type Trial } from './trials.ts';

/** Seed of the first evaluation of every program: one for all runs, so that a program scores the same wherever it is scored. */
export const EVALUATION_SEED = 1;

export interface EvaluationInput {
  readonly settings: EvaluationSettings;
  readonly parent: Evaluation | null;
  /** How the parent's score came about: a race compares seed by seed where it is known. */
  readonly parentTrials?: Trials | null;
  /** −Infinity where there is none. */
  readonly bestFitness: number;
  /** Text of the program that has it; asked for only where the evaluator is told. */
  readonly bestFiles?: () => Files | null;
  /** Most that may be spent; one is spent in any case. */
  readonly evaluations: number;
  readonly random: Random;
}

export interface PolicyResult extends Scored {
  /** Spent. A second look for the picture is not counted. */
  readonly evaluations: number;
  /** Null where the settings ask for one plain evaluation. */
  readonly trials: Trials | null;
}

/** Most evaluations that one program can take under these settings. */
export function evaluationsAtMost(settings: EvaluationSettings): number {
  return Math.max(1, settings.stages.length) - 1 + settings.repeats + (settings.minibatch > 0 ? 1 : 0);
}

/**
 * Stages in order, then the minibatch, then the repeats of the last stage; the first that a program does not pass ends it. What falls below
 * a threshold or behind the parent on the minibatch is `rejected` and keeps its evaluation for people to see, with `correct`
 * false, no fitness and no scores: they are not on the scale of the last stage. What beats `bestFitness` is looked
 * at once more for its picture and its held-out figures.
 */
export async function evaluateByPolicy(session: EvaluationSession, input: EvaluationInput): Promise<PolicyResult> {
  const { settings } = input;
  const cascade = settings.stages.length > 0;
  const stages = cascade ? settings.stages : [{ name: 'full', threshold: null }];
  const plain = !cascade && settings.repeats <= 1 && settings.minibatch === 0;
  const most = Math.max(1, input.evaluations);
  let spent = 0;

  const told = bestTold(input);
  const requestFor = (stage: string): EvaluationRequest => ({
    ...{ parameters: [], seed: EVALUATION_SEED, picture: false },
    ...(cascade ? { stage } : {}),
    ...told,
  });
  const ask = async (request: EvaluationRequest): Promise<Trial> => {
    spent++;
    const [outcome] = await session.evaluate([request]);
    return { seed: request.seed, outcome };
  };
  const end = (scored: Scored, stage: string, trials: readonly Trial[], stopped: string | null): PolicyResult => ({
    ...scored,
    evaluations: spent,
    trials: plain ? null : summary(stage, trials, stopped),
  });
  const where = (stage: string): string => (cascade ? `stage ${stage}: ` : '');
  const outOfBudget = (stage: string, before: Evaluation | null): PolicyResult =>
    end(
      turnedAway(`${where(stage)}the evaluations ran out before it was reached`, before),
      stage,
      [],
      'the evaluations ran out',
    );

  let latest: Evaluation | null = null;
  for (const { name, threshold } of stages.slice(0, -1)) {
    if (spent >= most) return outOfBudget(name, latest);
    const trial = await ask(requestFor(name));
    const passed = atLeast(judge(trial), threshold, where(name));
    if (passed.status !== 'correct') return end(passed, name, [trial], `ended at stage ${name}`);
    latest = passed.evaluation;
  }

  const last = stages[stages.length - 1] ?? { name: 'full', threshold: null };
  const request = requestFor(last.name);
  const instances = drawInstances(input);
  // A batch that leaves nothing for the rest would be an evaluation for nothing.
  if (instances.length > 0 && spent + 1 < most) {
    const trial = await ask({ ...request, instances });
    const passed = notWorse(judge(trial), instances, input.parent?.scores ?? {}, where(last.name));
    if (passed.status !== 'correct') return end(passed, last.name, [trial], 'ended at the minibatch');
    latest = passed.evaluation;
  }
  if (spent >= most) return outOfBudget(last.name, latest);

  const trials: Trial[] = [];
  let stopped: string | null = null;
  const tooFar = watch(input, last.name);
  for (let i = 0; i < Math.max(1, settings.repeats); i++) {
    if (spent >= most) stopped = 'the evaluations ran out';
    if (stopped !== null) break;
    const trial = await ask({ ...request, seed: EVALUATION_SEED + i });
    trials.push(trial);
    if (judge(trial).status !== 'correct') stopped = `ended at seed ${trial.seed}`;
    else if (i + 1 < settings.repeats) stopped = tooFar(trials);
  }
  const scored = atLeast(aggregate(trials), last.threshold, where(last.name));
  const { evaluation } = scored;
  if (scored.status !== 'correct' || !evaluation || (evaluation.fitness ?? -Infinity) <= input.bestFitness) {
    return end(scored, last.name, trials, stopped);
  }
  const [pictured] = await session.evaluate([{ ...request, picture: true }]);
  return end({ ...scored, evaluation: withPicture(evaluation, trials[0], pictured) }, last.name, trials, stopped);
}

/** What the evaluator is told of the best program: its fitness and its text, never what was held out. */
export function bestTold({
  settings,
  bestFitness,
  bestFiles,
}: Pick<EvaluationInput, 'settings' | 'bestFitness' | 'bestFiles'>): Pick<EvaluationRequest, 'best' | 'bestFiles'> {
  if (!settings.best) return {};
  if (!Number.isFinite(bestFitness)) return { best: null, bestFiles: null };
  return { best: bestFitness, bestFiles: bestFiles?.() ?? null };
}

function turnedAway(reason: string, evaluation: Evaluation | null): Scored {
  return {
    status: 'rejected',
    reason,
    evaluation: evaluation && { ...evaluation, correct: false, fitness: null, scores: {} },
  };
}

function atLeast(scored: Scored, threshold: number | null, where: string): Scored {
  const { status, reason, evaluation } = scored;
  if (status !== 'correct') return { ...scored, reason: `${where}${reason}` };
  const fitness = evaluation?.fitness ?? -Infinity;
  if (threshold === null || fitness >= threshold) return scored;
  return turnedAway(`${where}fitness ${fitness} is below ${threshold}`, evaluation);
}

/** Names out of the parent's scores; empty where there is no gate: it is off, or the batch would be all there is. */
function drawInstances({ settings, parent, random }: EvaluationInput): readonly string[] {
  if (settings.minibatch <= 0 || !parent) return [];
  const names = Object.keys(parent.scores).sort((a, b) => (a < b ? -1 : 1));
  if (names.length <= settings.minibatch) return [];
  const stream = random.split('minibatch');
  for (let i = 0; i < settings.minibatch; i++) {
    const j = i + stream.below(names.length - i);
    [names[i], names[j]] = [names[j] as string, names[i] as string];
  }
  return names.slice(0, settings.minibatch);
}

/** Compares over the instances that the evaluator scored; one that knows no instances lets everything through. */
function notWorse(
  scored: Scored,
  instances: readonly string[],
  before: Readonly<Record<string, number>>,
  where: string,
): Scored {
  const { status, reason, evaluation } = scored;
  if (status !== 'correct' || !evaluation) return { ...scored, reason: `${where}${reason}` };
  const both = instances.filter((name) => Object.hasOwn(evaluation.scores, name));
  if (both.length === 0) return scored;
  // Means over one list of names order as sums do, and do not overflow.
  const own = mean(both.map((name) => evaluation.scores[name] ?? 0));
  const parents = mean(both.map((name) => before[name] ?? 0));
  if (own >= parents) return scored;
  return turnedAway(
    `${where}on ${both.length} instances it scores ${own} on average, the parent ${parents}`,
    evaluation,
  );
}

/**
 * Says after each repeat why no more are needed, or null. What there is nothing to compare with, such as a seed, gets all its repeats.
 * Seeds that the parent was not scored under count for the race with the parent's mean.
 */
function watch({ settings, parent, parentTrials, bestFitness }: EvaluationInput, stage: string) {
  const stop = createStop(settings.stop);
  const rival = parent?.fitness ?? null;
  const [mark, name] = rival === null ? [bestFitness, 'best'] : [rival, 'parent'];
  const race: Stop | null =
    settings.race && rival !== null
      ? createStop(settings.stop.type === 'never' ? { type: 'bayesian', risk: 0.05, least: 2 } : settings.stop)
      : null;
  const bySeed = new Map<number, number>();
  if (parentTrials?.stage === stage) {
    parentTrials.seeds.forEach((seed, i) => bySeed.set(seed, parentTrials.fitnesses[i] ?? NaN));
  }
  return (trials: readonly Trial[]): string | null => {
    const fitnesses = trials.map(fitnessOf);
    const decision = Number.isFinite(mark) ? stop.decide(fitnesses, mark) : 'go-on';
    if (decision !== 'go-on') return `clearly ${decision} the ${name} after ${trials.length} of ${settings.repeats}`;
    if (!race || rival === null) return null;
    const pairs = trials.map(({ seed }, i) => (fitnesses[i] ?? NaN) - (bySeed.get(seed) ?? rival));
    const differences = pairs.filter((difference) => Number.isFinite(difference));
    if (race.decide(differences, 0) !== 'below') return null;
    return `the parent is better on the same seeds after ${trials.length} of ${settings.repeats}`;
  };
}

function fitnessOf({ outcome }: Trial): number {
  return outcome?.type === 'scored' ? (outcome.evaluation.fitness ?? NaN) : NaN;
}

function summary(stage: string, trials: readonly Trial[], stopped: string | null): Trials {
  const scored = trials.filter((trial) => Number.isFinite(fitnessOf(trial)));
  return { stage, seeds: scored.map(({ seed }) => seed), fitnesses: scored.map(fitnessOf), stopped };
}

/** Takes picture and held-out figures of the second look, if it scored as the first did; the score stays. */
function withPicture(evaluation: Evaluation, first: Trial | undefined, pictured: EvaluationOutcome | undefined) {
  if (!first || pictured?.type !== 'scored' || pictured.evaluation.fitness !== fitnessOf(first)) return evaluation;
  const { artifacts, hidden } = pictured.evaluation;
  return {
    ...evaluation,
    artifacts: { ...evaluation.artifacts, ...artifacts },
    hidden: { ...evaluation.hidden, ...hidden },
  };
}
