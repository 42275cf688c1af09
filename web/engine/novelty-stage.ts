/** The stage between check and evaluation: a text that says what others of its island say already is not worth an evaluation. */
import type { Asking } from './asking.ts';
import type { Experiment } from './experiment.ts';
import { judgeNovelty } from './novelty/check-novelty.ts';
import { judgePrompt, readJudgement } from './novelty/judge.ts';
import type { Judged, Novelty } from './novelty/novelty.ts';
import { embedBy, LOCAL } from './novelty/remote.ts';
import { readVector, writeVector } from './novelty/vector-text.ts';
import type { Ports } from './ports.ts';
import type { Files, ProgramId } from './program.ts';
import type { InFlight } from './state.ts';
import type { Tools } from './tools.ts';

/** Tokens a judge may answer with: one word and a sentence or two. */
const JUDGEMENT_TOKENS = 1_024;

export function createNovelty(
  { neighbours }: InFlight,
  experiment: Experiment,
  tools: Tools,
  ports: Ports,
  signal: AbortSignal,
): Novelty | null {
  const { vectors, threshold, judge } = experiment.strategy.novelty;
  if (neighbours === null || vectors === 'none') return null;
  const embedder = vectors === 'remote' ? (ports.embedder ?? null) : null;
  return {
    async judge(files, asking) {
      const own = await embedBy(embedder, files, () => tools.facts.measure(files).vector, signal);
      const others = neighbours.map((id) => ({ id, vector: vectorOf(tools, id, own.source !== LOCAL) }));
      const { novel, nearest: found } = judgeNovelty({ vector: own.vector, others, threshold });
      const nearest = found && { program: found.id, similarity: found.similarity };
      const vector = own.source === LOCAL ? null : writeVector(own.vector);
      if (novel || !nearest) return { novel: true, reason: '', nearest, vector };
      const verdict = judge === null ? null : await ask(judge, files, nearest, experiment, tools, asking);
      if (verdict?.novel) return { novel: true, reason: verdict.reason, nearest, vector };
      const percent = (nearest.similarity * 100).toFixed(2);
      const said = verdict ? `; the judge says: ${verdict.reason}` : '';
      const reason = `its text is ${percent} % like program ${nearest.program}${said}`;
      return { novel: false, reason, nearest, vector };
    },
  };
}

function vectorOf(tools: Tools, id: ProgramId, remote: boolean): Int8Array | null {
  if (!remote) return tools.member(id).vector;
  const text = tools.state.programs[id]?.vector ?? null;
  return text === null ? null : readVector(text);
}

/** Once a candidate: what a model wrote twice is judged once, and no more than is left of the reservation. */
async function ask(
  model: string,
  candidate: Files,
  nearest: NonNullable<Judged['nearest']>,
  experiment: Experiment,
  tools: Tools,
  asking: Asking,
): Promise<{ novel: boolean; reason: string } | null> {
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
