import { spawn, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { canonical, type RunEvent } from '../../../web/engine/events.ts';
import { readLog } from '../../../web/engine/log.ts';

// Whole runs in processes of their own.
vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../../../', import.meta.url));
const script = join(root, 'relay/runs/evolve.ts');
const children = new Set<ChildProcess>();
let folder = '';
/** A small experiment whose run is made of many cheap programs. */
let small = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'evolve-'));
  small = join(folder, 'parabola');
  writeExperiment(small);
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

interface Going {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

function begin(args: readonly string[], command: readonly string[] = [process.execPath, script]): Going {
  const [program, ...rest] = command;
  const env = { ...process.env, INIT_CWD: folder };
  const child = spawn(program as string, [...rest, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, out, err });
    });
  });
  return { child, ended };
}

function evolve(...args: string[]): Promise<Ended> {
  return begin(args).ended;
}

function report(ended: Ended): Record<string, unknown> & { best: Record<string, unknown> } {
  expect(ended.err).toBe('');
  return JSON.parse(ended.out.trimEnd().split('\n').at(-1) as string) as ReturnType<typeof report>;
}

function eventsOf(path: string): RunEvent[] {
  const read = readLog(readFileSync(path, 'utf8'));
  if (read.type === 'failed') throw new Error(`${path}:${read.line}: ${read.reason}`);
  return read.events;
}

function canonicalLog(path: string): string[] {
  return eventsOf(path).map((event) => JSON.stringify(canonical(event)));
}

async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function results(path: string): number {
  if (!existsSync(path)) return 0;
  return readFileSync(path, 'utf8').split('"type":"evaluated"').length - 1;
}

/** Processes of the jail below this one. */
function below(pid: number | undefined): number[] {
  const found: number[] = [];
  for (const task of existsSync(`/proc/${pid}/task`) ? [pid] : []) {
    const text = readFileSync(`/proc/${task}/task/${task}/children`, 'utf8').trim();
    for (const child of text === '' ? [] : text.split(' ').map(Number)) found.push(child, ...below(child));
  }
  return found;
}

const gone = (pids: readonly number[]): boolean => pids.every((pid) => !existsSync(`/proc/${pid}`));

