/** What the page needs from its shells, as the state sees it. `connect.ts` brings the real ones; tests bring their own. */
import type { ModelReply } from '../engine/models/model.ts';
import type { History, RunRecord } from '../history/index.ts';
import type { PageModel } from '../models/page-model.ts';
import type { ModelTold } from '../models/source.ts';
import type { EventBatch, Loading, RunCommands } from '../worker/protocol.ts';

export interface RunSource {
  readonly commands: Omit<RunCommands, 'connect'>;
  subscribe(listener: (batch: EventBatch) => void): () => void;
  onLoading(listener: (loading: Loading | null) => void): () => void;
  /** What is told of calls of models while they are under way, and of the relays they go through. */
  onModelTold(listener: (told: ModelTold) => void): () => void;
  /** Who answers where a model of the page is asked, by its id; the signal aborts where nobody wants the reply any more. */
  answerModels(answer: (model: string, ...call: Parameters<PageModel['complete']>) => Promise<ModelReply>): () => void;
  dispose(): void;
}

export type RunEntry = RunRecord;
export type RunArchive = Pick<
  History,
  'mode' | 'reason' | 'runs' | 'events' | 'create' | 'append' | 'release' | 'remove' | 'exportJsonl'
>;

export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Written by the person, in this browser. */
  readonly own?: true;
  /** Path → text of the example's folder. */
  load(): Promise<Record<string, string>>;
}

export interface Services {
  readonly catalogue: readonly CatalogueEntry[];
  openRuns(document: Document): Promise<RunSource>;
  openArchive(): Promise<RunArchive>;
  /** Models that answer in the page itself, loaded when the list of models is first wanted; none where it is left out. */
  pageModels?(): Promise<readonly PageModel[]>;
}
