/** The worker's own script: opens what a run needs and exposes the commands. */
import * as Comlink from 'comlink';
import { createBrowserHost } from '../../sandboxes/hosting/browser/host.ts';
import type { Experiment } from '../engine/experiment.ts';
import { createSteadyEvaluations, type SteadyEvaluations } from '../engine/steady.ts';
import { openHistory } from '../history/open.ts';
import { readSyntaxAsset } from '../syntax/browser.ts';
import { loadSyntax } from '../syntax/load.ts';
import { findCapabilities } from './capabilities.ts';
import { browserClock } from './clock.ts';
import { findFeatures } from './features.ts';
import { ModelBook } from '../models/book.ts';
import { PageCalls } from './page-calls.ts';
import { languagesOf } from '../engine/syntax/language.ts';
import { createLoads } from './loads.ts';
import { READY, type RunCommands, type ToPage, type ToWorker } from './protocol.ts';
import { RunDesk } from './run-desk.ts';
import { runtimes } from './runtimes.ts';
import { SandboxPorts } from './sandbox-ports.ts';
import { enterRelay, openToolchains } from './toolchains.ts';

/** Evaluations at once: one core is left to the page and the engine, and more than eight bring little. */
const SLOTS = Math.min(8, Math.max(1, (navigator.hardwareConcurrency || 2) - 1));

let events: MessagePort | null = null;
const post = (message: ToPage): void => events?.postMessage(message);
const ports = new SandboxPorts(() => post({ type: 'sandbox-wanted' }));
const containers = new SandboxPorts(() => post({ type: 'container-wanted' }));

// Nearly every run needs it; loading begins while the page is still busy with its first frame.
loadSyntax(['javascript'], readSyntaxAsset).catch(() => {});

const loads = createLoads({ toolchains: openToolchains, runtimes });

/** Origins that the page's policy kept a request from: for what is said of endpoints that can't be reached. */
const blocked = new Set<string>();
self.addEventListener('securitypolicyviolation', ({ blockedURI }) => {
  if (/^https?:/.test(blockedURI)) blocked.add(new URL(blockedURI).origin);
});

const history = openHistory();
const clock = browserClock();
const pageCalls = new PageCalls(post);
const models = new ModelBook({
  fetch: (...request) => fetch(...request),
  now: () => clock.now(),
  today: Date.now,
  after: (milliseconds, signal) => clock.after(milliseconds, signal),
  tell: (told) => post({ type: 'model-told', told }),
  askPage: (model, request, signal, said) => pageCalls.ask(model, request, signal, said),
  readLog: async (runId) => (await history).events(runId),
  origin: self.location.origin,
  blocked: (address) => blocked.has(new URL(address).origin),
});

const desk = new RunDesk({
  history,
  clock,
  models,
  today: Date.now,
  syntax: (languages) => loadSyntax(languages, readSyntaxAsset),
  languages: languagesOf,
  sandbox: openSandbox,
  downloads: (experiment) => loads.downloads(experiment),
  load: (experiment, report, signal) => loads.load(experiment, report, signal),
  capabilities: async () =>
    findCapabilities({ features: findFeatures(), toolchains: (await openToolchains()).members, runtimes }),
  post: (batch) => post({ type: 'batch', batch }),
  loading: (loading) => post({ type: 'loading', loading }),
});

async function openSandbox(experiment: Experiment, broken: (reason: string) => void): Promise<SteadyEvaluations> {
  const port = await ports.next();
  const { evaluator, limits, language, files, entry } = experiment;
  const baseline = { language, files, entry };
  const options = { evaluator, limits, slots: SLOTS, compile: loads.compile, baseline };
  const { sandbox } = experiment;
  if (sandbox === 'webcontainer') {
    const { openContainerHost } = await import('./container.ts');
    const made = openContainerHost(port, await containers.next(), options);
    return createSteadyEvaluations(() => made, broken);
  }
  return createSteadyEvaluations((lost) => createBrowserHost(port, { ...options, sandbox }, lost), broken);
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
        case 'container':
          containers.give(data.port);
          return;
        case 'no-container':
          containers.refuse(data.reason);
          return;
        case 'model-said':
          pageCalls.said(data.call, data.piece);
          return;
        case 'model-replied':
          pageCalls.replied(data.call, data.reply);
          return;
        default:
          data satisfies never;
      }
    };
  },
  start: (options) => desk.start(options),
  reopen: (runId, agreed) => desk.reopen(runId, agreed),
  play: () => desk.play(),
  pause: () => desk.pause(),
  step: () => desk.step(),
  stepStage: () => desk.stepStage(),
  stop: () => desk.stop(),
  setSpeed: (resultsPerSecond) => desk.setSpeed(resultsPerSecond),
  command: (command) => desk.command(command),
  fork: (options) => desk.fork(options),
  picture: (program) => desk.picture(program),
  map: (ask) => desk.map(ask),
  capabilities: () => desk.capabilities(),
  enterRelay: async (token) => enterRelay(token),
  useModels: (routes) => desk.useModels(routes),
  listModels: (source) => desk.listModels(source),
};

self.addEventListener('error', (event) => desk.fail(event.message));
self.addEventListener('unhandledrejection', ({ reason }: PromiseRejectionEvent) =>
  desk.fail(reason instanceof Error ? reason.message : String(reason)),
);

Comlink.expose(commands);
self.postMessage(READY);
