/** Chooses the next jobs: island, strategy, parent, inspirations, operator × model × prompt, each with its probability in the log. */
import { armsFor, canMendOn, canPropose, reservedBeside, reservedSearching, type ModelArm } from './arms.ts';
import type { Arm } from './bandits/bandit.ts';
import { evaluationsLeft } from './budget.ts';
import { InspirationItem, SelectionCandidate } from './candidates.ts';
import type { Choice, ChoiceName } from './choice.ts';
import { contextOf, draw, drawUniformly } from './draw.ts';
import { judgedStandings } from './evaluation/judge-weight.ts';
import { evaluationsAtMost } from './evaluation/policy.ts';
import type { Issued, Reserved } from './events.ts';
import type { Experiment, Strategy } from './experiment.ts';
import type { OperatorContext } from './operators/operator.ts';
import { inFlightTarget } from './pace.ts';
import type { ArchiveView } from './population/archive-contract.ts';
import type { ProgramId } from './program.ts';
import { restoreRandom, type Random } from './rng.ts';
import { islandWeights } from './selection/islands.ts';
import { selectInspirations, type Item } from './selection/inspirations.ts';
import type { ParentSelection } from './selection/index.ts';
import { sideJob } from './side-job.ts';
import { currentOf, fitnessOf, strategyOf, type IslandState, type Words } from './state.ts';
import type { InspirationKind, InspirationSettings } from './strategy.ts';
import type { Tools } from './tools.ts';

const NOTHING_RESERVED: Reserved = { evaluations: 0, calls: 0, tokens: 0, dollars: 0 };

const PLAIN = {
  type: 'issued',
  kind: 'program',
  model: null,
  prompt: null,
  temperature: null,
  effort: 'none',
  inspirations: [],
  kinds: [],
  recommendation: null,
  choices: [],
} as const;

/** Jobs until as many are in flight as there should be. The consumer folds each into the state before it asks for the next. */
export function* issueNext(tools: Tools): Generator<Issued> {
  const { state } = tools;
  if (state.nextJob === 0) {
    const strategy = strategyOf(state, 0);
    const evaluations = Math.min(evaluationsLeft(state), evaluationsAtMost(strategy.evaluation));
    yield {
      ...PLAIN,
      job: 0,
      island: 0,
      operator: 'seed',
      parent: null,
      reserved: { ...reservedBeside(tools, strategy, 0), evaluations },
    };
    return;
  }
  // Nothing can be chosen before the seed has its place.
  if (!state.programs[0] && state.inFlight.has(0)) return;
  for (let injection = state.injecting[0]; injection && evaluationsLeft(state) >= 1; injection = state.injecting[0]) {
    const { island, parent } = injection;
    const strategy = strategyOf(state, island);
    const evaluations = Math.min(evaluationsLeft(state), evaluationsAtMost(strategy.evaluation));
    const reserved = { ...reservedBeside(tools, strategy, 0), evaluations };
    yield { ...PLAIN, job: state.nextJob, island, operator: 'inject', parent, reserved };
  }
  while (state.inFlight.size < inFlightTarget(state)) {
    if (evaluationsLeft(state) < 1) return;
    const side = sideJob(tools);
    if (side) {
      yield side;
      continue;
    }
    const random = restoreRandom(state.random as Words).split(`select/${state.nextJob}`);
    const issued = choose(tools, state.nextJob, random);
    if (!issued) return;
    yield issued;
  }
}

