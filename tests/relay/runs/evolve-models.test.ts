/** A run in the terminal with models: a stand-in of a provider over its wire protocol, the relay's own gateway in the run's process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../../web/engine/events.ts';
import { readLog } from '../../../web/engine/log.ts';
import { STAND_IN_KEY, type StandIn } from '../llm/stand-in.ts';
import { startProvider } from '../../e2e/model-relay.ts';

// Whole runs in processes of their own.
vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../../../', import.meta.url));
const script = join(root, 'relay/runs/evolve.ts');
let folder = '';
let config = '';
let standIn: StandIn;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evolve-models-'));
  config = join(folder, 'config.json');
  const provider = await startProvider();
  standIn = provider.standIn;
  writeFileSync(config, JSON.stringify({ providers: provider.providers, store: join(folder, 'store.sqlite') }));
});

afterAll(async () => {
  await standIn?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function begin(...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const env = { ...process.env, INIT_CWD: folder, STAND_IN_KEY };
  const child = spawn(process.execPath, [script, ...args, '--config', config], { cwd: root, env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))) };
}

const evolve = (...args: string[]): Promise<Ended> => begin(...args).ended;

function eventsOf(path: string): RunEvent[] {
  const read = readLog(readFileSync(path, 'utf8'));
  if (read.type === 'failed') throw new Error(`line ${read.line}: ${read.reason}`);
  return read.events;
}

const replies = (path: string) => eventsOf(path).filter((event) => event.type === 'replied');
const paid = (path: string): number => replies(path).reduce((sum, { dollars }) => sum + (dollars ?? 0), 0);

describe('npm run evolve with models', () => {
  it.each([
    ['models without a sum', ['circle-packing', '--models', 'stand-in-large'], /--models needs --dollars/],
    ['a sum without models', ['circle-packing', '--dollars', '1'], /names none: say which with --models/],
    ['a part without models', ['circle-packing', '--part', 'half', '--calls', '3'], /--part needs --models/],
    ['searches without a sum', ['circle-packing', '--search', '0.1'], /--search needs --dollars, --tokens or --calls/],
    [
      'searches of a model that makes none',
      ['circle-packing', '--models', 'stand-in-large', '--dollars', '1', '--search', '0.1'],
      /lets models search the web, and none of its models may here/,
    ],
    ['a share of nothing', ['circle-packing', '--models', 'stand-in-large=0', '--calls', '3'], /share above 0/],
    [
      'a model that is not there',
      ['circle-packing', '--models', 'gpt-nine', '--dollars', '1'],
      /no model gpt-nine is offered here; there are stand-in-large/,
    ],
    [
      'a model for vectors',
      ['circle-packing', '--models', 'stand-in-vectors', '--dollars', '1'],
      /makes vectors and no text/,
    ],
  ])('refuses %s, and asks nobody', async (_, args, words) => {
    const before = standIn.answered;
    const ended = await evolve(...args);
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(words);
    expect(standIn.answered).toBe(before);
  });

  it('says what it is likely to cost, keeps to the sum, and goes on with more when more is given', async () => {
    const log = join(folder, 'run.jsonl');
    const args = ['circle-packing', '--models', 'stand-in-large', '--out', log, '--evaluations'];
    const first = await evolve(...args, '400', '--dollars', '0.12');
    expect(first.code).toBe(0);
    expect(first.err).toMatch(
      /Models: stand-in-large\. Likely \d+ calls? and \$[\d.]+, at most [\d,]+ calls and \$0\.12/,
    );
    expect(first.err).toMatch(/stand-in-large: /);
    expect(first.out).toMatch(/at most \$0\.12 for models/);
    expect(first.out).toMatch(/\d+ calls of models, [\d,]+ tokens, \$0\.\d+/);
    const asked = replies(log).length;
    expect(asked).toBeGreaterThan(2);
    expect(paid(log)).toBeGreaterThan(0);
    expect(paid(log)).toBeLessThanOrEqual(0.12);

    // Nobody is asked on a word that was given for another run of the command.
    const silent = await evolve('--resume', log, '--evaluations', '500');
    expect(silent.code).toBe(0);
    expect(silent.err).toMatch(/may ask stand-in-large\. None is asked without/);
    expect(replies(log)).toHaveLength(asked);

    const more = await evolve('--resume', log, '--evaluations', '1200', '--dollars', '0.3', '--json');
    expect(more.err).toBe('');
    expect(replies(log).length).toBeGreaterThan(asked);
    expect(paid(log)).toBeLessThanOrEqual(0.3);
    const report = JSON.parse(more.out) as { models: { calls: number; dollars: number } };
    expect(report.models.calls).toBe(replies(log).length);
    expect(report.models.dollars).toBeCloseTo(paid(log), 8);
    expect(new Set(replies(log).map(({ job, call }) => `${job} ${call}`)).size).toBe(replies(log).length);

    // The key is in no output, log or book.
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString('latin1'));
    for (const text of [...kept, first.out, first.err, silent.err, more.out])
      expect(text.includes(STAND_IN_KEY)).toBe(false);
  });

  it('pays no reply twice that was there when the run was killed', async () => {
    const log = join(folder, 'killed.jsonl');
    const args = ['circle-packing', '--models', 'stand-in-large', '--part', 'only', '--seed', '3', '--calls', '40'];
    const before = standIn.answered;
    const going = begin(...args, '--evaluations', '60', '--out', log);
    while (!existsSync(log) || !readFileSync(log, 'utf8').includes('"type":"replied"'))
      await new Promise((resolve) => setTimeout(resolve, 10));
    going.child.kill('SIGKILL');
    await going.ended;
    const ended = await evolve('--resume', log, '--calls', '40', '--evaluations', '60', '--json');
    expect(ended.code).toBe(0);
    const answered = standIn.answered - before;
    // What was under way when it was killed may have to be asked again; what had come was kept.
    expect(answered).toBeGreaterThanOrEqual(replies(log).length);
    expect(answered - replies(log).length).toBeLessThanOrEqual(4);
    expect(replies(log).length).toBeLessThanOrEqual(40);
  });
});
