/** Pictures of programs that were not pictured when they were scored: evaluated once more, one at a time, outside the run. */
import { EVALUATION_SEED } from '../engine/job.ts';
import type { Picture } from '../engine/picture.ts';
import type { EvaluationPort } from '../engine/ports.ts';
import type { Json, ProgramId } from '../engine/program.ts';
import { filesOf, type RunState } from '../engine/state.ts';
import { arm } from '../engine/syntax/fuel.ts';
import type { Syntax } from '../engine/syntax/tree.ts';
import { Lane } from '../engine/lane.ts';
import type { PictureResult } from './protocol.ts';

export interface Pictures {
  of(program: ProgramId): Promise<PictureResult>;
  close(): void;
}

/** Requests that may wait; someone who scrolls through a table asks for many. The oldest give way. */
const MOST_WAITING = 8;

export function createPictures(state: RunState, syntax: Syntax, evaluations: EvaluationPort): Pictures {
  const lane = new Lane(1);
  const stop = new AbortController();
  let waiting: number[] = [];
  let tickets = 0;

  async function evaluate(program: ProgramId): Promise<PictureResult> {
    const { experiment } = state;
    if (!experiment || !state.programs[program]?.change) return failed('There is no such program.');
    const armed = arm(syntax, experiment, filesOf(state, program));
    if (armed.type === 'failed') return failed(armed.reason);
    const source = { language: experiment.language, files: armed.files, entry: experiment.entry };
    const opened = await evaluations.open(source, stop.signal);
    if (opened.type === 'failed') return failed(opened.reason);
    try {
      const request = { parameters: [], seed: EVALUATION_SEED, picture: true };
      const [outcome] = await opened.session.evaluate([request]);
      if (outcome?.type !== 'scored') return failed(outcome?.reason ?? 'The sandbox gave no outcome.');
      return drawn(outcome.evaluation.artifacts['picture']);
    } finally {
      opened.session.close();
    }
  }

  return {
    async of(program) {
      const known = state.programs[program]?.evaluation?.artifacts['picture'];
      if (known !== undefined) return drawn(known);
      const ticket = tickets++;
      waiting.push(ticket);
      if (waiting.length > MOST_WAITING) waiting.shift();
      return lane.run(async () => {
        const wanted = waiting.includes(ticket);
        waiting = waiting.filter((other) => other !== ticket);
        if (stop.signal.aborted) return failed('The run has ended.');
        return wanted ? evaluate(program) : failed('Too many pictures were asked for at once.');
      });
    },
    close() {
      stop.abort();
    },
  };
}

/** The page checks what it draws: to it, the picture is an evaluator's word. */
function drawn(picture: Json | undefined): PictureResult {
  return { type: 'ok', picture: (picture ?? null) as Picture | null };
}

function failed(reason: string): PictureResult {
  return { type: 'failed', reason };
}
