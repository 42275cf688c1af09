import { log } from '../arithmetic.ts';
import type { ProgramId } from '../program.ts';
import type { Candidate, ParentSelection, SelectionView } from './selection.ts';

/** Ancestors that are looked through for each program: keeps the cost of a draw independent of the length of a run. */
const FURTHEST = 256;

export type SubtreeValue = 'best' | 'mean';

/** A program of the archive, one that such programs came of, or (`id` −1) what is above all of them. */
interface Node {
  readonly id: ProgramId;
  readonly branches: Node[];
  /** Place among the candidates; −1 for an ancestor that is no longer kept. */
  own: number;
  /** Kept programs here and below, and how often they were tried, once each for being made and once a child. */
  kept: number;
  visits: number;
  best: number;
  sum: number;
}

/**
 * Monte Carlo tree search (UCT; Kocsis and Szepesvári 2006) over the lineage of an archive: the tree of its programs and of those they
 * came of. From the top it goes down to the branch with the highest value + λ √(ln N / n) until it stops at a program, which is one of
 * the branches of its own node; n are the visits of a branch, N of all branches of the node. A program was visited once when it was made
 * and once for each child, a subtree as often as its programs. The value of a program is the share of the archive it beats, ties counted
 * half, that of a subtree the best or the mean of its programs: ranks, so that no scale of fitness counts. Equal branches share.
 */
export function tree(exploration: number, value: SubtreeValue): ParentSelection {
  return {
    from: 'archive',
    weights(candidates, view) {
      const root = grow(candidates, view);
      const values = ranks(candidates);
      for (const node of bottomUp(root)) total(node, candidates, values);
      return descend(root, candidates, values, exploration, value);
    },
  };
}

interface Branch {
  readonly value: number;
  readonly visits: number;
  readonly node: Node | null;
}

function descend(
  root: Node,
  candidates: readonly Candidate[],
  values: readonly number[],
  exploration: number,
  by: SubtreeValue,
): number[] {
  const weights = candidates.map(() => 0);
  const open: [Node, number][] = [[root, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, share] = next;
    const branches: Branch[] = node.branches.map((each) => ({
      value: by === 'best' ? each.best : each.sum / each.kept,
      visits: each.visits,
      node: each,
    }));
    if (node.own >= 0) {
      branches.push({ value: values[node.own] as number, visits: visitsOf(candidates, node.own), node: null });
    }
    const breadth = log(node.visits);
    const scores = branches.map((each) => each.value + exploration * Math.sqrt(breadth / each.visits));
    const best = scores.reduce((most, each) => Math.max(most, each), -Infinity);
    const chosen = branches.filter((_, i) => scores[i] === best);
    for (const branch of chosen) {
      const part = share / chosen.length;
      if (branch.node) open.push([branch.node, part]);
      else weights[node.own] = (weights[node.own] as number) + part;
    }
  }
  return weights;
}

/** Share of the candidates each beats, ties counted half; they stand best first. */
function ranks(candidates: readonly Candidate[]): number[] {
  const n = candidates.length;
  const values: number[] = [];
  for (let start = 0; start < n;) {
    let end = start + 1;
    while (end < n && candidates[end]?.fitness === candidates[start]?.fitness) end++;
    const value = n === 1 ? 1 : (n - end + (end - start - 1) / 2) / (n - 1);
    for (let i = start; i < end; i++) values.push(value);
    start = end;
  }
  return values;
}

/** Each line is followed up to a program that is in the tree already, so that what lines share is walked once. */
function grow(candidates: readonly Candidate[], { parentOf }: SelectionView): Node {
  const root = nodeOf(-1);
  const nodes = new Map<ProgramId, Node>();
  candidates.forEach(({ id }, i) => {
    let node = nodes.get(id);
    if (node) {
      node.own = i;
      return;
    }
    nodes.set(id, (node = nodeOf(id)));
    node.own = i;
    for (let steps = 0; ; steps++) {
      const parent = steps < FURTHEST ? parentOf(node.id) : null;
      const above = parent === null ? root : nodes.get(parent);
      if (above) {
        above.branches.push(node);
        return;
      }
      const made = nodeOf(parent as ProgramId);
      nodes.set(made.id, made);
      made.branches.push(node);
      node = made;
    }
  });
  return root;
}

function nodeOf(id: ProgramId): Node {
  return { id, branches: [], own: -1, kept: 0, visits: 0, best: -Infinity, sum: 0 };
}

/** Every node after all that are below it. Lines may be long, so nothing recurs. */
function bottomUp(root: Node): Node[] {
  const order: Node[] = [root];
  for (let i = 0; i < order.length; i++) order.push(...(order[i] as Node).branches);
  return order.reverse();
}

function total(node: Node, candidates: readonly Candidate[], values: readonly number[]): void {
  if (node.own >= 0) {
    node.kept = 1;
    node.visits = visitsOf(candidates, node.own);
    node.best = node.sum = values[node.own] as number;
  }
  for (const branch of node.branches) {
    node.kept += branch.kept;
    node.visits += branch.visits;
    node.best = Math.max(node.best, branch.best);
    node.sum += branch.sum;
  }
}

function visitsOf(candidates: readonly Candidate[], own: number): number {
  return 1 + (candidates[own]?.children ?? 0);
}
