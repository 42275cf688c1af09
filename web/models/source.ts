/** Where the models of a page come from. A route leads from the name that a run calls a model by to the source that answers. */
import type { ModelReply, ModelRequest } from '../engine/models/model.ts';
import type { Price } from '../engine/models/price.ts';
import type { Spent } from './relay.ts';

export type ModelSource =
  /** A relay that holds the keys. */
  | { readonly type: 'relay'; readonly base: string; readonly token: string }
  /** Asked by this page itself, with the person's own key where one is needed. */
  | {
      readonly type: 'endpoint';
      readonly kind: EndpointKind;
      /** null: the provider's own address. */
      readonly base: string | null;
      /** Kept in memory; sent to this endpoint and nowhere else. */
      readonly key: string | null;
    }
  /** Answered in the page, by what only a page has: a person, a model of the browser's, a model on its graphics card. */
  | { readonly type: 'page'; readonly model: string }
  /** Replies of a run in this browser's history, given again. */
  | { readonly type: 'recorded'; readonly runId: string };

/** Who answers at an endpoint, and so how it is spoken to. */
export const ENDPOINT_KINDS = ['openai', 'anthropic', 'google', 'deepseek', 'openrouter', 'compatible'] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

export interface ModelRoute {
  /** As the run's ensemble calls it. */
  readonly name: string;
  readonly source: ModelSource;
  /** As the source calls it. */
  readonly model: string;
  /** null: nobody knows. Replies are charged by it where the source does not say what they cost. */
  readonly price: Price | null;
  readonly purpose: 'text' | 'vectors';
}

/** What a source offers. */
export type Listed =
  | { readonly type: 'ok'; readonly models: readonly ListedModel[]; readonly notes: readonly string[] }
  /** `remedy`: what to do about it; empty where there is nothing. */
  | { readonly type: 'failed'; readonly reason: string; readonly remedy: string };

export interface ListedModel {
  /** As the source calls it. */
  readonly model: string;
  /** Who answers in the end, e.g. `anthropic`. */
  readonly provider: string;
  readonly price: Price | null;
  /** Longest prompt and longest reply, tokens; null where nobody knows. */
  readonly context: number | null;
  readonly reply: number | null;
  readonly reasons: boolean;
  readonly purpose: 'text' | 'vectors';
}

/** What is told of calls while they are under way, for people. `call` is the same through one call. */
export type ModelTold =
  | { readonly type: 'asked'; readonly call: number; readonly request: ModelRequest; readonly at: number }
  | { readonly type: 'text'; readonly call: number; readonly piece: string }
  | { readonly type: 'answered'; readonly call: number; readonly reply: ModelReply; readonly took: number }
  /** What is left to spend at a relay. */
  | { readonly type: 'account'; readonly base: string; readonly account: Spent }
  | { readonly type: 'unreachable'; readonly base: string; readonly tries: number }
  | { readonly type: 'reached'; readonly base: string };