describe('npm run evolve', () => {
  it('prints one JSON object as its last line', async () => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const command = [npm, 'run', '--silent', 'evolve', '--'];
    const ended = await begin(['circle-packing', '--seed', '4', '--evaluations', '150', '--json'], command).ended;
    expect(ended.code).toBe(0);
    const lines = ended.out.trimEnd().split('\n');
    const result = JSON.parse(lines.at(-1) as string) as ReturnType<typeof report>;
    expect(result).toMatchObject({
      example: 'circle-packing',
      seed: 4,
      evaluations: 150,
      best: {
        fitness: expect.any(Number) as number,
        metrics: { sum: expect.any(Number) as number },
        program: { 'seed.js': expect.stringContaining('export function') as string },
      },
      seedFitness: expect.any(Number) as number,
      accepted: expect.any(Number) as number,
      milliseconds: expect.any(Number) as number,
      finished: 'evaluations',
    });
    expect(result.best['fitness']).toBeGreaterThanOrEqual(result['seedFitness'] as number);
  });

  it('gives the same log with one, two and four evaluations at once', async () => {
    const logs: string[][] = [];
    for (const parallel of [1, 2, 4]) {
      const path = join(folder, `circle-${parallel}.jsonl`);
      const args = ['--seed', '11', '--evaluations', '400', '--parallel', String(parallel), '--out', path, '--json'];
      report(await evolve('circle-packing', ...args));
      logs.push(canonicalLog(path));
    }
    expect(logs[0]?.length).toBeGreaterThan(10);
    expect(logs[1]).toEqual(logs[0]);
    expect(logs[2]).toEqual(logs[0]);
  });

  it('writes what an unbroken run writes, though it was killed, cut and gone on with', async () => {
    const whole = join(folder, 'whole.jsonl');
    const broken = join(folder, 'broken.jsonl');
    const args = ['--seed', '5', '--evaluations', '60', '--json'];
    report(await evolve(small, ...args, '--out', whole));
    const going = begin([small, ...args, '--out', broken]);
    await until(() => results(broken) >= 20);
    const jail = below(going.child.pid);
    going.child.kill('SIGKILL');
    await going.ended;
    await until(() => gone(jail));
    expect(results(broken)).toBeLessThan(60);
    appendFileSync(broken, '{"type":"evaluated","jo');
    const ended = await evolve('--resume', broken, '--json');
    expect(ended.code).toBe(0);
    expect(ended.err).toMatch(/line \d+ of .*broken\.jsonl was cut off/);
    expect(canonicalLog(broken)).toEqual(canonicalLog(whole));
  });

  it('stops at Ctrl-C, says how to go on, and goes on as if it had not stopped', async () => {
    const whole = join(folder, 'whole-6.jsonl');
    const stopped = join(folder, 'stopped.jsonl');
    const args = ['--seed', '6', '--evaluations', '60'];
    expect((await evolve(small, ...args, '--out', whole)).code).toBe(0);
    const going = begin([small, ...args, '--out', stopped]);
    await until(() => results(stopped) >= 20);
    const jail = below(going.child.pid);
    expect(jail.length).toBeGreaterThan(0);
    going.child.kill('SIGINT');
    const ended = await going.ended;
    expect(ended.code).toBe(130);
    expect(ended.err).toContain('npm run evolve -- --resume stopped.jsonl');
    await until(() => gone(jail));
    expect(eventsOf(stopped).at(-1)?.type).not.toBe('run-finished');
    expect((await evolve('--resume', 'stopped.jsonl')).code).toBe(0);
    expect(canonicalLog(stopped)).toEqual(canonicalLog(whole));
    const again = await evolve('--resume', 'stopped.jsonl', '--json');
    expect(report(again)).toMatchObject({ evaluations: 60, finished: 'evaluations' });
    const more = await evolve('--resume', 'stopped.jsonl', '--evaluations', '68', '--out', 'more.jsonl', '--json');
    expect(report(more)).toMatchObject({ evaluations: 68 });
    expect(eventsOf(join(folder, 'more.jsonl')).slice(0, 9)).toEqual(eventsOf(stopped).slice(0, 9));
    expect(canonicalLog(stopped)).toEqual(canonicalLog(whole));
  });

  it('saves a run without a file when it is stopped', async () => {
    const going = begin([small, '--evaluations', '1000000', '--seed', '8']);
    await until(() => below(going.child.pid).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    going.child.kill('SIGTERM');
    const ended = await going.ended;
    expect(ended.code).toBe(130);
    expect(ended.err).toContain('--resume runs/parabola-seed8.jsonl');
    expect(eventsOf(join(folder, 'runs/parabola-seed8.jsonl'))[0]).toMatchObject({ type: 'run-started', seed: 8 });
  });

  it('stops by time, and tells a person how it went', async () => {
    const ended = await evolve(small, '--seconds', '1.5');
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toMatch(/^Parabola, seed 1: until 2 s, \d+ at once\n/);
    expect(ended.out).toMatch(/Error \d+\.\d{3}, from \d+\.\d{3}\n\d+ improvements? in \d+ evaluations, \d+ s\n$/);
  });

  it('moves a file that is there aside', async () => {
    const path = join(folder, 'there.jsonl');
    writeFileSync(path, 'mine\n');
    const ended = await evolve(small, '--evaluations', '5', '--out', 'there.jsonl');
    expect(ended.code).toBe(0);
    expect(ended.err).toContain('there.jsonl~');
    expect(readFileSync(`${path}~`, 'utf8')).toBe('mine\n');
    expect(eventsOf(path).at(-1)?.type).toBe('run-finished');
  });

  it('goes on where its reader has left', async () => {
    const going = begin([small, '--evaluations', '30', '--out', 'unread.jsonl']);
    going.child.stdout?.destroy();
    const ended = await going.ended;
    expect(ended.signal).toBeNull();
    expect(statSync(join(folder, 'unread.jsonl')).size).toBeGreaterThan(0);
  });

  it('says when the seed does not run', async () => {
    const broken = join(folder, 'broken-seed');
    writeExperiment(broken, 'export function height() { throw new Error("not today"); }\n');
    const ended = await evolve(broken);
    expect(ended.code).toBe(1);
    expect(ended.out).toContain('not today');
  });

  it.each<[string, string[], RegExp[]]>([
    [
      'an example that is not there',
      ['circle-pakcing'],
      [/no example and no folder "circle-pakcing"; did you mean circle-packing\?/, /Examples: .*circle-packing/],
    ],
    ['nothing', [], [/name an example or a folder/]],
    [
      'a wrong number',
      ['circle-packing', '--seed', 'abc', '--evaluations=0'],
      [/--seed must be a whole number.*"abc"/, /--evaluations must be/],
    ],
    ['a wrong flag', ['circle-packing', '--sed', '1'], [/--sed is not a flag here/]],
    ['a flag without its value', ['circle-packing', '--out'], [/--out needs a value/]],
    ['a log that is not there', ['--resume', 'nowhere.jsonl'], [/there is no file .*nowhere\.jsonl/]],
    ['a folder that is no experiment', ['.'], [/has no experiment\.json/]],
    ['a seed program that is not there', ['parabola', '--program', 'other'], [/has no "other"; there are seed/]],
    ['a folder to write to', ['parabola', '--out', 'parabola'], [/parabola is a folder/]],
  ])('refuses %s', async (_what, args, words) => {
    const ended = await evolve(...args);
    expect(ended.code).toBe(2);
    expect(ended.out).toBe('');
    for (const each of words) expect(ended.err).toMatch(each);
    expect(ended.err).not.toMatch(/\n\s+at /);
  });

  it('names each fault of an experiment, and the line of one in a log', async () => {
    const bad = join(folder, 'bad');
    writeExperiment(bad);
    writeFileSync(join(bad, 'experiment.json'), '{"v":1,"name":"Bad Name","language":"cobol","files":["gone.js"]}');
    const ended = await evolve(bad);
    expect(ended.code).toBe(2);
    for (const word of ['name:', 'language:', 'gone.js', 'evaluator']) expect(ended.err).toContain(word);
    const log = join(folder, 'damaged.jsonl');
    await evolve(small, '--evaluations', '5', '--out', log);
    const lines = readFileSync(log, 'utf8').split('\n');
    lines[6] = (lines[6] as string).replace('"type":"', '"type":"un');
    writeFileSync(log, lines.join('\n'));
    const refused = await evolve('--resume', log);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/damaged\.jsonl, line 7: type: must be one of/);
  });
});

