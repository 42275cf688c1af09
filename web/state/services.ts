/** What the page needs from its shells, as the state sees it. `connect.ts` brings the real ones; tests bring their own. */
import type { RunEvent } from '../engine/events.ts';
import type { EventBatch, RunCommands } from '../worker/protocol.ts';

export interface RunSource {
  readonly commands: Omit<RunCommands, 'connect'>;
  subscribe(listener: (batch: EventBatch) => void): () => void;
  dispose(): void;
}

export interface RunEntry {
  readonly id: string;
  readonly title: string;
  readonly example: string;
  readonly seed: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly evaluations: number;
  readonly bestFitness: number | null;
  readonly bestMetric: number | null;
  readonly events: number;
  readonly bytes: number;
  readonly finished: boolean;
}

export interface RunArchive {
  readonly mode: 'stored' | 'memory';
  readonly reason: string;
  runs(): Promise<readonly RunEntry[]>;
  events(runId: string): Promise<readonly RunEvent[]>;
  remove(runId: string): Promise<void>;
  exportJsonl(runId: string): Promise<Blob>;
}

export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Path → text of the example's folder. */
  load(): Promise<Record<string, string>>;
}

export interface Services {
  readonly catalogue: readonly CatalogueEntry[];
  openRuns(document: Document): Promise<RunSource>;
  openArchive(): Promise<RunArchive>;
}
