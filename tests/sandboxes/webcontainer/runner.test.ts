/** The runner in a real Node: what it says, line by line. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ANSWER,
  AnswerReader,
  RUNNER_FILE,
  runnerText,
  type RunnerAnswer,
} from '../../../sandboxes/webcontainer/runner.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function start(entry: string, text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'runner-'));
  await writeFile(join(folder, RUNNER_FILE), runnerText(entry));
  await writeFile(join(folder, entry), text);
  const child = spawn(process.execPath, [RUNNER_FILE, JSON.stringify({ fuel: 100, parameters: [2.5] })], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  ends.push(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  const reader = new AnswerReader(100_000);
  const heard: RunnerAnswer[] = [];
  let waiting: () => void = () => {};
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    heard.push(...(reader.take(chunk) ?? []));
    waiting();
  });
  const next = async (): Promise<RunnerAnswer> => {
    while (heard.length === 0) await new Promise<void>((resolve) => (waiting = resolve));
    return heard.shift() as RunnerAnswer;
  };
  return { next, call: (line: unknown) => child.stdin.write(`${JSON.stringify(line)}\n`) };
}

describe('the runner', () => {
  it('calls what the entry exports, however it writes and waits', async () => {
    const text =
      'console.log("noise"); process.stdout.write("no newline");\n' +
      'export const add = async (a, b) => { console.log("more"); return a + b; };\nexport const none = () => {};\n' +
      'export function fail() { throw new Error("nö\\n"); }';
    const { next, call } = await start('main.mjs', text);
    expect(await next()).toEqual({ type: 'ready' });
    call({ id: 1, name: 'add', args: ['ä\n', 'b'] });
    expect(await next()).toEqual({ type: 'ok', id: 1, value: 'ä\nb', fuel: 0 });
    call({ id: 2, name: 'none', args: [] });
    expect(await next()).toEqual({ type: 'ok', id: 2, value: null, fuel: 0 });
    call({ id: 3, name: 'fail', args: [] });
    expect(await next()).toMatchObject({
      type: 'failed',
      id: 3,
      reason: expect.stringContaining('Error: nö') as string,
    });
    call({ id: 4, name: 'missing', args: [] });
    expect(await next()).toEqual({ type: 'failed', id: 4, reason: 'exports no function "missing"' });
  });

  it('counts the steps of each call, and gives numbers in', async () => {
    const text =
      'export function count(n) { for (let i = 0; i < n; i++) if (--$fuel.n < 0) $fuel.out(); return $p[0]; }\n' +
      'export function hides() { try { count(200); } catch {} return 1; }';
    const { next, call } = await start('main.mjs', text);
    await next();
    call({ id: 1, name: 'count', args: [40] });
    expect(await next()).toEqual({ type: 'ok', id: 1, value: 2.5, fuel: 40 });
    call({ id: 2, name: 'count', args: [101] });
    expect(await next()).toEqual({ type: 'spent', id: 2 });
    call({ id: 3, name: 'hides', args: [] });
    expect(await next()).toEqual({ type: 'spent', id: 3 });
  });

  it('takes CommonJS, and says why an entry does not load', async () => {
    const { next, call } = await start('main.cjs', 'module.exports = { two: () => 2 };');
    expect(await next()).toEqual({ type: 'ready' });
    call({ id: 1, name: 'two', args: [] });
    expect(await next()).toMatchObject({ value: 2 });
    const broken = await start('main.mjs', 'export const = 1;');
    expect(await broken.next()).toMatchObject({
      type: 'broken',
      reason: expect.stringContaining('SyntaxError') as string,
    });
  });
});

describe('AnswerReader', () => {
  it('drops what is no answer, and gives up on a line without end', () => {
    const reader = new AnswerReader(50);
    expect(reader.take(`${ANSWER}{"type":"ok"}\n${ANSWER}nonsense\nplain\n${ANSWER}`)).toEqual([]);
    expect(reader.take('{"type":"ready"}\r\n')).toEqual([{ type: 'ready' }]);
    expect(reader.take('x'.repeat(60))).toBe(null);
  });
});