const SEED = `// EVOLVE-BLOCK-START
export function height(x) {
  let total = 0;
  for (let i = 0; i < 4; i++) {
    total = total + x * 0.25;
  }
  return total + 1;
}
// EVOLVE-BLOCK-END
`;

const EVALUATOR = `
const POINTS = [0, 0.25, 0.5, 0.75, 1, 1.5, 2];
export async function evaluate(candidate) {
  const heights = await candidate.callMany('height', POINTS.map((x) => [x]));
  let error = 0;
  for (let i = 0; i < POINTS.length; i++) {
    const height = heights[i];
    if (typeof height !== 'number' || !Number.isFinite(height)) return { fitness: null, correct: false, feedback: 'no number' };
    error += Math.abs(height - (3 * POINTS[i] * POINTS[i] - 2));
  }
  return { fitness: -error, correct: true, metrics: { error } };
}
`;

function writeExperiment(path: string, seed: string = SEED): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'seed.js'), seed);
  writeFileSync(join(path, 'evaluator.js'), EVALUATOR);
  const manifest = {
    v: 1,
    name: 'parabola',
    title: 'Parabola',
    files: ['seed.js'],
    entry: 'seed.js',
    evaluator: { files: ['evaluator.js'], entry: 'evaluator.js' },
    goal: { metric: 'error', label: 'Error', better: 'lower', digits: 3 },
    strategy: { operators: { mutate: 0.8, splice: 0.1, merge: 0.1 }, islands: { count: 2, migrateEvery: 40 } },
  };
  writeFileSync(join(path, 'experiment.json'), JSON.stringify(manifest));
}
