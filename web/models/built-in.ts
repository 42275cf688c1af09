/**
 * The language model that some browsers bring along, by the Prompt API (https://developer.chrome.com/docs/ai/prompt-api; the explainer is
 * https://github.com/webmachinelearning/prompt-api). Only documents have it, workers don't.
 */
import { NO_USAGE, type ModelReply, type ModelRequest, type Usage } from '../engine/models/model.ts';
import type { PageModel, PageStanding } from './page-model.ts';

/** As much of the API as is used here. Older versions call usage and quota `inputUsage` and `inputQuota`. */
interface PromptApi {
  availability(options?: Expected): Promise<'unavailable' | 'downloadable' | 'downloading' | 'available'>;
  create(options: Expected & CreateOptions): Promise<PromptSession>;
}

interface Expected {
  readonly expectedInputs: readonly { readonly type: 'text'; readonly languages: readonly string[] }[];
  readonly expectedOutputs: readonly { readonly type: 'text'; readonly languages: readonly string[] }[];
}

interface CreateOptions {
  readonly initialPrompts?: readonly PromptMessage[];
  readonly signal?: AbortSignal;
  readonly monitor?: (monitor: EventTarget) => void;
}

interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

interface PromptSession {
  promptStreaming(text: string, options: { readonly signal: AbortSignal }): ReadableStream<string>;
  destroy(): void;
  readonly contextUsage?: number;
  readonly contextWindow?: number;
  readonly inputUsage?: number;
  readonly inputQuota?: number;
}

const ENGLISH: Expected = {
  expectedInputs: [{ type: 'text', languages: ['en'] }],
  expectedOutputs: [{ type: 'text', languages: ['en'] }],
};
/** Longest reply that is taken, characters. */
const MOST_TEXT = 400_000;

export function createBuiltIn(api: () => unknown = browsersOwn): PageModel {
  const found = (): PromptApi | null => {
    const value = api() as Partial<PromptApi> | null | undefined;
    return typeof value?.availability === 'function' && typeof value.create === 'function'
      ? (value as PromptApi)
      : null;
  };
  return {
    id: 'built-in',
    title: 'The browser’s own model',
    async availability() {
      const model = found();
      if (!model) return MISSING;
      const state = await model.availability(ENGLISH).catch(() => 'unavailable' as const);
      switch (state) {
        case 'available':
          return { type: 'ready', words: 'Part of this browser' };
        case 'downloadable':
        case 'downloading':
          return { type: 'loadable', words: 'The browser fetches it once, several gigabytes', bytes: 0 };
        default:
          return TOO_SMALL;
      }
    },
    async load(report, signal) {
      const model = found();
      if (!model) throw new Error('This browser has no model of its own.');
      report({ step: 'The browser fetches its model', share: null });
      const monitor = (target: EventTarget): void =>
        target.addEventListener('downloadprogress', (event) => {
          const { loaded } = event as ProgressEvent;
          report({ step: 'The browser fetches its model', share: loaded >= 0 && loaded <= 1 ? loaded : null });
        });
      (await model.create({ ...ENGLISH, signal, monitor })).destroy();
    },
    async complete(request, signal, said) {
      const model = found();
      if (!model) return failed('this browser has no model of its own', null);
      let session: PromptSession | null = null;
      let text = '';
      try {
        const { before, last } = split(request);
        session = await model.create({ ...ENGLISH, initialPrompts: before, signal });
        const reader = session.promptStreaming(last, { signal }).getReader();
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          text += next.value;
          said(next.value);
          if (text.length > MOST_TEXT) {
            await reader.cancel();
            return { type: 'replied', text, finish: 'length', usage: usageOf(session, request, text), dollars: 0 };
          }
        }
        return { type: 'replied', text, finish: 'stop', usage: usageOf(session, request, text), dollars: 0 };
      } catch (error) {
        if (signal.aborted) return failed('stopped', null);
        return failedBy(error);
      } finally {
        session?.destroy();
      }
    },
  };
}

const MISSING: PageStanding = {
  type: 'missing',
  reason: 'This browser brings no model of its own',
  remedy: 'Chrome and Edge on a desktop computer have one, where it has been switched on',
};
const TOO_SMALL: PageStanding = {
  type: 'missing',
  reason: 'This browser could have a model of its own, but not on this machine',
  remedy: 'It needs 22 GB of free disk and a graphics card with more than 4 GB, or 16 GB of memory',
};

function browsersOwn(): unknown {
  return (globalThis as { readonly LanguageModel?: unknown }).LanguageModel;
}

/** A system message has to come first, and what is asked now comes by itself. */
function split({ messages }: ModelRequest): { readonly before: readonly PromptMessage[]; readonly last: string } {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const rest = messages.filter(({ role }) => role !== 'system');
  const said = rest.slice(0, -1).map(({ role, content }) => ({ role, content }));
  const first = system.length === 0 ? [] : [{ role: 'system' as const, content: system.join('\n\n') }];
  return { before: [...first, ...said], last: rest.at(-1)?.content ?? '' };
}

/** The API counts a session's tokens in all; those of the reply are a quarter of its characters where it does not count. */
function usageOf(session: PromptSession, { messages }: ModelRequest, text: string): Usage {
  const guess = (characters: number): number => Math.ceil(characters / 4);
  const output = guess(text.length);
  const all = session.contextUsage ?? session.inputUsage;
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  const input =
    all !== undefined && Number.isFinite(all) && all > output ? Math.round(all) - output : guess(characters);
  return { ...NO_USAGE, input, output };
}

function failedBy(error: unknown): ModelReply {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'QuotaExceededError':
      return failed('the prompt is longer than the browser’s model can read', null);
    case 'NotSupportedError':
      return failed('the browser’s model does not take this language or kind of input', null);
    case 'NotAllowedError':
      return failed('the browser does not let this page use its model', null);
    case 'InvalidStateError':
      return failed('the browser has let go of its model', 5_000);
    default:
      return failed(`the browser’s model failed${name === '' ? '' : ` (${name})`}`, 5_000);
  }
}

function failed(reason: string, retryAfter: number | null): ModelReply {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}
