import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  continueLogFile,
  createLogFile,
  readLogFile,
  type LogWriter,
  type OpenedWriter,
} from '../../../relay/runs/log-file.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import { writeLog } from '../../../web/engine/log.ts';
import { experiment, finish, harness, walk } from '../../web/engine/stand-ins.ts';

let folder = '';
let log: readonly RunEvent[] = [];
let files = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
  const run = await harness({
    experiment: experiment({ operators: { mutate: 1 } }),
    operators: [{ ...walk, id: 'mutate', propose: (context) => umlaut(walk.propose(context)) }],
  });
  await finish(run);
  log = run.log;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Notes with letters of more than one byte: offsets in the file are bytes, in the text they are not. */
function umlaut(proposal: ReturnType<typeof walk.propose>): ReturnType<typeof walk.propose> {
  return 'note' in proposal ? { ...proposal, note: `größer 🟢 ${proposal.note}` } : proposal;
}

const fresh = (): string => join(folder, `deep/er/${files++}.jsonl`);

function opened(result: OpenedWriter): LogWriter {
  if (result.type === 'failed') throw new Error(result.problem);
  return result.writer;
}

describe('log files', () => {
  it('keep a log, in folders that were not there', async () => {
    const path = fresh();
    const writer = opened(createLogFile(path));
    for (const event of log) writer.write(event);
    writer.close();
    expect(readFileSync(path, 'utf8')).toBe(writeLog(log));
    expect(await readLogFile(path)).toMatchObject({ type: 'ok', events: log, torn: null, unended: false });
  });

  it('are written while the run goes', async () => {
    const path = fresh();
    const writer = opened(createLogFile(path));
    writer.write(log[0] as RunEvent);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    writer.close();
  });

  it.each([1, 3, 40])('go on behind what a crash left, %i bytes short', async (short) => {
    const path = fresh();
    writeFileSync(path, Buffer.from(writeLog(log.slice(0, 30))).subarray(0, -short));
    const read = await readLogFile(path);
    if (read.type === 'failed') throw new Error(read.problem);
    const whole = short === 1 ? 30 : 29;
    expect(read).toMatchObject({ torn: short === 1 ? null : 31, unended: short === 1 });
    expect(read.events).toEqual(log.slice(0, whole));
    const writer = opened(continueLogFile(path, read));
    for (const event of log.slice(whole)) writer.write(event);
    writer.close();
    expect(readFileSync(path, 'utf8')).toBe(writeLog(log));
  });

  it('say what is wrong', async () => {
    const path = fresh();
    expect(await readLogFile(path)).toEqual({ type: 'failed', problem: `there is no file ${path}` });
    opened(createLogFile(path)).close();
    expect(await readLogFile(path)).toMatchObject({ problem: expect.stringContaining('no events') as string });
    appendFileSync(path, 'nonsense\n');
    expect(await readLogFile(path)).toMatchObject({ problem: expect.stringContaining(`${path}, line 2: `) as string });
    expect(await readLogFile(folder)).toMatchObject({ problem: expect.stringContaining("can't be read") as string });
    expect(createLogFile(join(path, 'x.jsonl'))).toMatchObject({ type: 'failed' });
  });

  it('tell once that they can not be written any more, and do not throw', async () => {
    if (process.platform !== 'linux') return;
    const writer = opened(createLogFile('/dev/full'));
    for (const event of log.slice(0, 3)) writer.write(event);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    writer.write(log[3] as RunEvent);
    writer.close();
    expect(writer.problem).toContain("/dev/full can't be written any more");
  });
});