/** Depends on the state and on the job's own stream only. null: nothing can be proposed now. */
function choose(tools: Tools, job: ProgramId, random: Random): Issued | null {
  const { state } = tools;
  const choices: Choice[] = [];
  const islandIndex = chooseIsland(tools, job, random, choices);
  if (islandIndex === null) return null;
  const island = state.islands[islandIndex] as IslandState;
  const strategy = strategyOf(state, islandIndex);
  const parent = chooseParent(tools, islandIndex, strategy, random, choices);
  const { inspirations, kinds } =
    parent === null
      ? NO_INSPIRATIONS
      : chooseInspirations(tools, island, islandIndex, parent, strategy, random, choices);
  const arm = chooseArm(tools, { island, strategy, parent, inspirations, random, choices });
  if (!arm && (parent === null || !canPropose(tools))) return null;
  const operator = arm ? tools.operators.get(arm.operator) : undefined;
  // What is mended was not chosen by the strategy: neither that draw nor the parent it led to had a part in it.
  const drawnBefore = operator?.mends ? choices.splice(0) : [];
  choices.push(...drawnBefore.filter(({ choice }) => choice !== 'strategy' && choice !== 'parent'));
  const start = operator?.mends ? chooseFailure(island, random, choices) : parent;
  if (start === null) return null;
  const experiment = { ...(state.experiment as Experiment), strategy };
  const asks = arm?.model ?? null;
  const searched = operator?.evaluations?.(experiment) ?? 0;
  const refined = asks === null ? 1 : 1 + strategy.models.refinements;
  const evaluations = Math.min(evaluationsLeft(state), searched + refined * evaluationsAtMost(strategy.evaluation));
  const drawn = <T extends string | number>(choice: ChoiceName, among: readonly T[]): T | null =>
    asks === null ? null : drawUniformly(choice, among, random, choices);
  const { recommendations } = state.memory;
  const told = {
    temperature: drawn('temperature', strategy.models.temperatures),
    effort: drawn('effort', strategy.models.efforts) ?? 'none',
    recommendation: drawn(
      'recommendation',
      recommendations.map((_, i) => i),
    ),
  };
  const searching = asks === null ? null : chooseSearch(tools, strategy, asks, random, choices);
  return {
    ...PLAIN,
    job,
    island: islandIndex,
    operator: arm?.operator ?? 'none',
    model: asks,
    prompt: arm?.prompt ?? null,
    ...told,
    ...(searching ? { search: searching.searches } : {}),
    parent: start,
    inspirations,
    kinds,
    reserved: { ...(searching?.reserved ?? arm?.reserved ?? NOTHING_RESERVED), evaluations },
    choices,
  };
}

/** Where it may not be spent there is nothing to choose: the proposal is made without. */
function chooseSearch(
  tools: Tools,
  strategy: Strategy,
  model: string,
  random: Random,
  choices: Choice[],
): { readonly searches: number; readonly reserved: Reserved } | null {
  const reserved = reservedSearching(tools, strategy, model);
  if (reserved === null) return null;
  const { share, most } = strategy.models.search;
  const chosen = draw('search', `share ${share}`, ['no', 'yes'], [1 - share, share], random, choices);
  return chosen === 1 ? { searches: most, reserved } : null;
}

function chooseIsland(tools: Tools, job: ProgramId, random: Random, choices: Choice[]): number | null {
  const { state } = tools;
  const { sampler } = (state.experiment as Experiment).strategy.islands;
  const views = state.islands.map(({ alive, correct, archive }, i) => ({
    // While the seed has failed only an island that knows failures has something to begin with.
    alive: alive && (archive.length > 0 || canMendOn(tools, i)),
    correct,
    best: archive[0] === undefined ? -Infinity : fitnessOf(state, archive[0]),
  }));
  const weights = islandWeights(sampler, views, job);
  if (!weights.some((weight) => weight > 0)) return null;
  const ids = state.islands.map((_, i) => i);
  return ids[draw('island', sampler, ids, weights, random, choices)] as number;
}

function chooseParent(
  tools: Tools,
  islandIndex: number,
  strategy: Strategy,
  random: Random,
  choices: Choice[],
): ProgramId | null {
  const { state } = tools;
  const island = state.islands[islandIndex] as IslandState;
  if (island.archive.length === 0) return null;
  const options = tools.selections(strategy.selection);
  let which = 0;
  if (options.length > 1 && strategy.selection.type === 'mix') {
    const arms = options.map(({ name }) => ({ name, prior: 1, state: state.strategies.get(name) ?? null }));
    const bandit = tools.bandit(strategy.selection.bandit, strategy.exploration);
    const probabilities = bandit.probabilities(arms, random.split('strategy'));
    const names = options.map(({ name }) => name);
    which = draw('strategy', bandit.name, names, probabilities, random, choices);
  }
  const { name, selection } = options[which] as (typeof options)[number];
  const ids = drawnFrom(selection.from, island);
  const archive = tools.archive(islandIndex);
  let view: ArchiveView | null = null;
  const cell = (id: ProgramId): string | null =>
    archive.cells === null ? null : archive.cellOf((view ??= tools.view(island)), tools.member(id));
  const standings = judgedStandings(ids, (id) => tools.member(id), strategy.evaluation);
  const candidates = ids.map((id) => new SelectionCandidate(tools, id, cell, standings?.get(id)));
  const weights = selection.weights(candidates, {
    consumed: state.consumed - island.startedAt,
    parentOf: (id) => state.programs[id]?.parent ?? null,
  });
  return ids[draw('parent', name, ids, weights, random, choices)] as ProgramId;
}

function drawnFrom(from: ParentSelection['from'], island: IslandState): readonly ProgramId[] {
  switch (from) {
    case 'archive':
      return island.archive;
    case 'root':
      return [island.root];
    case 'current':
      return [currentOf(island) ?? island.root];
    default:
      return from satisfies never;
  }
}

const NO_INSPIRATIONS: { inspirations: readonly ProgramId[]; kinds: readonly InspirationKind[] } = {
  inspirations: [],
  kinds: [],
};

