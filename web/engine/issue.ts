/** Chooses the next job: island, parent, inspirations, operator. */
import { evaluationsLeft } from './budget.ts';
import type { Issued } from './events.ts';
import { shares } from './operators/bandit.ts';
import type { Operator, OperatorContext } from './operators/operator.ts';
import type { ProgramId } from './program.ts';
import type { Random } from './rng.ts';
import { selectParent, type ParentSelection } from './selection/index.ts';
import { selectInspirations } from './selection/inspirations.ts';
import type { Experiment } from './experiment.ts';
import { fitnessOf, type RunState } from './state.ts';
import type { Syntax } from './syntax/tree.ts';
import type { Texts } from './texts.ts';

export interface Chooser {
  readonly selection: ParentSelection;
  readonly operators: ReadonlyMap<string, Operator>;
  readonly syntax: Syntax;
  readonly texts: Texts;
}

/** The seed's own job: it is proposed by nobody. */
export const SEED_JOB: Issued = {
  type: 'issued',
  job: 0,
  island: 0,
  operator: 'seed',
  propensity: 1,
  parent: null,
  inspirations: [],
  reserved: 1,
};

/** Depends on the state and on the job's own stream only. Islands take turns; each has at least the seed in its archive. */
export function choose(state: RunState, job: ProgramId, random: Random, chooser: Chooser): Issued {
  const { strategy } = state.experiment as Experiment;
  const islandIndex = (job - 1) % state.islands.length;
  const archive: readonly ProgramId[] = state.islands[islandIndex]?.archive ?? [];
  const candidates = archive.map((id) => ({ id, fitness: fitnessOf(state, id), children: state.children[id] ?? 0 }));
  const parent = selectParent(chooser.selection, candidates, random);
  const others = state.islands.flatMap((island, i) => (i === islandIndex ? [] : island.archive.slice(0, 1)));
  const inspirations = selectInspirations(parent, archive, others, strategy.inspirations, random);
  const context = operatorContext(state, parent, inspirations, random.split('applies'), chooser);
  const usable = Object.keys(strategy.operators).filter((id) => chooser.operators.get(id)?.applies(context));
  const probabilities = shares(usable, strategy.operators, state.arms, strategy.exploration);
  const index = usable.length > 0 ? random.weighted(probabilities) : -1;
  const operator = usable[index] ?? 'none';
  const searched = chooser.operators.get(operator)?.evaluations?.(state.experiment as Experiment) ?? 0;
  return {
    type: 'issued',
    job,
    island: islandIndex,
    operator,
    propensity: probabilities[index] ?? 0,
    parent,
    inspirations,
    reserved: Math.min(evaluationsLeft(state), 1 + searched),
  };
}

function operatorContext(
  state: RunState,
  parent: ProgramId,
  inspirations: readonly ProgramId[],
  random: Random,
  { syntax, texts }: Chooser,
): OperatorContext {
  return {
    experiment: state.experiment as Experiment,
    syntax,
    parent: texts.specimen(parent),
    inspirations: inspirations.map((id) => texts.specimen(id)),
    get ancestor() {
      return inspirations[0] === undefined ? null : texts.ancestor(parent, inspirations[0]);
    },
    random,
    evaluations: evaluationsLeft(state) - 1,
  };
}
