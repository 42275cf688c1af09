import type { Evaluation } from '../program.ts';
export interface Item { readonly id: number; readonly fitness: number; readonly evaluation: Evaluation | null; readonly vector: Int8Array | null }
export function selectInspirations(view: {parent: Item; members: Item[]; foreign: Item[]}, settings: any, random: any): {ids: number[]; kinds: any[]; propensity: number; top: [number, number][]} {
  const pool = [...new Set([...view.members, ...view.foreign].map((i) => i.id))].filter((id) => id !== view.parent.id);
  const n = pool.length;
  const chosen: number[] = [];
  while (chosen.length < settings.count && pool.length > 0) chosen.push(...pool.splice(random.below(pool.length), 1));
  return { ids: chosen, kinds: chosen.map(() => 'random'), propensity: n ? 1 / n : 0, top: [] };
}
