/** The stage between check and evaluation: a text that says what others of its island say already is not worth an evaluation. */
import type { Asking } from './asking.ts';
import type { Experiment } from './experiment.ts';
import { promptTokensAtMost } from './models/tokens.ts';
import { judgeNovelty, type NoveltyDecision } from './novelty/check-novelty.ts';
import { judgePrompt, readJudgement } from './novelty/judge.ts';
import type { Judged, Novelty } from './novelty/novelty.ts';
import { textOf } from './novelty/remote.ts';
import { readVector, writeVector, type ServiceVector } from './novelty/vector-text.ts';
import type { Files, ProgramId } from './program.ts';
import type { InFlight } from './state.ts';
import { LOCAL_THRESHOLD } from './strategy.ts';
import type { Tools } from './tools.ts';

/** Tokens a judge may answer with: one word and a sentence or two. */
const JUDGEMENT_TOKENS = 1_024;

export function createNovelty({ neighbours }: InFlight, experiment: Experiment, tools: Tools): Novelty | null {
  const { vectors, threshold, judge } = experiment.strategy.novelty;
  if (neighbours === null || vectors === 'none') return null;
  const verdicts = new Map<string, Verdict>();
  const once = async (files: Files, nearest: Nearest, asking: Asking): Promise<Verdict> => {
    const key = JSON.stringify(Object.entries(files));
    const known = verdicts.get(key);
    if (known !== undefined || judge === null) return known ?? null;
    const verdict = await ask(judge, files, nearest, experiment, tools, asking);
    verdicts.set(key, verdict);
    return verdict;
  };
  return {
    async judge(files, asking) {
      const own = vectors === 'remote' ? await vectorOf(files, experiment, asking) : null;
      const { novel, nearest: found } = compared(files, own, neighbours, threshold, tools);
      const nearest = found && { program: found.id, similarity: found.similarity };
      const vector = typeof own === 'object' && own !== null ? writeVector(own.by, own.vector) : null;
      const remark = typeof own === 'string' ? `compared by local vectors: ${own}` : '';
      if (novel || !nearest) return { novel: true, reason: '', nearest, vector, remark };
      const verdict = await once(files, nearest, asking);
      if (verdict?.novel) return { novel: true, reason: verdict.reason, nearest, vector, remark };
      const percent = (nearest.similarity * 100).toFixed(2);
      const said = verdict ? `; the judge says: ${verdict.reason}` : '';
      const reason = `its text is ${percent} % like program ${nearest.program}${said}`;
      return { novel: false, reason, nearest, vector, remark };
    },
  };
}

/** The service's vector, or why there is none. */
async function vectorOf(files: Files, experiment: Experiment, asking: Asking): Promise<ServiceVector | string> {
  const { model } = experiment.strategy.novelty;
  if (model === null) return 'no model for vectors is named';
  const messages = [{ role: 'user', content: textOf(files) } as const];
  const reply = await asking.ask(model, messages, 'embed', {
    ...{ temperature: null, effort: 'none', replyTokens: 0 },
    promptTokens: promptTokensAtMost(messages),
  });
  if (reply.type === 'failed') return reply.reason;
  return readVector(reply.text) ?? 'the vector in the log can’t be read';
}

/**
 * Vectors of one service and length are compared with each other. Beside a program that has none (the seed, those of people, those made
 * while the service was silent) a text is compared by local vectors, and counts as no news only where these hardly differ.
 */
function compared(
  files: Files,
  own: ServiceVector | string | null,
  neighbours: readonly ProgramId[],
  threshold: number,
  tools: Tools,
): NoveltyDecision<ProgramId> {
  const local = (ids: readonly ProgramId[], most: number): NoveltyDecision<ProgramId> =>
    judgeNovelty({
      vector: tools.facts.measure(files).vector,
      others: ids.map((id) => ({ id, vector: tools.member(id).vector })),
      threshold: most,
    });
  if (own === null) return local(neighbours, threshold);
  const least = Math.max(threshold, LOCAL_THRESHOLD);
  if (typeof own === 'string') return local(neighbours, least);
  const others: { readonly id: ProgramId; readonly vector: Int8Array }[] = [];
  const without: ProgramId[] = [];
  for (const id of neighbours) {
    const text = tools.state.programs[id]?.vector ?? null;
    const theirs = text === null ? null : readVector(text);
    if (theirs?.by === own.by && theirs.vector.length === own.vector.length) others.push({ id, vector: theirs.vector });
    else without.push(id);
  }
  const byService = judgeNovelty({ vector: own.vector, others, threshold });
  if (without.length === 0 || !byService.novel) return byService;
  const byText = local(without, least);
  return byText.novel ? nearer(byService, byText) : byText;
}

function nearer<Id extends number>(a: NoveltyDecision<Id>, b: NoveltyDecision<Id>): NoveltyDecision<Id> {
  return (b.nearest?.similarity ?? -Infinity) > (a.nearest?.similarity ?? -Infinity) ? b : a;
}

/** In the judge's words; null where there is none, or none was to be had. */
type Verdict = { readonly novel: boolean; readonly reason: string } | null;
type Nearest = NonNullable<Judged['nearest']>;

/** Asks no more than is left of the reservation. What a model wrote twice has been asked about. */
async function ask(
  model: string,
  candidate: Files,
  nearest: Nearest,
  experiment: Experiment,
  tools: Tools,
  asking: Asking,
): Promise<Verdict> {
  if (asking.callsLeft === 0) return null;
  const { models, prompts } = experiment.strategy;
  const messages = judgePrompt({
    language: experiment.language,
    task: prompts.task || experiment.summary,
    candidate,
    nearest: tools.texts.of(nearest.program),
    similarity: nearest.similarity,
  });
  const reply = await asking.ask(model, messages, 'judge', {
    ...{
      temperature: 0,
      effort: 'none',
      promptTokens: models.promptTokens,
      replyTokens: Math.min(JUDGEMENT_TOKENS, models.replyTokens),
    },
  });
  const { novel, reason, judged } = readJudgement(reply);
  // Without a verdict the vectors decide, else a judge that fails would switch the filter off.
  return judged ? { novel, reason } : null;
}
