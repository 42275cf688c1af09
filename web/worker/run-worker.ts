/** The worker's own script: opens what a run needs and exposes the commands. */
import * as Comlink from 'comlink';
import { createBrowserHost } from '../../sandboxes/hosting/browser/host.ts';
import type { Experiment } from '../engine/experiment.ts';
import { createSteadyEvaluations, type SteadyEvaluations } from '../engine/steady.ts';
import { openHistory } from '../history/open.ts';
import { readSyntaxAsset } from '../syntax/browser.ts';
import { loadSyntax } from '../syntax/load.ts';
import { browserClock } from './clock.ts';
import { READY, type RunCommands, type ToPage, type ToWorker } from './protocol.ts';
import { RunDesk } from './run-desk.ts';
import { SandboxPorts } from './sandbox-ports.ts';

/** Evaluations at once: one core is left to the page and the engine, and more than eight bring little. */
const SLOTS = Math.min(8, Math.max(1, (navigator.hardwareConcurrency || 2) - 1));

let events: MessagePort | null = null;
const post = (message: ToPage): void => events?.postMessage(message);
const ports = new SandboxPorts(() => post({ type: 'sandbox-wanted' }));

// Nearly every run needs it; loading begins while the page is still busy with its first frame.
loadSyntax(['javascript'], readSyntaxAsset).catch(() => {});

const desk = new RunDesk({
  history: openHistory(),
  clock: browserClock(),
  today: Date.now,
  syntax: (languages) => loadSyntax(languages, readSyntaxAsset),
  sandbox: openSandbox,
  post: (batch) => post({ type: 'batch', batch }),
});

async function openSandbox(experiment: Experiment, broken: (reason: string) => void): Promise<SteadyEvaluations> {
  const port = await ports.next();
  const options = { evaluator: experiment.evaluator, limits: experiment.limits, slots: SLOTS };
  return createSteadyEvaluations((lost) => createBrowserHost(port, options, lost), broken);
}

const commands: RunCommands = {
  async connect(page, sandbox) {
    events = page;
    ports.give(sandbox);
    page.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      switch (data.type) {
        case 'taken':
          desk.taken(data.runId, data.through);
          return;
        case 'sandbox':
          ports.give(data.port);
          return;
        case 'no-sandbox':
          ports.refuse(data.reason);
          return;
        default:
          data satisfies never;
      }
    };
  },
  start: (options) => desk.start(options),
  reopen: (runId) => desk.reopen(runId),
  play: () => desk.play(),
  pause: () => desk.pause(),
  step: () => desk.step(),
  stepStage: () => desk.stepStage(),
  stop: () => desk.stop(),
  setSpeed: (resultsPerSecond) => desk.setSpeed(resultsPerSecond),
  command: (command) => desk.command(command),
  fork: (options) => desk.fork(options),
  picture: (program) => desk.picture(program),
};

self.addEventListener('error', (event) => desk.fail(event.message));
self.addEventListener('unhandledrejection', ({ reason }: PromiseRejectionEvent) =>
  desk.fail(reason instanceof Error ? reason.message : String(reason)),
);

Comlink.expose(commands);
self.postMessage(READY);
