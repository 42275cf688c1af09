import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StageReport } from '../../../../web/engine/run.ts';
import { canonicalLog } from '../stand-ins.ts';
import { checkLog, checkState } from './invariants.ts';
import { seeds, setups } from './settings.ts';
import { trial } from './trial.ts';
import { openWorld } from './world.ts';

const ORDER = ['propose', 'check', 'novelty', 'evaluate', 'add'];

it('stepping by stage shows each job from its proposal to its place, and ends in the log that playing ends in', async () => {
  await fc.assert(
    fc.asyncProperty(setups, seeds, fc.boolean(), async (setup, timing, mixed) => {
      const played = await openWorld({ ...setup, timing });
      await played.finish();
      const { run, time, log } = await openWorld({ ...setup, timing: timing + 1 });
      const reports: StageReport[] = [];
      for (let n = 0; run.activity !== 'finished'; n++) {
        if (mixed && n % 5 === 4) await time.until(run.step());
        else {
          const report = await time.until(run.stepStage());
          if (report) reports.push(report);
          expect(['paused', 'finished']).toContain(run.activity);
        }
      }
      expect(canonicalLog(log)).toEqual(canonicalLog(played.log));
      checkLog(log);
      checkState(run.state, log);

      const jobs = new Map<number, string[]>();
      for (const { job, stage } of reports) jobs.set(job, [...(jobs.get(job) ?? []), stage]);
      // Oldest first, one job after the other.
      const order = reports.map(({ job }) => job);
      if (!mixed) expect(order).toEqual(order.toSorted((a, b) => a - b));
      for (const event of log) {
        if (event.type !== 'evaluated' || mixed) continue;
        const stages = jobs.get(event.job) ?? [];
        expect(stages.at(-1)).toBe('add');
        expect(stages.filter((stage) => stage === 'add')).toHaveLength(1);
        for (const stage of stages) expect(ORDER).toContain(stage);
        // Each attempt begins with a proposal; a check follows it, then the comparison, then the score. A judge of it is
        // asked last.
        const steps = stages.join(' ').replace(/^check/, 'propose check');
        expect(`${steps} `).toMatch(/^((propose )+(check (novelty )?(evaluate )?)?)*(novelty )?add $|^propose add $/);
        if (event.evaluation !== null) expect(stages).toContain('evaluate');
      }
    }),
    trial(200, 26),
  );
}, 240_000);
