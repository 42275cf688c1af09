/** The engine in Node: jailed sandbox, grammars from the installed packages, the process's clock. */
import { setTimeout } from 'node:timers/promises';
import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import { openCompilers } from './compilers.ts';
import type { FinishReason, RunEvent } from '../../web/engine/events.ts';
import type { Experiment } from '../../web/engine/experiment.ts';
import type { Ports } from '../../web/engine/ports.ts';
import { createRun, type Run } from '../../web/engine/run.ts';
import { createSteadyEvaluations } from '../../web/engine/steady.ts';
import { languagesOf } from '../../web/engine/syntax/language.ts';
import { loadSyntax } from '../../web/syntax/load.ts';
import { readSyntaxAsset } from '../../web/syntax/node.ts';

export interface HeadlessOptions {
  readonly experiment: Experiment;
  readonly seed: number;
  /** Evaluations at once. */
  readonly parallel: number;
  /** Rust programs may take crates from crates.io; not where it is left out. */
  readonly crates?: boolean;
  /** Who asks models; none is asked where it is left out. */
  readonly models?: Pick<Ports, 'models' | 'embedder'>;
  /** Unlike any other run's, and the same where it is gone on with: calls of models are known by it. */
  readonly id?: string;
  /** Go on where this log ends. */
  readonly log?: readonly RunEvent[];
  /** Called in log order, synchronously. */
  readonly emit: (event: RunEvent) => void;
}

export interface Headless {
  readonly run: Run;
  /** Resolves when the run has ended, rejects when it can't go on. */
  readonly ended: Promise<FinishReason>;
  /** Ends run and sandbox; no process stays behind. */
  close(): void;
}

/** Starts paused. Rejects where the log can't be gone on with. */
export async function openHeadless(options: HeadlessOptions): Promise<Headless> {
  const { experiment, seed, parallel, log, emit, models = {}, id = '' } = options;
  const { evaluator, limits, sandbox, language, files, entry } = experiment;
  if (sandbox === 'webcontainer') throw new Error('Node projects run in a page only; open the experiment in a browser');
  const syntax = await loadSyntax(languagesOf(experiment), readSyntaxAsset);
  const compile = openCompilers(parallel, options.crates);
  const baseline = { language, files, entry };
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  const evaluations = createSteadyEvaluations(
    (lost) => createNodeHost({ evaluator, limits, slots: parallel, sandbox, compile, baseline }, lost),
    (reason) => broken.reject(new Error(`the sandbox keeps dying: ${reason}`)),
  );
  try {
    const clock = {
      now: () => performance.now(),
      turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
      after: (milliseconds: number, signal: AbortSignal) =>
        setTimeout(milliseconds, undefined, { signal, ref: false }).catch(() => {}),
    };
    const ports = { ...models, evaluations, syntax, clock, emit };
    const run = createRun({ experiment, seed, ports, id, ...(log ? { log } : {}) });
    return {
      run,
      get ended() {
        return Promise.race([run.finished, broken.promise]);
      },
      close() {
        run.stop();
        evaluations.close();
      },
    };
  } catch (error) {
    evaluations.close();
    throw error;
  }
}
