/** A family: models that answer in the page itself. */
import type { ModelReply, ModelRequest } from '../engine/models/model.ts';

export interface PageModel {
  /** As the run's ensemble calls it, e.g. `you`. */
  readonly id: string;
  readonly title: string;
  /** Whether it can be used here; asked again each time the list is shown. Loads nothing. */
  availability(): Promise<PageStanding>;
  /** Fetches what it needs, after a person has agreed to the size. Rejects with a reason for people, also when the signal ends it. */
  load(report: (progress: PageProgress) => void, signal: AbortSignal): Promise<void>;
  /** Never rejects; settles when the signal aborts. `said` is told each piece of the reply as it comes. */
  complete(request: ModelRequest, signal: AbortSignal, said: (piece: string) => void): Promise<ModelReply>;
}

export type PageStanding =
  | { readonly type: 'ready'; readonly words: string }
  | { readonly type: 'loadable'; readonly words: string; readonly bytes: number }
  | { readonly type: 'missing'; readonly reason: string; readonly remedy: string };

export interface PageProgress {
  /** `Downloading the model`. */
  readonly step: string;
  /** 0–1; null where nobody knows. */
  readonly share: number | null;
}
