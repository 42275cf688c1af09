/** The whole boundary between the page and the run worker. Commands go through Comlink, events through a port. */
import type { Command } from '../engine/control.ts';
import type { RunEvent } from '../engine/events.ts';
import type { Experiment } from '../engine/experiment.ts';
import type { StageReport } from '../engine/run.ts';
import type { Picture } from '../engine/picture.ts';
import type { ModelReply, ModelRequest } from '../engine/models/model.ts';
import type { ProgramId } from '../engine/program.ts';
import type { Listed, ModelRoute, ModelSource, ModelTold } from '../models/source.ts';

export type { Command } from '../engine/control.ts';
export type { StageReport } from '../engine/run.ts';

export interface RunCommands {
  /** Hands over the two ports once, before anything else: for `ToPage` and `ToWorker` messages, and of the sandbox frame. */
  connect(events: MessagePort, sandbox: MessagePort): Promise<void>;
  /** Replaces the run there is, which is stored to its last event first. */
  start(options: StartOptions): Promise<StartResult>;
  /**
   * Goes on with a stored run where its log ends. Paused until `play`. What is stored is not posted: the page reads it from history,
   * and the first batch begins behind it.
   */
  reopen(runId: string, agreed?: readonly string[]): Promise<StartResult>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** Consumes exactly one result, then pauses. */
  step(): Promise<void>;
  /** Goes on by one stage of the job whose turn it is, then pauses; null where the run has ended or there is none. */
  stepStage(): Promise<StageReport | null>;
  /** Lets go of the run; `reopen` goes on with it. */
  stop(): Promise<void>;
  /** At most so many results a second; null = as fast as it goes. */
  setSpeed(resultsPerSecond: number | null): Promise<void>;
  /** What a person changes. Settings, budgets and texts are checked here; what is taken is in the log and stored when this resolves. */
  command(command: Command): Promise<CommandAnswer>;
  /** A new stored run that shares a stored run's log up to `at`. It is not opened: `reopen` does. */
  fork(options: ForkOptions): Promise<MadeResult>;
  /** Evaluates that program once more for its picture; not part of the run. */
  picture(program: ProgramId): Promise<PictureResult>;
  /** The next slice of the map of a run's programs, also of a stored run that is not open. Nothing is made that nobody asks for. */
  map(ask: MapAsk): Promise<MapAnswer>;
  /** What this browser and this relay can run and compile, as of now. Nothing is loaded for it. */
  capabilities(): Promise<Capabilities>;
  /** The token of the relay this page comes from, for its compilers, where a person came in by a code; null: none. */
  enterRelay(token: string | null): Promise<void>;
  /**
   * The models that runs can reach from now on, in place of those before; also of the run at hand. Keys and tokens stay in the worker's memory: no
   * event, log or message holds one.
   */
  useModels(routes: readonly ModelRoute[]): Promise<void>;
  /** Asks a source which models it has. Not for `page` sources: the page knows its own. */
  listModels(source: ModelSource): Promise<Listed>;
}

export interface StartOptions {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly paused: boolean;
  /** Ids of large downloads that a person has agreed to. */
  readonly agreed?: readonly string[];
}

export type MadeResult =
  { readonly type: 'ok'; readonly runId: string } | { readonly type: 'failed'; readonly reason: string };

/** `asks`: nothing was begun, for a person has to agree to downloads first. */
export type StartResult = MadeResult | Asks;

export interface Asks {
  readonly type: 'asks';
  readonly downloads: readonly Download[];
}

/** Something large that a run needs and that is not here yet. */
export interface Download {
  readonly id: string;
  /** For people: `Python`, `the C and C++ compiler`. */
  readonly title: string;
  /** Over the network, compressed; 0 where nobody knows. */
  readonly bytes: number;
  /** Another place that it comes from, and on what terms; left out where it comes from the page's own. */
  readonly from?: { readonly place: string; readonly terms: string };
}

/** What is being fetched before a run can begin. */
export interface Loading {
  /** `Downloading Python`. */
  readonly step: string;
  /** Bytes so far and in all; null where nothing is counted. */
  readonly loaded: number | null;
  readonly total: number | null;
}

export interface Capabilities {
  readonly languages: readonly Capability[];
  readonly features: readonly Feature[];
}

export interface Capability {
  readonly id: string;
  readonly title: string;
  readonly runs: Standing;
  /** null where nothing has to be compiled. */
  readonly compiles: Standing | null;
  /** What a person should know before choosing it; empty where there is nothing. */
  readonly note: string;
}

export type Standing =
  | { readonly type: 'ready'; readonly words: string }
  | { readonly type: 'loadable'; readonly words: string; readonly bytes: number }
  | { readonly type: 'missing'; readonly reason: string; readonly remedy: string };

