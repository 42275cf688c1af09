/** Evaluators apart from the projects they score, on realms of this process: the pairing is under test, not the isolation. */
import { afterEach, describe, expect, it } from 'vitest';
import type { EvaluationHost, EvaluationRequest, Limits, Sandbox } from '../../../sandboxes/contract.ts';
import { createInlineSandbox } from '../../../sandboxes/inline/index.ts';
import { createContainerHost } from '../../../sandboxes/webcontainer/host.ts';
import { remoteSandbox, serveSandbox } from '../../../sandboxes/webcontainer/remote.ts';

const limits: Limits = { milliseconds: 2_000, megabytes: 64, outputBytes: 10_000, messages: 4, fuel: 1_000 };
const request: EvaluationRequest = { parameters: [], seed: 7, picture: false };
const hosts: EvaluationHost[] = [];
afterEach(() => hosts.splice(0).forEach((host) => host.close()));

function hostWith(evaluator: string, projects: Sandbox = createInlineSandbox()): EvaluationHost {
  const options = { evaluator: { files: { 'e.js': evaluator }, entry: 'e.js' }, limits, slots: 1 };
  const host = createContainerHost(createInlineSandbox(), projects, options);
  hosts.push(host);
  return host;
}

async function outcomes(host: EvaluationHost, project: string, requests = [request]) {
  const source = { language: 'javascript' as const, files: { 'main.js': project }, entry: 'main.js' };
  const opened = await host.open(source, new AbortController().signal);
  if (opened.type !== 'ok') throw new Error(`${opened.status}: ${opened.reason}`);
  const list = await opened.session.evaluate(requests);
  opened.session.close();
  return list;
}

const COUNTING =
  'let n = 0; export const next = (by) => (n += by); export const fail = () => { throw new Error("no"); };';

describe('a container’s host', () => {
  it('lets an evaluator call in its middle, in order, from a fresh state each time', async () => {
    const host = hostWith(
      'export async function evaluate(c, x) { const a = await c.call("next", 1); const [b, d] = await c.callMany("next", [[2], [3]]);' +
        ' const r = x.random(); return { fitness: a * 100 + b * 10 + d, correct: true, metrics: { r, s: x.seed } }; }',
    );
    const list = await outcomes(host, COUNTING, [request, request]);
    expect(list).toHaveLength(2);
    for (const outcome of list)
      expect(outcome).toMatchObject({ type: 'scored', evaluation: { fitness: 136, metrics: { s: 7 } } });
    const [one, two] = list.map((outcome) => (outcome.type === 'scored' ? outcome.evaluation.metrics['r'] : null));
    expect(one).toBe(two);
  });

  it('tells the best score and its program where they are told', async () => {
    const host = hostWith(
      'export const evaluate = (c, x) => ({ fitness: 1, correct: true, artifacts: { told: [x.best, x.bestFiles] } });',
    );
    const bestFiles = { 'main.js': 'const a = "`${1}`";' };
    const list = await outcomes(host, COUNTING, [request, { ...request, best: 2.5, bestFiles }]);
    expect(list).toMatchObject([
      { evaluation: { artifacts: { told: [null, null] } } },
      { evaluation: { artifacts: { told: [2.5, bestFiles] } } },
    ]);
  });

  it('tells an evaluator of a failed call, and whose fault it was where it gives up', async () => {
    const catching = hostWith(
      'export async function evaluate(c) { try { await c.call("fail"); } catch (e) { return { fitness: null, correct: false, feedback: e.status + ": " + e.message }; } }',
    );
    expect(await outcomes(catching, COUNTING)).toMatchObject([
      {
        type: 'scored',
        evaluation: { correct: false, feedback: expect.stringContaining('failed: Error: no') as string },
      },
    ]);
    const giving = hostWith('export const evaluate = async (c) => ({ fitness: await c.call("fail"), correct: true });');
    expect(await outcomes(giving, COUNTING)).toMatchObject([
      { type: 'failed', status: 'crashed', reason: 'Error: no' },
    ]);
    const broken = hostWith('export const evaluate = () => { throw new Error("mine"); };');
    expect((await outcomes(broken, COUNTING))[0]).toMatchObject({ reason: 'the evaluator failed: mine' });
  });

  it('limits calls and time, and checks what comes back', async () => {
    const flood = hostWith('export async function evaluate(c) { for (;;) await c.call("next", 1); }');
    expect((await outcomes(flood, COUNTING))[0]).toMatchObject({
      status: 'crashed',
      reason: 'more than 4 calls in one evaluation',
    });
    const odd = hostWith('export const evaluate = () => ({ fitness: NaN, correct: true });');
    expect((await outcomes(odd, COUNTING))[0]).toMatchObject({ type: 'scored', evaluation: { correct: false } });
    const brood = await outcomes(odd, COUNTING, [{ ...request, entry: 'b.js' }]);
    expect(brood[0]).toMatchObject({ type: 'failed', reason: expect.stringContaining('one entry') as string });
  });

  it('hands on the numbers of a variant, and what its steps came to', async () => {
    const host = hostWith(
      'export const evaluate = async (c) => ({ fitness: await c.call("count", 3), correct: true });',
    );
    const project = 'export function count(n) { for (let i = 0; i < n; i++) $fuel.n--; return $p[0] ?? 1; }';
    const list = await outcomes(host, project, [request, { ...request, parameters: [5] }]);
    expect(list).toMatchObject([{ evaluation: { fitness: 1, fuel: 3 } }, { evaluation: { fitness: 5, fuel: 3 } }]);
  });

  it('says at once what can’t be built', async () => {
    await expect(outcomes(hostWith('export const = 1'), COUNTING)).rejects.toThrow(/build-failed: evaluator/);
  });

  it('works the same with its projects at the other end of a port', async () => {
    const { port1, port2 } = new MessageChannel();
    const inner = createInlineSandbox();
    serveSandbox(inner, port1 as unknown as MessagePort);
    const remote = remoteSandbox(port2 as unknown as MessagePort, (source) => inner.prepare(source));
    const host = hostWith(
      'export const evaluate = async (c) => ({ fitness: await c.call("next", 5), correct: true });',
      remote,
    );
    expect((await outcomes(host, COUNTING))[0]).toMatchObject({ type: 'scored', evaluation: { fitness: 5 } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(inner.stats().alive).toBe(0);
    host.close();
    port1.close();
    port2.close();
  });

  it('settles what is under way when it ends', async () => {
    const { port1, port2 } = new MessageChannel();
    const remote = remoteSandbox(port2 as unknown as MessagePort, (source) => createInlineSandbox().prepare(source));
    const prepared = await remote.prepare({ language: 'javascript', files: { 'a.js': '' }, entry: 'a.js' });
    if (prepared.type !== 'ok') throw new Error(prepared.reason);
    const opening = remote.open(prepared, limits);
    remote.close();
    expect(await opening).toEqual({ type: 'failed', reason: 'the sandbox is closed' });
    port1.close();
    port2.close();
  });
});
