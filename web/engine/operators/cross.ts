import { askForChange } from './asking/ask-for-change.ts';
import { differenceOf } from './asking/difference.ts';
import type { ModelContext, Operator, OperatorContext, Specimen } from './operator.ts';

/** Asks a model for one program out of two: the parent, and the inspiration that differs most from it. */
export const cross: Operator = {
  id: 'cross',
  asks: true,
  applies: ({ model, inspirations, parent }) => model !== null && inspirations.some((other) => differs(other, parent)),
  async propose(context) {
    const partner = partnerOf(context);
    if (partner === null || !context.model)
      return { type: 'none', reason: 'there is no other program to cross with', final: true };
    const { order, model } = withFirst(context, context.model, partner);
    return await askForChange(
      { ...context, inspirations: order, model },
      { kind: 'cross', variant: null, purpose: 'propose' },
    );
  },
};

/** Index of the inspiration that differs most; the older program where two differ alike. */
function partnerOf({ inspirations, parent }: OperatorContext): number | null {
  let best: { at: number; id: number; difference: number } | null = null;
  for (const [at, other] of inspirations.entries()) {
    if (!differs(other, parent)) continue;
    const difference = differenceOf(parent.files, other.files);
    const better = !best || difference > best.difference || (difference === best.difference && other.id < best.id);
    if (better) best = { at, id: other.id, difference };
  }
  return best?.at ?? null;
}

function withFirst(
  { inspirations }: OperatorContext,
  model: ModelContext,
  first: number,
): { order: Specimen[]; model: ModelContext } {
  const at = [first, ...[...inspirations.keys()].filter((i) => i !== first)];
  const kinds = at.map((i) => model.kinds[i] ?? 'random');
  return {
    order: at.map((i) => inspirations[i] as Specimen),
    model: {
      ...model,
      kinds,
      callsLeft: () => model.callsLeft(),
      ask: (messages, purpose) => model.ask(messages, purpose),
    },
  };
}

function differs(a: Specimen, b: Specimen): boolean {
  const paths = Object.keys(a.files);
  return paths.length !== Object.keys(b.files).length || paths.some((path) => a.files[path] !== b.files[path]);
}
