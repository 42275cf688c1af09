/** One run of the control study: an arm of an example under a seed, in the jailed sandbox, to its last evaluation. */
import { createHash } from 'node:crypto';
import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import { EVALUATION_SEED } from '../../web/engine/evaluation/policy.ts';
import type { Experiment } from '../../web/engine/experiment.ts';
import type { Files } from '../../web/engine/program.ts';
import { filesOf, type RunState } from '../../web/engine/state.ts';
import { arm as armText } from '../../web/engine/syntax/fuel.ts';
import { loadSyntax } from '../../web/syntax/load.ts';
import { readSyntaxAsset } from '../../web/syntax/node.ts';
import { openHeadless } from '../../relay/runs/headless.ts';

export interface ControlTrial {
  readonly example: string;
  readonly arm: string;
  readonly seed: number;
  readonly evaluations: number;
  /** Hash of the whole experiment, the arm's settings and all texts included. */
  readonly settings: string;
}

/** As a line of the results' file. */
export interface ControlResult extends ControlTrial {
  readonly v: 1;
  /** The best program's figure in the goal's metric; null where no program was correct. */
  readonly value: number | null;
  /** Its held-out figure, taken once at the end; null where the example has none. */
  readonly unseen: number | null;
  /** Evaluations that were spent. */
  readonly spent: number;
  readonly programs: number;
  /** Programs that met the wall clock's fence, which alone can make a repetition differ. */
  readonly timeouts: number;
  /** Best so far: [evaluations, value] at each improvement. */
  readonly steps: readonly (readonly [number, number])[];
  readonly milliseconds: number;
}

export function settingsHash(experiment: Experiment): string {
  return createHash('sha256').update(JSON.stringify(experiment)).digest('hex').slice(0, 12);
}

/** `experiment` is the arm's. Rejects where the sandbox dies or the held-out figure can't be taken. */
export async function runControl(trial: ControlTrial, experiment: Experiment): Promise<ControlResult> {
  const began = performance.now();
  const steps: [number, number][] = [];
  let spent = 0;
  let timeouts = 0;
  let last: number | null = null;
  const headless = await openHeadless({
    experiment,
    seed: trial.seed,
    parallel: 1,
    emit: (event) => {
      if (event.type === 'evaluated') {
        spent += event.evaluations;
        if (event.status === 'timed-out') timeouts++;
        last = event.evaluation?.metrics[experiment.goal.metric] ?? null;
      }
      if (event.type === 'added' && event.best && last !== null) steps.push([spent, last]);
    },
  });
  let state: RunState;
  try {
    headless.run.play();
    await headless.ended;
    state = headless.run.state;
  } finally {
    headless.close();
  }
  const { best } = state;
  const value = best === null ? null : (state.programs[best]?.evaluation?.metrics[experiment.goal.metric] ?? null);
  const unseen = best === null ? null : await unseenOf(experiment, filesOf(state, best));
  return {
    ...{ v: 1, ...trial, value, unseen, spent: state.evaluations, programs: state.consumed, timeouts, steps },
    milliseconds: Math.round(performance.now() - began),
  };
}

/** The held-out figure by one more evaluation, the same way for every arm. */
async function unseenOf(experiment: Experiment, files: Files): Promise<number | null> {
  const { goal, evaluator, limits, language, entry } = experiment;
  if (goal.unseen === null) return null;
  const armed = armText(await loadSyntax([language], readSyntaxAsset), experiment, files);
  if (armed.type === 'failed') throw new Error(`the best program is refused: ${armed.reason}`);
  const host = createNodeHost({ evaluator, limits, slots: 1 });
  try {
    const opened = await host.open({ language, files: armed.files, entry }, new AbortController().signal);
    if (opened.type === 'failed') throw new Error(`the best program can't be opened again: ${opened.reason}`);
    const [outcome] = await opened.session.evaluate([{ parameters: [], seed: EVALUATION_SEED, picture: true }]);
    if (outcome?.type !== 'scored') throw new Error('the best program fails where it is evaluated again');
    return outcome.evaluation.hidden[goal.unseen] ?? null;
  } finally {
    host.close();
  }
}
