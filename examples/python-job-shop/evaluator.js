/**
 * Job shop scheduling: every job goes through the machines in an order of its own, and no machine does two things at once. The
 * sooner the last one ends, the better.
 *
 * A candidate exports `schedule(jobs)` and returns the order in which operations begin, as job numbers: the n-th mention of a job
 * is its n-th operation. The times are worked out here. The score is the mean excess in percent over a bound that no schedule
 * can beat: the busiest machine with what must come before and after, or the longest job.
 */
export const training = instances(21, [
  [6, 6],
  [10, 5],
  [8, 8],
  [15, 5],
  [10, 10],
  [12, 6],
  [20, 5],
  [9, 9],
]);
export const unseen = instances(9102, [
  [7, 7],
  [10, 6],
  [15, 8],
  [12, 12],
  [18, 6],
  [10, 10],
  [16, 5],
  [14, 9],
  [20, 5],
  [11, 11],
]);

const sets = training.map((jobs, i) => ({ name: `shop ${i + 1}`, jobs }));

export async function evaluate(candidate, context) {
  const asked = sets.filter(({ name }) => context.instances?.includes(name));
  const chosen = asked.length > 0 ? asked : sets;
  const answers = await candidate.callMany(
    'schedule',
    chosen.map(({ jobs }) => [jobs]),
  );
  const plans = [];
  for (let i = 0; i < chosen.length; i++) {
    const problem = misfit(answers[i], chosen[i].jobs);
    if (problem !== null) return incorrect(`${chosen[i].name}: ${problem}`);
    plans.push(planOf(chosen[i].jobs, answers[i]));
  }
  const gaps = plans.map(({ end }, i) => 100 * (end / boundOf(chosen[i].jobs) - 1));
  const gap = mean(gaps);
  const hidden = {};
  const artifacts = {};
  if (context.picture) {
    const wider = await candidate.callMany(
      'schedule',
      unseen.map((jobs) => [jobs]),
    );
    const problem = unseen.map((jobs, i) => misfit(wider[i], jobs)).find((each) => each !== null);
    if (problem !== undefined) return incorrect(`Of the unseen shops: ${problem}`);
    hidden.unseen = mean(unseen.map((jobs, i) => 100 * (planOf(jobs, wider[i]).end / boundOf(jobs) - 1)));
    artifacts.picture = picture(chosen[0].jobs, plans[0], gaps[0]);
  }
  const worst = gaps.indexOf(Math.max(...gaps));
  return {
    fitness: -gap,
    correct: true,
    metrics: { gap, worst: gaps[worst] },
    hidden,
    feedback: `On average ${gap.toFixed(1)} % over the bound; the worst is ${chosen[worst].name} (${chosen[worst].jobs.length} jobs) with ${gaps[worst].toFixed(1)} %, where the machines stand idle for ${plans[worst].idle} minutes in all.`,
    features: { idle: mean(plans.map(({ idle, end }) => idle / end)) },
    scores: Object.fromEntries(chosen.map(({ name }, i) => [name, -gaps[i]])),
    artifacts,
  };
}

/** Says why an answer does not mention every operation once, or null. */
export function misfit(answer, jobs) {
  if (!Array.isArray(answer)) return 'schedule(jobs) must return a list of job numbers.';
  const left = jobs.map((job) => job.length);
  const count = left.reduce((sum, each) => sum + each, 0);
  if (answer.length !== count) return `a schedule of ${count} operations mentions ${answer.length}.`;
  for (let i = 0; i < count; i++) {
    const job = answer[i];
    if (!Number.isInteger(job) || job < 0 || job >= jobs.length) return `entry ${i} is not the number of a job.`;
    if (left[job] === 0) return `job ${job} is mentioned more often than it has operations.`;
    left[job]--;
  }
  return null;
}

/** Every operation begins as soon as its job and its machine are free, in the order of the list. */
export function planOf(jobs, order) {
  const machines = Math.max(...jobs.flat().map(([machine]) => machine)) + 1;
  const free = new Array(machines).fill(0);
  const ready = new Array(jobs.length).fill(0);
  const at = new Array(jobs.length).fill(0);
  const bars = [];
  let idle = 0;
  for (const job of order) {
    const [machine, minutes] = jobs[job][at[job]++];
    const start = Math.max(free[machine], ready[job]);
    idle += start - free[machine];
    free[machine] = start + minutes;
    ready[job] = start + minutes;
    bars.push({ job, machine, start, minutes });
  }
  return { bars, idle, end: Math.max(...ready) };
}

/** No schedule ends before: for each machine the least head, all its work and the least tail; for each job all its work. */
export function boundOf(jobs) {
  let bound = 0;
  const machines = Math.max(...jobs.flat().map(([machine]) => machine)) + 1;
  const work = new Array(machines).fill(0);
  const head = new Array(machines).fill(Infinity);
  const tail = new Array(machines).fill(Infinity);
  for (const job of jobs) {
    const all = job.reduce((sum, [, minutes]) => sum + minutes, 0);
    bound = Math.max(bound, all);
    let before = 0;
    for (const [machine, minutes] of job) {
      work[machine] += minutes;
      head[machine] = Math.min(head[machine], before);
      before += minutes;
      tail[machine] = Math.min(tail[machine], all - before);
    }
  }
  for (let m = 0; m < machines; m++) if (work[m] > 0) bound = Math.max(bound, head[m] + work[m] + tail[m]);
  return bound;
}

/** Each job visits every machine once in random order, 1 to 99 minutes each, as in the benchmark sets of the field. */
function instances(seed, shapes) {
  let state = seed >>> 0;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
  for (let i = 0; i < 8; i++) below(1);
  return shapes.map(([jobs, machines]) =>
    Array.from({ length: jobs }, () => {
      const order = Array.from({ length: machines }, (_, i) => i);
      for (let i = machines - 1; i > 0; i--) {
        const j = below(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order.map((machine) => [machine, 1 + below(99)]);
    }),
  );
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A line a machine, a bar an operation, coloured by job. */
function picture(jobs, { bars, end }, gap) {
  const machines = Math.max(...bars.map(({ machine }) => machine)) + 1;
  const bound = boundOf(jobs) / end;
  const line = 0.6 / machines;
  const shapes = bars.map(({ job, machine, start, minutes }) => ({
    type: 'rect',
    x: start / end,
    y: machine * line,
    width: minutes / end,
    height: line * 0.8,
    ink: `series-${job % 8}`,
    fill: job / Math.max(1, jobs.length - 1),
  }));
  shapes.push({
    type: 'path',
    points: [
      [bound, -0.02],
      [bound, 0.6],
    ],
    ink: 'bad',
  });
  return {
    view: [-0.02, -0.04, 1.04, 0.68],
    shapes,
    summary: `${jobs.length} jobs on ${machines} machines: the last ends ${gap.toFixed(1)} % after the bound, which is the upright line.`,
  };
}

function incorrect(feedback) {
  return { fitness: null, correct: false, metrics: {}, hidden: {}, feedback, features: {}, artifacts: {} };
}
