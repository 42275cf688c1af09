/** The page's side: makes the worker and the sandbox frame, introduces them, and hands batches on. */
import * as Comlink from 'comlink';
import { FRAME_FILE } from '../../sandboxes/hosting/browser/frame-page.ts';
import { mountFrame, type MountedFrame } from '../../sandboxes/hosting/browser/frame.ts';
import { NO_USAGE, type ModelReply } from '../engine/models/model.ts';
import type { PageModel } from '../models/page-model.ts';
import type { ModelTold } from '../models/source.ts';
import { READY, type EventBatch, type Loading, type RunCommands, type ToPage, type ToWorker } from './protocol.ts';

export type BatchListener = (batch: EventBatch) => void;
export type LoadingListener = (loading: Loading | null) => void;
export type ModelListener = (told: ModelTold) => void;
/** The page's models, by the name of one of them. */
export type PageAnswer = (model: string, ...call: Parameters<PageModel['complete']>) => Promise<ModelReply>;

/** Milliseconds the worker's script may take to load. */
const START_LIMIT = 30_000;
/** Milliseconds after which a run asks again for a model of the page that is not there yet. */
const NOT_CONNECTED_MS = 5_000;

export class RunClient {
  /** Everything but `connect`, which has been done. */
  readonly commands: Omit<RunCommands, 'connect'>;
  readonly #document: Document;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  #frame: MountedFrame;
  readonly #listeners = new Set<BatchListener>();
  readonly #waiting = new Set<LoadingListener>();
  readonly #told = new Set<ModelListener>();
  /** Calls of the page's models under way, by the worker's number. */
  readonly #asked = new Map<number, AbortController>();
  #answer: PageAnswer | null = null;
  #last: EventBatch | null = null;
  #disposed = false;

  /** Rejects where the worker can't be loaded. */
  static async create(document: Document): Promise<RunClient> {
    const frame = mountFrame(document, frameUrl(document));
    const worker = new Worker(new URL('./run-worker.ts', import.meta.url), { type: 'module', name: 'run' });
    try {
      await ready(worker);
      const { port1, port2 } = new MessageChannel();
      const remote = Comlink.wrap<RunCommands>(worker);
      await remote.connect(Comlink.transfer(port2, [port2]), Comlink.transfer(frame.port, [frame.port]));
      return new RunClient(document, worker, port1, frame, remote);
    } catch (error) {
      frame.remove();
      worker.terminate();
      throw error;
    }
  }