/** Something a browser has or lacks. */
export interface Feature {
  readonly id: string;
  readonly title: string;
  readonly present: boolean;
  /** What it is good for, or what is different without it. */
  readonly words: string;
}

export type CommandAnswer =
  /** `job`: that of a program that was injected; null where it has to wait for one, and for other commands. */
  | { readonly type: 'ok'; readonly job: ProgramId | null }
  | {
      readonly type: 'refused';
      readonly reason: string;
      /** Each reads "path: what is wrong and what would be right"; empty where no field is to blame. */
      readonly problems: readonly string[];
    };

export interface ForkOptions {
  readonly runId: string;
  /** The last event that is shared, by its number, or as that with which a program came into the run. */
  readonly at: { readonly event: number } | { readonly program: ProgramId };
  /** Of the streams from there on. */
  readonly seed: number;
}

export type PictureResult =
  { readonly type: 'ok'; readonly picture: Picture | null } | { readonly type: 'failed'; readonly reason: string };

/** What the page has of the map: the number of the fit and of places on it; 0 and 0 to begin with. */
export interface MapAsk {
  readonly runId: string;
  readonly fit: number;
  readonly placed: number;
}

export type MapAnswer =
  { readonly type: 'ok'; readonly slice: MapSlice } | { readonly type: 'failed'; readonly reason: string };

export interface MapSlice {
  /** Counts the fits of the axes: places of another fit are void. 0 while there is none. */
  readonly fit: number;
  /** Share of the spread along either axis, 0–1. */
  readonly explained: readonly [number, number];
  /** How alike two of the fitted texts are on average: their cosine, 0–1. */
  readonly alike: number;
  /** At most four, none while there are too few programs to speak of any; the places say which they belong to. */
  readonly groups: readonly MapGroup[];
  /** Number of the first place of the slice: that which was asked for, or 0 where the fit is another. */
  readonly from: number;
  readonly ids: Int32Array;
  /** x and y of each; texts of one length lie at most 2 apart. */
  readonly xy: Float32Array;
  readonly labels: Uint8Array;
  /** Programs read so far, of all that have a text; what is read for a sample has no place before the fit. */
  readonly read: number;
  readonly all: number;
  /** Of those read, such as can't be placed. */
  readonly unreadable: number;
}

export interface MapGroup {
  /** Words that most texts of the group hold and few others do, by shares 0–1 of the sample that the axes were fitted to. */
  readonly marks: readonly { readonly word: string; readonly inside: number; readonly outside: number }[];
}

export type Activity = 'idle' | 'starting' | 'running' | 'paused' | 'finished' | 'failed';

/**
 * What the worker posts, at most every 50 ms and at once when something changes state. Events are in log order, and were stored
 * before they were posted if `stored` says so. A batch may hold no events: then it tells of a change of activity.
 */
export interface EventBatch {
  readonly runId: string;
  /** Number of the first event of the batch in its run. */
  readonly from: number;
  readonly events: readonly RunEvent[];
  readonly activity: Activity;
  /** Why the run failed, or a warning about storage; empty otherwise. */
  readonly message: string;
  /** Whether the batch is on disk. False when storage is full or blocked and the run lives in memory only. */
  readonly stored: boolean;
}

/** Worker → page over the events port. */
export type ToPage =
  | { readonly type: 'batch'; readonly batch: EventBatch }
  /** What a start waits for; null when it waits no more. */
  | { readonly type: 'loading'; readonly loading: Loading | null }
  /** Each run has a sandbox of its own: the page mounts another and sends its port. */
  | { readonly type: 'sandbox-wanted' }
  /** A run of Node projects: they live in the page, which sends a port to them. */
  | { readonly type: 'container-wanted' }
  /** A model of the page is asked; `call` is the worker's number for it. */
  | { readonly type: 'model-asked'; readonly call: number; readonly model: string; readonly request: ModelRequest }
  /** The call is not wanted any more; a reply to it is not awaited. */
  | { readonly type: 'model-given-up'; readonly call: number }
  | { readonly type: 'model-told'; readonly told: ModelTold };

/** Page → worker over the events port. */
export type ToWorker =
  /** The page has taken the run's events up to this number. The engine waits where the page falls far behind. */
  | { readonly type: 'taken'; readonly runId: string; readonly through: number }
  | { readonly type: 'sandbox'; readonly port: MessagePort }
  | { readonly type: 'no-sandbox'; readonly reason: string }
  | { readonly type: 'container'; readonly port: MessagePort }
  | { readonly type: 'no-container'; readonly reason: string }
  | { readonly type: 'model-said'; readonly call: number; readonly piece: string }
  | { readonly type: 'model-replied'; readonly call: number; readonly reply: ModelReply };

/** The worker's first message, over its own line: commands may be sent from now on. */
export const READY = 'genesis-run-worker-ready';
