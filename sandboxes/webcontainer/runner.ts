/**
 * The script that stands between a project and us, inside the container: a line of JSON in, a line of JSON out. It shares its process with
 * the project, so what it says is the project's word and no more.
 */

/** Begins the lines that are answers; whatever else is printed is the project's own. */
export const ANSWER = '\u0001genesis ';
export const RUNNER_FILE = '.genesis-runner.mjs';

export interface RunnerCall {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Given to the script as its one argument. */
export interface RunnerSettings {
  /** Steps of one call. */
  readonly fuel: number;
  /** Values of `$p`. */
  readonly parameters: readonly number[];
}

export type RunnerAnswer =
  | { readonly type: 'ready' }
  /** The entry could not be loaded. */
  | { readonly type: 'broken'; readonly reason: string }
  | { readonly type: 'ok'; readonly id: number; readonly value: unknown; readonly fuel: number }
  /** Its steps are used up. */
  | { readonly type: 'spent'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string };

/** `entry` is relative to the runner's folder. Plain JavaScript for any Node from 18. */
export function runnerText(entry: string): string {
  return `import { createInterface } from 'node:readline';
const write = process.stdout.write.bind(process.stdout);
const stringify = JSON.stringify;
const parse = JSON.parse;
const escape = (text) => text.replace(/[^\\x20-\\x7e]/g, (unit) => '\\\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'));
const say = (answer) => write(${JSON.stringify(`\n${ANSWER}`)} + escape(stringify(answer)) + '\\n');
const words = (error) => String((error && error.stack) || error).slice(0, 4000);
const settings = parse(process.argv[2]);
const fuel = { n: settings.fuel, out() { throw new Error('out of fuel'); } };
Object.defineProperty(globalThis, '$fuel', { value: fuel });
Object.defineProperty(globalThis, '$p', { value: settings.parameters });
let main;
try {
  const loaded = await import(${JSON.stringify(`./${entry}`)});
  main = loaded.default && typeof loaded.default === 'object' ? { ...loaded.default, ...loaded } : loaded;
} catch (error) {
  say({ type: 'broken', reason: words(error) });
  process.exit(1);
}
createInterface({ input: process.stdin }).on('line', async (line) => {
  let call;
  try {
    call = parse(line);
  } catch {
    return;
  }
  const { id, name, args } = call;
  try {
    if (typeof main[name] !== 'function') throw 'exports no function "' + name + '"';
    fuel.n = settings.fuel;
    const value = await main[name](...args);
    if (fuel.n < 0) say({ type: 'spent', id });
    else say({ type: 'ok', id, value: value === undefined ? null : value, fuel: settings.fuel - fuel.n });
  } catch (error) {
    if (fuel.n < 0) say({ type: 'spent', id });
    else say({ type: 'failed', id, reason: words(error) });
  }
});
say({ type: 'ready' });
`;
}

/** Lines of a stream of text, and of them the answers. `most`: characters a line may have before the stream counts as broken. */
export class AnswerReader {
  readonly #most: number;
  #rest = '';

  constructor(most: number) {
    this.#most = most;
  }

  /** null where a line has grown beyond all limits. */
  take(text: string): RunnerAnswer[] | null {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > this.#most || lines.some((line) => line.length > this.#most)) return null;
    return lines.flatMap((line) => {
      const answer = answerOf(line.replace(/\r$/, ''));
      return answer === null ? [] : [answer];
    });
  }
}

function answerOf(line: string): RunnerAnswer | null {
  const at = line.indexOf(ANSWER);
  if (at < 0) return null;
  let value: unknown;
  try {
    value = JSON.parse(line.slice(at + ANSWER.length));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { type, id, reason } = value as Record<string, unknown>;
  if (type === 'ready') return { type };
  if (type === 'broken') return { type, reason: String(reason) };
  if (!Number.isInteger(id)) return null;
  if (type === 'spent') return { type, id: id as number };
  if (type === 'ok') {
    const { value: returned, fuel } = value as { value?: unknown; fuel?: unknown };
    return { type, id: id as number, value: returned, fuel: typeof fuel === 'number' && fuel >= 0 ? fuel : 0 };
  }
  return type === 'failed' ? { type, id: id as number, reason: String(reason) } : null;
}