  private constructor(
    document: Document,
    worker: Worker,
    port: MessagePort,
    frame: MountedFrame,
    remote: Comlink.Remote<RunCommands>,
  ) {
    this.#document = document;
    this.#worker = worker;
    this.#port = port;
    this.#frame = frame;
    this.commands = remote;
    port.onmessage = ({ data }: MessageEvent<ToPage>) => this.#receive(data);
    worker.addEventListener('error', (event) => this.#fail(event.message || 'The engine has crashed.'));
  }

  /** Every batch from now on. */
  subscribe(listener: BatchListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a start waits for, from now on. */
  onLoading(listener: LoadingListener): () => void {
    this.#waiting.add(listener);
    return () => this.#waiting.delete(listener);
  }

  /** What is told of calls of models while they are under way, from now on. */
  onModelTold(listener: ModelListener): () => void {
    this.#told.add(listener);
    return () => this.#told.delete(listener);
  }

  /** Who answers from now on where a model of the page is asked, in place of who did before. */
  answerModels(answer: PageAnswer): () => void {
    this.#answer = answer;
    return () => {
      if (this.#answer === answer) this.#answer = null;
    };
  }

  /** Stores what there is and ends worker and sandbox. Commands that are under way never settle. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#listeners.clear();
    this.#waiting.clear();
    this.#told.clear();
    for (const asked of this.#asked.values()) asked.abort();
    const end = (): void => {
      this.#worker.terminate();
      this.#port.close();
      this.#frame.remove();
    };
    const limit = setTimeout(end, 2_000);
    void this.commands
      .stop()
      .catch(() => {})
      .then(() => {
        clearTimeout(limit);
        end();
      });
  }

  #receive(message: ToPage): void {
    switch (message.type) {
      case 'batch': {
        const { batch } = message;
        this.#last = batch;
        try {
          for (const listener of this.#listeners) listener(batch);
        } finally {
          this.#send({ type: 'taken', runId: batch.runId, through: batch.from + batch.events.length });
        }
        return;
      }
      case 'loading':
        for (const listener of this.#waiting) listener(message.loading);
        return;
      case 'sandbox-wanted':
        void this.#mount();
        return;
      case 'container-wanted':
        void this.#serveContainer();
        return;
      case 'model-asked':
        void this.#ask(message);
        return;
      case 'model-given-up':
        this.#asked.get(message.call)?.abort();
        return;
      case 'model-told':
        for (const listener of this.#told) listener(message.told);
        return;
      default:
        message satisfies never;
    }
  }

  async #ask({ call, model, request }: Extract<ToPage, { type: 'model-asked' }>): Promise<void> {
    const stop = new AbortController();
    this.#asked.set(call, stop);
    let reply: ModelReply;
    try {
      const said = (piece: string): void => {
        if (!stop.signal.aborted) this.#send({ type: 'model-said', call, piece });
      };
      const answered = await this.#answer?.(model, request, stop.signal, said);
      reply = answered ?? failed('this model of the page is not connected', NOT_CONNECTED_MS);
    } catch (error) {
      reply = failed(error instanceof Error ? error.message : String(error), null);
    }
    this.#asked.delete(call);
    if (!stop.signal.aborted) this.#send({ type: 'model-replied', call, reply });
  }

  async #mount(): Promise<void> {
    if (this.#disposed) return;
    this.#frame.remove();
    const frame = mountFrame(this.#document, frameUrl(this.#document));
    this.#frame = frame;
    const reason = await frame.ready;
    if (this.#frame !== frame || this.#disposed) return;
    if (reason !== null) this.#send({ type: 'no-sandbox', reason });
    else this.#send({ type: 'sandbox', port: frame.port }, [frame.port]);
  }

  async #serveContainer(): Promise<void> {
    try {
      const [{ createWebContainerSandbox }, { serveSandbox }] = await Promise.all([
        import('../../sandboxes/webcontainer/index.ts'),
        import('../../sandboxes/webcontainer/remote.ts'),
      ]);
      if (this.#disposed) return;
      const { port1, port2 } = new MessageChannel();
      serveSandbox(createWebContainerSandbox(), port1);
      this.#send({ type: 'container', port: port2 }, [port2]);
    } catch (error) {
      this.#send({ type: 'no-container', reason: error instanceof Error ? error.message : String(error) });
    }
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #fail(message: string): void {
    const last = this.#last;
    if (this.#disposed || !last) return;
    const from = last.from + last.events.length;
    const batch: EventBatch = { ...last, from, events: [], activity: 'failed', message };
    for (const listener of this.#listeners) listener(batch);
  }
}

function failed(reason: string, retryAfter: number | null): ModelReply {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}

/** Resolves when the worker says that it listens. */
function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => settle(() => reject(new Error('The engine did not load in time.'))), START_LIMIT);
    const hear = (event: MessageEvent<unknown>): void => {
      if (event.data === READY) settle(resolve);
    };
    const fail = (event: ErrorEvent): void => {
      event.preventDefault();
      settle(() => reject(new Error(event.message || 'The engine could not be loaded.')));
    };
    const settle = (done: () => void): void => {
      clearTimeout(limit);
      worker.removeEventListener('message', hear);
      worker.removeEventListener('error', fail);
      done();
    };
    worker.addEventListener('message', hear);
    worker.addEventListener('error', fail);
  });
}

function frameUrl(document: Document): string {
  return new URL(FRAME_FILE, document.baseURI).href;
}
