import { exp, pow } from '../arithmetic.ts';
import type { SelectionSettings, SimpleSelection } from '../strategy.ts';
import type { ParentSelection } from './selection.ts';
import { median, spreadAround, unitFor } from './spread.ts';

/** Share of the first temperature that is left when the period is over; it falls no further. */
const COLDEST = 0.01;

export type AnnealingSettings = Extract<SimpleSelection, { readonly type: 'annealing' }>;

/**
 * Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983): an island has one current program, which is the parent of all it makes. What
 * takes its place is decided where a result is added (`acceptance`), and stands in the log there.
 */
export function annealing(): ParentSelection {
  return { from: 'current', weights: (candidates) => candidates.map(() => 1) };
}

/** The settings of annealing among those of a selection; null where nothing is annealed. */
export function annealingOf(settings: SelectionSettings): AnnealingSettings | null {
  const all = settings.type === 'mix' ? settings.of : [settings];
  return all.find((each) => each.type === 'annealing') ?? null;
}

/** T = T₀ · 0.01^(n/P) after n evaluations of the island, for n up to P. */
export function temperatureAt({ temperature, period }: AnnealingSettings, evaluations: number): number {
  return temperature * pow(COLDEST, Math.min(1, evaluations / period));
}

/**
 * Probability with which a program takes the place of the current one (Metropolis): 1 where it is as good, else exp(−gap/T), the gap in
 * median deviations of the two and of `recent`, which are fitnesses of the island's latest programs. So no scale of fitness counts.
 */
export function acceptance(fitness: number, current: number, recent: readonly number[], temperature: number): number {
  if (fitness >= current) return 1;
  const all = [fitness, current, ...recent];
  const unit = unitFor(all.reduce((most, each) => Math.max(most, Math.abs(each)), 0));
  const values = Float64Array.from(all, (each) => each * unit);
  const gap = (current * unit - fitness * unit) / spreadAround(median(values), values);
  // A gap beyond all that a number can say is as unlikely as one can be.
  return exp(-Math.min(700, gap / temperature));
}
