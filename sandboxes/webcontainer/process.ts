/** One process of a project in the container, with calls in flight. Every promise of it settles. */
import type { WebContainerProcess } from '@webcontainer/api';
import type { CallResult, Limits } from '../contract.ts';
import type { Container } from './boot.ts';
import { AnswerReader, RUNNER_FILE, type RunnerAnswer, type RunnerSettings } from './runner.ts';

/** Milliseconds Node may take to start in the container. */
const START_LIMIT = 15_000;

export class ProjectProcess {
  readonly #process: WebContainerProcess;
  readonly #writer: WritableStreamDefaultWriter<string>;
  readonly #limits: Limits;
  readonly #reader: AnswerReader;
  readonly #pending = new Map<number, (result: CallResult) => void>();
  #ready: (broken: string | null) => void = () => {};
  #next = 1;
  #end: CallResult | null = null;

  /** A reason where the project does not load. */
  static async start(
    container: Container,
    folder: string,
    limits: Limits,
    parameters: readonly number[] = [],
  ): Promise<
    { readonly type: 'ok'; readonly process: ProjectProcess } | { readonly type: 'failed'; readonly reason: string }
  > {
    const settings: RunnerSettings = { fuel: limits.fuel, parameters };
    const spawned = await container.spawn('node', [RUNNER_FILE, JSON.stringify(settings)], { cwd: folder });
    const process = new ProjectProcess(spawned, limits);
    const broken = await process.#started();
    if (broken === null) return { type: 'ok', process };
    process.kill('the project did not load');
    return { type: 'failed', reason: broken };
  }

  private constructor(process: WebContainerProcess, limits: Limits) {
    this.#process = process;
    this.#writer = process.input.getWriter();
    this.#limits = limits;
    this.#reader = new AnswerReader(6 * limits.outputBytes + 1_000);
    void process.output.pipeTo(new WritableStream({ write: (text) => this.#hear(text) })).catch(() => {});
    void process.exit.then(
      (code) => this.#settle({ type: 'crashed', reason: `the process ended with exit ${code}` }),
      () => this.#settle({ type: 'crashed', reason: 'the process is gone' }),
    );
  }

  get alive(): boolean {
    return this.#end === null;
  }

  call(name: string, args: readonly unknown[]): Promise<CallResult> {
    if (this.#end !== null) return Promise.resolve(this.#end);
    const id = this.#next++;
    let line: string;
    try {
      line = JSON.stringify({ id, name, args: args.map(plain) });
    } catch {
      return Promise.resolve({ type: 'failed', reason: 'the arguments must be plain data' });
    }
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#settle({ type: 'timeout', reason: `${name} took more than ${this.#limits.milliseconds} ms` }),
        this.#limits.milliseconds,
      );
      this.#pending.set(id, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
      this.#writer.write(`${line}\n`).catch(() => this.#settle({ type: 'crashed', reason: 'the process is gone' }));
    });
  }

  kill(reason: string): void {
    this.#settle({ type: 'killed', reason });
  }

  #started(): Promise<string | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve('Node did not start in time'), START_LIMIT);
      this.#ready = (broken) => {
        clearTimeout(timer);
        resolve(broken);
      };
    });
  }

  #hear(text: string): void {
    const answers = this.#reader.take(text);
    if (answers === null)
      return this.#settle({ type: 'killed', reason: `returned more than ${this.#limits.outputBytes} bytes` });
    for (const answer of answers) {
      if (answer.type === 'ready') this.#ready(null);
      else if (answer.type === 'broken') this.#ready(answer.reason);
      else this.#answer(answer.id, resultOf(answer, this.#limits));
    }
  }

  #answer(id: number, result: CallResult): void {
    this.#pending.get(id)?.(result);
    this.#pending.delete(id);
  }

  /** The end of the process, whatever brought it: what is pending ends with it, and so does all that comes after. */
  #settle(end: CallResult): void {
    if (this.#end !== null) return;
    this.#end = end.type === 'timeout' ? { type: 'killed', reason: 'the process was ended at its limit' } : end;
    this.#ready(end.type === 'ok' ? null : end.reason);
    for (const resolve of this.#pending.values()) resolve(end);
    this.#pending.clear();
    this.#process.kill();
  }
}

function resultOf(answer: Exclude<RunnerAnswer, { readonly type: 'ready' | 'broken' }>, limits: Limits): CallResult {
  switch (answer.type) {
    case 'failed':
      return { type: 'failed', reason: answer.reason };
    case 'spent':
      return { type: 'timeout', reason: `more than ${limits.fuel} steps` };
    case 'ok':
      if ((JSON.stringify(answer.value) ?? '').length > limits.outputBytes)
        return { type: 'failed', reason: `returned more than ${limits.outputBytes} bytes` };
      return { type: 'ok', value: answer.value, fuel: answer.fuel };
    default:
      return answer satisfies never;
  }
}

/** Arrays of numbers go as lists; what JSON would quietly change is refused. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<number>);
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    throw new TypeError('not plain');
  return value;
}
