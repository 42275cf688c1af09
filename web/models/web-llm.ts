/**
 * Models on this machine's own graphics card, by WebLLM (https://webllm.mlc.ai) and WebGPU: fetched once from huggingface.co, their code from
 * raw.githubusercontent.com; what is asked and answered stays here.
 */
import * as Comlink from 'comlink';
import { NO_USAGE, type ModelReply } from '../engine/models/model.ts';
import type { PageModel, PageStanding } from './page-model.ts';
import type { CardCommands } from './web-llm-protocol.ts';

interface Offered {
  readonly name: string;
  readonly title: string;
  /** Weights in thousand millions. */
  readonly weights: number;
}

const OFFERED: readonly Offered[] = [
  { name: 'Qwen2.5-Coder-1.5B-Instruct', title: 'Qwen2.5 Coder 1.5B', weights: 1.54 },
  { name: 'Qwen2.5-Coder-3B-Instruct', title: 'Qwen2.5 Coder 3B', weights: 3.09 },
  { name: 'Qwen2.5-Coder-7B-Instruct', title: 'Qwen2.5 Coder 7B', weights: 7.62 },
];

/** What models on the card need of the place; tests bring their own. */
export interface CardPlace {
  /** Whether the card computes with 16-bit numbers; null where there is no card to be had. */
  halves(): Promise<boolean | null>;
  start(): Card;
  /** Whether a model was fetched on an earlier visit. */
  isKept(id: string): Promise<boolean>;
  keep(id: string): Promise<void>;
}

export interface Card {
  readonly commands: CardCommands;
  /** Rejects when the worker breaks; never settles otherwise. */
  readonly broken: Promise<never>;
  end(): void;
}

/** One model has the card at a time, and one call the model. */
export function createCardModels(place: CardPlace = browsersCard()): PageModel[] {
  let card: Card | null = null;
  let busy: Promise<unknown> = Promise.resolve();
  const started = (): Card => (card ??= place.start());
  const end = (): void => {
    card?.end();
    card = null;
  };
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const done = busy.then(work);
    busy = done.catch(() => {});
    return done;
  };
  // With 16-bit numbers the same weights take a tenth less room.
  const idOf = (offered: Offered, halves: boolean): string => `${offered.name}-q4${halves ? 'f16' : 'f32'}_1-MLC`;
  const bytesOf = ({ weights }: Offered, halves: boolean): number => (weights * 1e9 * (halves ? 4.5 : 5)) / 8;

  return OFFERED.map((offered) => ({
    id: `web-llm/${offered.name}`,
    title: `${offered.title}, on your graphics card`,
    async availability() {
      const halves = await place.halves();
      if (halves === null) return NO_CARD;
      if (await place.isKept(idOf(offered, halves))) return { type: 'ready', words: 'On this machine’s graphics card' };
      const bytes = bytesOf(offered, halves);
      return { type: 'loadable', words: 'From huggingface.co, once', bytes };
    },
    async load(report, signal) {
      const halves = await place.halves();
      if (halves === null) throw new Error(`${NO_CARD.reason}.`);
      const id = idOf(offered, halves);
      // What is being fetched can be stopped in no other way.
      const stop = (): void => end();
      await next(async () => {
        signal.throwIfAborted();
        signal.addEventListener('abort', stop);
        const gone = new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('Stopped.')), { once: true }),
        );
        try {
          const { commands, broken } = started();
          await Promise.race([commands.load(id, report), gone, broken]);
          await place.keep(id);
        } catch (error) {
          end();
          throw new Error(sentence(wordsOf(error)), { cause: error });
        } finally {
          signal.removeEventListener('abort', stop);
        }
      });
    },
    async complete(request, signal, said) {
      const halves = await place.halves();
      if (halves === null) return failed(NO_CARD.reason, null);
      return new Promise<ModelReply>((resolve) => {
        // Who gave up waits for nothing; the card is free when it has stopped.
        const giveUp = (): void => {
          resolve(failed('stopped', null));
          void card?.commands.stop().catch(() => {});
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener('abort', giveUp);
        void next(async () => {
          if (signal.aborted) return;
          const { messages, tokens, temperature, seed } = request;
          const asked = { id: idOf(offered, halves), messages, tokens, temperature, seed };
          const { commands, broken } = started();
          try {
            const { text, finish, input, output } = await Promise.race([commands.complete(asked, said), broken]);
            resolve({ type: 'replied', text, finish, usage: { ...NO_USAGE, input, output }, dollars: 0 });
          } catch (error) {
            // A card that was lost comes back with a new worker only.
            end();
            const long = nameOf(error) === 'ContextWindowSizeExceededError';
            resolve(failed(wordsOf(error), long ? null : 5_000));
          } finally {
            signal.removeEventListener('abort', giveUp);
          }
        });
      });
    },
  }));
}

const NO_CARD: Extract<PageStanding, { type: 'missing' }> = {
  type: 'missing',
  reason: 'This browser gives pages no graphics card to compute on (WebGPU)',
  remedy: 'Use a current Chrome, Edge or Safari on a machine with a graphics card',
};

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  switch (nameOf(error)) {
    case 'ContextWindowSizeExceededError':
      return 'the prompt is longer than this model can read';
    case 'DeviceLostError':
      return 'the graphics card was lost, most often for want of memory; a smaller model may fit';
    case 'ShaderF16SupportError':
    case 'FeatureSupportError':
      return 'the graphics card lacks what this model needs';
    default:
      return /fetch|network|failed to load/i.test(text)
        ? 'the model could not be fetched from huggingface.co and raw.githubusercontent.com: is there a network that lets them through?'
        : `the model on the graphics card failed: ${text.slice(0, 200)}`;
  }
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

function failed(reason: string, retryAfter: number | null): ModelReply {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}

/** A mark beside the library's own files, which the browser lets go of together. */
const KEPT = 'genesis-web-llm';

function browsersCard(): CardPlace {
  let halves: Promise<boolean | null> | null = null;
  const mark = (id: string): string => new URL(`/web-llm/${id}`, location.origin).href;
  return {
    halves: () => (halves ??= featuresOfCard()),
    start() {
      const worker = new Worker(new URL('./web-llm-worker.ts', import.meta.url), { type: 'module', name: 'web-llm' });
      const remote = Comlink.wrap<CardCommands>(worker);
      const broken = new Promise<never>((_, reject) => {
        worker.addEventListener('error', (event) => reject(new Error(event.message || 'its worker broke')));
      });
      // Nobody may be waiting when it breaks.
      broken.catch(() => {});
      return {
        broken,
        commands: {
          load: (id, report) => remote.load(id, Comlink.proxy(report)),
          complete: (request, said) => remote.complete(request, Comlink.proxy(said)),
          stop: () => remote.stop(),
        },
        end: () => worker.terminate(),
      };
    },
    async isKept(id) {
      if (typeof caches === 'undefined') return false;
      return caches.match(mark(id), { cacheName: KEPT }).then(Boolean, () => false);
    },
    async keep(id) {
      if (typeof caches === 'undefined') return;
      await caches.open(KEPT).then(
        (cache) => cache.put(mark(id), new Response('')),
        () => {},
      );
    },
  };
}

async function featuresOfCard(): Promise<boolean | null> {
  const { gpu } = navigator as { readonly gpu?: GPU };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter ? adapter.features.has('shader-f16') : null;
}
