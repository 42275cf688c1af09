/** Puts together what a job may look at: all of it as it was when the job was issued, whenever the work is done. */
import type { Asking } from './asking.ts';
import type { JobInput } from './job.ts';
import { createNovelty } from './novelty-stage.ts';
import type { Failure, ModelContext } from './operators/operator.ts';
import type { ProgramId } from './program.ts';
import { restoreRandom } from './rng.ts';
import type { InFlight, Told } from './state.ts';
import type { Tools } from './tools.ts';

/** Ancestors that are shown of a program that is to be mended. */
const SHOWN_ANCESTORS = 3;

export function jobInput(inFlight: InFlight, asking: Asking, tools: Tools): JobInput {
  const { issued, told, own, consumed, bestFitness, injection } = inFlight;
  const { state, texts, operators } = tools;
  const { parent, inspirations, job } = issued;
  const first = inspirations[0];
  const strategy = own ? { ...inFlight.experiment.strategy, ...own } : inFlight.experiment.strategy;
  const experiment = { ...inFlight.experiment, strategy };
  const operator = operators.get(issued.operator) ?? null;
  return {
    issued,
    experiment,
    operator,
    refiner: issued.model !== null && strategy.models.refinements > 0 ? (operators.get('refine') ?? null) : null,
    parent: parent === null ? null : texts.specimen(parent),
    parentTrials: parent === null ? null : (state.programs[parent]?.trials ?? null),
    inspirations: inspirations.map((id) => texts.specimen(id)),
    ancestor: () => (parent === null || first === undefined ? null : texts.ancestor(parent, first)),
    random: restoreRandom(inFlight.random).split(`operate/${job}`),
    bestFitness,
    injection,
    asking,
    model: told ? () => modelContext(inFlight, told, asking, tools, strategy.models.promptTokens) : null,
    novelty: createNovelty(inFlight, experiment, tools),
    seen: (hash) => (state.hashes.get(hash) ?? Infinity) <= consumed,
  };
}

function modelContext(
  { issued, experiment, own }: InFlight,
  told: Told,
  asking: Asking,
  tools: Tools,
  promptTokens: number,
): ModelContext {
  const { texts } = tools;
  const { model, temperature, effort, kinds, recommendation, parent } = issued;
  const { models } = { ...experiment.strategy, ...own };
  return {
    task: told.task,
    kinds,
    best: told.best === null ? null : texts.specimen(told.best),
    failures: told.failures.filter((id) => id !== parent).map((id) => failureOf(tools, id)),
    recommendation: recommendation === null ? null : (told.memory.recommendations[recommendation] ?? null),
    scratchpad: told.memory.scratchpad,
    hints: told.hints,
    lineage: parent === null ? [] : ancestors(tools, parent).map((id) => texts.specimen(id)),
    promptTokens,
    callsLeft: () => asking.callsLeft,
    ask: (messages, purpose) =>
      asking.ask(model as string, messages, purpose, {
        ...{ temperature, effort, promptTokens, replyTokens: models.replyTokens },
      }),
  };
}

function failureOf({ state }: Tools, id: ProgramId): Failure {
  const program = state.programs[id];
  return {
    id,
    status: program?.status ?? 'proposed',
    reason: program?.reason ?? '',
    note: program?.note ?? '',
  };
}

/** Oldest first, without the program itself. */
function ancestors({ state }: Tools, id: ProgramId): ProgramId[] {
  const line: ProgramId[] = [];
  let cursor = state.programs[id]?.parent ?? null;
  while (cursor !== null && line.length < SHOWN_ANCESTORS) {
    line.unshift(cursor);
    cursor = state.programs[cursor]?.parent ?? null;
  }
  return line;
}
