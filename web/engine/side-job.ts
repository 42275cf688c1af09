/** Jobs that make no program: looking back over what was learned, and writing a new task prompt. Consumed in turn like all others. */
import type { Asking, AskOptions } from './asking.ts';
import { affordable, usableModels } from './arms.ts';
import type { Issued, PromptWritten, Remembered } from './events.ts';
import type { Experiment } from './experiment.ts';
import { promptWeights } from './memory/prompt-evolution.ts';
import { MUTATION_SHARES, promptMutation, readPrompt, type MutationKind } from './memory/prompt-mutation.ts';
import {
  memoryPrompts,
  readRecommendations,
  readScratchpad,
  readSummaries,
  renewed,
  type MemoryInput,
  type MemoryStep,
} from './memory/summary.ts';
import type { Specimen } from './operators/operator.ts';
import type { ProgramId } from './program.ts';
import { restoreRandom } from './rng.ts';
import { strategyOf, type InFlight, type RunState, type Told, type Words } from './state.ts';
import type { Tools } from './tools.ts';

export type SideResult = Omit<Remembered, 'timing'> | Omit<PromptWritten, 'timing'>;

/** Calls of one look back: summaries, scratchpad, recommendations. */
const MEMORY_CALLS = 3;

/** The next side job, if one is due and can be paid. */
export function sideJob(tools: Tools): Issued | null {
  const { state } = tools;
  const { strategy } = state.experiment as Experiment;
  const { memory, prompts } = strategy;
  const due = (every: number, last: number): boolean => every > 0 && state.asked - last >= every && anyAsks(tools);
  if (due(memory.every, state.memoryAt)) {
    const model = memory.model ?? usableModels(tools, strategy)[0] ?? null;
    const issued = model === null ? null : issue(tools, 'memory', model, null, MEMORY_CALLS);
    if (issued) return issued;
  }
  if (due(prompts.evolveEvery, state.promptAt)) {
    const model = memory.model ?? usableModels(tools, strategy)[0] ?? null;
    return model === null ? null : issue(tools, 'prompt', model, choosePrompt(state), 1);
  }
  return null;
}

/** Whether programs are still made by models: nobody else reads what a side job writes, and a person may have taken them out. */
function anyAsks({ state, operators }: Tools): boolean {
  return state.islands.some(({ alive }, i) => {
    if (!alive) return false;
    const strategy = strategyOf(state, i);
    const shared = (shares: Readonly<Record<string, number>>, which: (name: string) => boolean): boolean =>
      Object.keys(shares).some((name) => (shares[name] ?? 0) > 0 && which(name));
    return (
      shared(strategy.models.ensemble, () => true) &&
      shared(strategy.operators, (id) => operators.get(id)?.asks === true)
    );
  });
}

function choosePrompt(state: RunState): string {
  const records = state.prompts.filter(({ alive }) => alive).map(({ record }) => record);
  const random = restoreRandom(state.random as Words).split(`prompt/${state.nextJob}`);
  return (records[random.weighted(promptWeights(records))] as (typeof records)[number]).id;
}

function issue(
  tools: Tools,
  kind: 'memory' | 'prompt',
  model: string,
  prompt: string | null,
  calls: number,
): Issued | null {
  const { state } = tools;
  const { models } = (state.experiment as Experiment).strategy;
  const reserved = affordable(tools, model, calls, models);
  if (!reserved || reserved.calls < calls) return null;
  return {
    ...{ type: 'issued', job: state.nextJob, kind, island: 0, operator: kind, model, prompt },
    ...{ temperature: models.temperatures[0] ?? null, effort: models.efforts[0] ?? 'none', parent: null },
    ...{ inspirations: [], kinds: [], recommendation: null, reserved, choices: [] },
  };
}

export async function runSideJob(inFlight: InFlight, asking: Asking, tools: Tools): Promise<SideResult> {
  const { issued, told } = inFlight;
  const { models } = inFlight.experiment.strategy;
  const options: AskOptions = {
    ...{ temperature: issued.temperature, effort: issued.effort },
    ...{ replyTokens: models.replyTokens, promptTokens: models.promptTokens },
  };
  return issued.kind === 'memory'
    ? await remember(inFlight, told as Told, asking, tools, options)
    : await writePrompt(inFlight, told as Told, asking, tools, options);
}

async function remember(
  { issued, experiment }: InFlight,
  told: Told,
  asking: Asking,
  { state, texts }: Tools,
  options: AskOptions,
): Promise<SideResult> {
  const specimen = (id: ProgramId): Specimen => texts.specimen(id);
  const input: MemoryInput = {
    experiment,
    task: told.task,
    memory: told.memory,
    programs: told.programs.map((id) => {
      const parent = state.programs[id]?.parent ?? null;
      return {
        program: specimen(id),
        parent: parent === null ? null : specimen(parent),
        operator: state.programs[id]?.operator ?? '',
      };
    }),
    summaries: [],
    best: told.best === null ? null : specimen(told.best),
    most: experiment.strategy.memory.recommendations,
    promptTokens: options.promptTokens,
  };
  const faults: string[] = [];
  const ask = async (step: MemoryStep, now: MemoryInput): Promise<string> => {
    const reply = await asking.ask(issued.model as string, memoryPrompts(step, now), 'memory', options);
    if (reply.type === 'failed') faults.push(`${step}: ${reply.reason}`);
    return reply.type === 'replied' ? reply.text : '';
  };
  const summaries = readSummaries(await ask('summaries', input), told.programs);
  const scratchpad = readScratchpad(await ask('scratchpad', { ...input, summaries }));
  const learned = { ...input, summaries, memory: renewed(told.memory, summaries, scratchpad, []) };
  const recommendations = readRecommendations(await ask('recommendations', learned), input.most);
  const none = summaries.length === 0 && scratchpad === '' && recommendations.length === 0;
  return {
    ...{ type: 'remembered', job: issued.job, reason: faults.join('; ') || (none ? 'the replies held nothing' : '') },
    memory: none ? null : renewed(told.memory, summaries, scratchpad, recommendations),
    spent: asking.spent,
  };
}

async function writePrompt(
  { issued, experiment, random }: InFlight,
  told: Told,
  asking: Asking,
  { texts }: Tools,
  options: AskOptions,
): Promise<SideResult> {
  const { prompt } = told;
  const result = (text: string | null, name: string, reason: string): SideResult => ({
    ...{ type: 'prompt-written', job: issued.job, id: `p${issued.job}`, parent: issued.prompt, text, name, reason },
    spent: asking.spent,
  });
  if (!prompt) return result(null, '', 'there is no prompt to start from');
  const kinds = Object.keys(MUTATION_SHARES) as MutationKind[];
  const stream = restoreRandom(random).split(`operate/${issued.job}`);
  const kind = kinds[stream.weighted(kinds.map((each) => MUTATION_SHARES[each]))] as MutationKind;
  const messages = promptMutation(kind, {
    experiment,
    prompt,
    top: told.programs.map((id) => texts.specimen(id)),
    scratchpad: told.memory.scratchpad,
    promptTokens: options.promptTokens,
  });
  const reply = await asking.ask(issued.model as string, messages, 'prompt', options);
  if (reply.type === 'failed') return result(null, '', reply.reason);
  const read = readPrompt(reply.text, prompt.text, kind);
  return read.type === 'ok' ? result(read.text, read.name, '') : result(null, '', read.reason);
}
