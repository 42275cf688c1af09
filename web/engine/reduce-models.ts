/** What events do to all that has to do with models: what they are told, what they answered and cost, how their prompts fare. */
import type { Issued, Replied } from './events.ts';
import { credited, promptEvicted } from './memory/prompt-evolution.ts';
import { addEntry, EMPTY_LINE } from './models/ledger.ts';
import type { Program, ProgramId } from './program.ts';
import { fitnessOf, hasOwnTask, OWN_PROMPT, strategyOf } from './state.ts';
import type { Paid, PromptState, RunState, Told } from './state.ts';

/** Programs one look back covers, and how far back it looks for them. */
const MOST_REVIEWED = 20;

const FURTHEST_BACK = 2_000;

/** Programs shown to a model that writes a prompt. */
const TOP_PROGRAMS = 3;

export function toldTo(state: RunState, { island, prompt: id, kind }: Issued): Told {
  const hints = [...state.hints.values()].filter((hint) => hint.island === null || hint.island === island);
  const { inspirations, prompts, memory } = strategyOf(state, island);
  const most = inspirations.failures;
  const prompt = promptOf(state, id)?.record ?? null;
  const own = state.islands[island]?.own?.prompts?.task ?? '';
  return {
    best: state.best,
    failures: most === 0 ? [] : (state.islands[island]?.failures ?? []).slice(-most),
    memory: state.memory,
    hints: hints.map(({ text }) => text),
    task: id === null ? own || prompts.task || (state.experiment?.summary ?? '') : (prompt?.text ?? ''),
    programs: kind === 'memory' ? latestAsked(state, memory.every) : kind === 'prompt' ? elites(state) : [],
    prompt,
  };
}

/** Programs of models that a look back is about, oldest first. */
function latestAsked(state: RunState, every: number): ProgramId[] {
  const found: ProgramId[] = [];
  const most = Math.min(every, MOST_REVIEWED);
  for (let id = state.programs.length - 1; id > 0 && found.length < most; id--) {
    const program = state.programs[id];
    if (program?.change && program.model !== null) found.unshift(id);
    if (state.programs.length - id > FURTHEST_BACK) break;
  }
  return found;
}

/** The best of every island, best first. */
function elites(state: RunState): ProgramId[] {
  const ids = new Set(state.islands.flatMap(({ archive }) => archive.slice(0, TOP_PROGRAMS)));
  return [...ids].sort((a, b) => fitnessOf(state, b) - fitnessOf(state, a) || a - b).slice(0, TOP_PROGRAMS);
}

/** Shared by all jobs that ask nobody. */
export const NO_REPLIES: Map<number, never> = new Map<number, never>();

export function replied(state: RunState, event: Replied): RunState {
  const flight = state.inFlight.get(event.job);
  if (flight) {
    const replies = flight.replies === NO_REPLIES ? new Map() : flight.replies;
    const { purpose, model, request, reply, dollars } = event;
    replies.set(event.call, { purpose, model, request, reply, dollars });
    if (flight.replies === NO_REPLIES) state.inFlight.set(event.job, { ...flight, replies });
  }
  const key = `${event.purpose}·${event.model}`;
  const { purpose, model, dollars, reply } = event;
  const line = state.ledger.get(key) ?? { ...EMPTY_LINE, purpose, model };
  const entry = { usage: reply.usage, dollars, failed: reply.type === 'failed' };
  state.ledger.set(key, { ...addEntry(line, entry), purpose, model });
  return state;
}

/** `model`: who was asked for the proposal. Those beside it, of vectors and of scores, have a health of their own. */
export function health(state: RunState, model: string | null, replies: ReadonlyMap<number, Paid>): void {
  if (replies.size === 0) return;
  const ok = new Map<string, boolean>();
  for (const reply of replies.values()) {
    const name = reply.purpose === 'embed' || reply.purpose === 'score' ? reply.model : model;
    if (name !== null) ok.set(name, (ok.get(name) ?? false) || reply.reply.type === 'replied');
  }
  for (const [name, replied] of ok) {
    const before = state.health.get(name);
    state.health.set(name, { failures: replied ? 0 : (before?.failures ?? 0) + 1, at: state.consumed });
  }
}

/** Every result counts for the prompt behind it; a correct one by the share of archived programs it beats. */
export function creditPrompt(state: RunState, program: Program): void {
  if (program.model === null || hasOwnTask(state, strategyOf(state, program.island))) return;
  const prompt = promptOf(state, program.prompt);
  if (!prompt) return;
  const fitness = fitnessOf(state, program.id);
  let beaten = 0;
  let all = 0;
  for (const { archive } of state.islands) {
    for (const id of archive) {
      if (id === program.id) continue;
      all++;
      if (fitness > fitnessOf(state, id)) beaten++;
    }
  }
  const share = all === 0 ? 0.5 : beaten / all;
  prompt.record = credited(prompt.record, fitness === -Infinity ? null : share);
}

function promptOf(state: RunState, id: string | null): PromptState | undefined {
  return state.prompts.find(({ record }) => record.id === (id ?? OWN_PROMPT));
}

export function addPrompt(state: RunState, id: string, parent: string | null, name: string, text: string): void {
  const record = { id, parent, name, text, programs: 0, percentiles: 0, results: 0 };
  state.prompts.push({ record, alive: true });
  const alive = state.prompts.filter((prompt) => prompt.alive).map((prompt) => prompt.record);
  const gone = promptEvicted(alive, id, state.experiment?.strategy.prompts.size ?? 1);
  const evicted = gone === null ? undefined : promptOf(state, gone);
  if (evicted) evicted.alive = false;
}