function chooseInspirations(
  tools: Tools,
  island: IslandState,
  islandIndex: number,
  parent: ProgramId,
  strategy: Strategy,
  random: Random,
  choices: Choice[],
): typeof NO_INSPIRATIONS {
  const { state } = tools;
  const settings = strategy.inspirations;
  if (settings.count === 0) return NO_INSPIRATIONS;
  const foreign: ProgramId[] = [];
  state.islands.forEach(({ alive, archive }, i) => {
    if (alive && i !== islandIndex && archive[0] !== undefined) foreign.push(archive[0]);
  });
  const item = (id: ProgramId): Item => new InspirationItem(tools, id);
  const drawn = selectInspirations(
    { parent: item(parent), members: island.archive.map(item), foreign: foreign.map(item) },
    settings,
    random.split('inspire'),
  );
  if (drawn.ids.length > 0) {
    const { first: chosen, among, propensity, top } = drawn;
    const context = contextOf(
      top.map(([id]) => id),
      top.map(([, share]) => share),
    );
    choices.push({ choice: 'inspirations', policy: mixName(settings), context, among, chosen, propensity, top });
  }
  return { inspirations: drawn.ids, kinds: drawn.kinds };
}

const mixNames = new WeakMap<InspirationSettings, string>();

function mixName(settings: InspirationSettings): string {
  let name = mixNames.get(settings);
  if (name === undefined) {
    const shares = Object.entries(settings.mix).filter(([, share]) => share > 0);
    mixNames.set(settings, (name = shares.map(([kind, share]) => `${kind} ${share}`).join(', ')));
  }
  return name;
}

interface ArmInput {
  readonly island: IslandState;
  readonly strategy: Strategy;
  readonly parent: ProgramId | null;
  readonly inspirations: readonly ProgramId[];
  readonly random: Random;
  readonly choices: Choice[];
}

function chooseArm(tools: Tools, input: ArmInput): ModelArm | null {
  const { state } = tools;
  const { strategy, parent, inspirations, random, choices, island } = input;
  const experiment = { ...(state.experiment as Experiment), strategy };
  const context = parent === null ? null : operatorContext(tools, experiment, parent, inspirations, random);
  const usable = Object.keys(strategy.operators).filter((id) => {
    const operator = tools.operators.get(id);
    if (!operator || (strategy.operators[id] ?? 0) <= 0) return false;
    if (operator.mends) return island.failures.length > 0;
    // Operators that ask are judged by what they would be shown; the model itself is chosen with them.
    return context !== null && operator.applies(operator.asks ? { ...context, model: NOBODY_YET } : context);
  });
  const arms = armsFor(tools, strategy, usable);
  if (arms.length === 0) return null;
  const bandit = tools.bandit(strategy.bandit, strategy.exploration);
  const views: Arm[] = arms.map(({ name, prior }) => ({ name, prior, state: state.arms.get(name) ?? null }));
  const probabilities = bandit.probabilities(views, random.split('operator'));
  if (!probabilities.some((share) => share > 0)) return null;
  const names = arms.map(({ name }) => name);
  return arms[draw('operator', bandit.name, names, probabilities, random, choices)] ?? null;
}

/** Stands for the model while it has not been chosen: `applies` may look whether there is one, and no more. */
const NOBODY_YET: NonNullable<OperatorContext['model']> = {
  ...{
    task: '',
    kinds: [],
    best: null,
    failures: [],
    recommendation: null,
    scratchpad: '',
    hints: [],
    lineage: [],
    steps: [],
  },
  promptTokens: 0,
  callsLeft: () => 0,
  ask: () => Promise.reject(new Error('no model has been chosen yet')),
};

function operatorContext(
  tools: Tools,
  experiment: Experiment,
  parent: ProgramId,
  inspirations: readonly ProgramId[],
  random: Random,
): OperatorContext {
  const { texts, syntax, state } = tools;
  return {
    experiment,
    syntax,
    parent: texts.specimen(parent),
    get inspirations() {
      return inspirations.map((id) => texts.specimen(id));
    },
    get ancestor() {
      return inspirations[0] === undefined ? null : texts.ancestor(parent, inspirations[0]);
    },
    random: random.split('applies'),
    evaluations: evaluationsLeft(state) - 1,
    model: null,
    attempts: [],
  };
}

/** Newer failures are likelier: weight 1 for the oldest, n for the newest. */
function chooseFailure(island: IslandState, random: Random, choices: Choice[]): ProgramId | null {
  const { failures } = island;
  if (failures.length === 0) return null;
  const weights = failures.map((_, i) => i + 1);
  return failures[draw('parent', 'recent failures', failures, weights, random, choices)] ?? null;
}
