/** Between the page and the worker that holds a model on the graphics card. */
import type { Message } from '../engine/models/model.ts';
import type { PageProgress } from './page-model.ts';

export interface CardCommands {
  /** Fetches a model, from the network or from an earlier visit, and puts it on the card. Rejects with the library's error. */
  load(id: string, report: (progress: PageProgress) => void): Promise<void>;
  complete(request: CardRequest, said: (piece: string) => void): Promise<CardReply>;
  /** Ends the reply at hand, which then counts as ended by its length. */
  stop(): Promise<void>;
}

export interface CardRequest {
  readonly id: string;
  readonly messages: readonly Message[];
  readonly tokens: number;
  readonly temperature: number | null;
  readonly seed: number;
}

export interface CardReply {
  readonly text: string;
  readonly finish: 'stop' | 'length';
  readonly input: number;
  readonly output: number;
}
