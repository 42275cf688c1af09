/** Puts together what a job may look at: all of it as it was when the job was issued, whenever the work is done. */
import type { Asking } from './asking.ts';
import type { JobInput } from './job.ts';
import type { Purpose } from './models/model.ts';
import { createNovelty } from './novelty-stage.ts';
import type { Failure, ModelContext, Step } from './operators/operator.ts';
import type { ProgramId } from './program.ts';
import { stepOf } from './prompts/ancestry.ts';
import { restoreRandom } from './rng.ts';
import type { InFlight, Told } from './state.ts';
import type { Tools } from './tools.ts';

/** Ancestors whose texts are shown of a program that is to be mended, and programs of a line that are told of in a sentence. */
const SHOWN_ANCESTORS = 3;
const SHOWN_STEPS = 8;

/** Judges and refinements get along without the web. */
const SEARCHING: ReadonlySet<Purpose> = new Set(['propose', 'fix']);

export function jobInput(inFlight: InFlight, asking: Asking, tools: Tools): JobInput {
  const { issued, told, own, consumed, best, bestFitness, injection } = inFlight;
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
    bestFiles: () => (best === null ? null : texts.of(best)),
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
  const { model, temperature, effort, search = 0, kinds, recommendation, parent } = issued;
  const { models } = { ...experiment.strategy, ...own };
  const line = parent === null ? [] : lineTo(tools, parent, SHOWN_STEPS);
  return {
    task: told.task,
    kinds,
    best: told.best === null ? null : texts.specimen(told.best),
    failures: told.failures.filter((id) => id !== parent).map((id) => failureOf(tools, id)),
    recommendation: recommendation === null ? null : (told.memory.recommendations[recommendation] ?? null),
    scratchpad: told.memory.scratchpad,
    hints: told.hints,
    lineage: line
      .slice(0, -1)
      .slice(-SHOWN_ANCESTORS)
      .map((id) => texts.specimen(id)),
    steps: line.flatMap((id) => stepsOf(tools, id)),
    promptTokens,
    searches: search,
    callsLeft: () => asking.callsLeft,
    ask: (messages, purpose) =>
      asking.ask(model as string, messages, purpose, {
        ...{ temperature, effort, promptTokens, replyTokens: models.replyTokens },
        ...(search > 0 && SEARCHING.has(purpose) ? { search } : {}),
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

function stepsOf({ state }: Tools, id: ProgramId): Step[] {
  const program = state.programs[id];
  return program ? [stepOf(program)] : [];
}

/** Oldest first, the program itself last; so many at most. */
function lineTo({ state }: Tools, id: ProgramId, most: number): ProgramId[] {
  const line: ProgramId[] = [];
  for (let cursor: ProgramId | null = id; cursor !== null && line.length < most;) {
    line.unshift(cursor);
    cursor = state.programs[cursor]?.parent ?? null;
  }
  return line;
}
