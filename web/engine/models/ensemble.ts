/** Who may propose: an arm is an operator, or operator × model × task prompt where the operator asks a model. */
import { normalise, priorOf } from '../bandits/arms.ts';

export interface EnsembleArm {
  readonly name: string;
  readonly operator: string;
  readonly model: string | null;
  /** Task prompt; null for the experiment's own. */
  readonly prompt: string | null;
  /** Share of the choice, 0–1. */
  readonly prior: number;
}

export type ArmParts = Pick<EnsembleArm, 'operator' | 'model' | 'prompt'>;

export interface EnsembleOptions {
  /** Operator → prior share. Those that don't apply have been left out. */
  readonly operators: Readonly<Record<string, number>>;
  readonly asks: (operator: string) => boolean;
  /** Model → prior share. */
  readonly ensemble: Readonly<Record<string, number>>;
  readonly prompts: readonly { readonly id: string | null; readonly weight: number }[];
  /** Whether a model may be asked now: its reservation fits, its circuit is closed, no soft cap is reached. */
  readonly usable: (model: string, operator: string) => boolean;
}

const MARK = '·';

/**
 * Arms in the order of operators, models and prompts as given. An operator's share is split over its models and prompts; the share of
 * a model that may not be asked goes to the others, and an operator without a model has no arm. Arms without a positive share are left out.
 */
export function armsOf({ operators, asks, ensemble, prompts, usable }: EnsembleOptions): EnsembleArm[] {
  const arms: EnsembleArm[] = [];
  const ways = prompts.length > 0 ? prompts : [{ id: null, weight: 1 }];
  const promptShares = normalise(ways.map(({ weight }) => priorOf(weight)));
  for (const operator of Object.keys(operators)) {
    const share = priorOf(operators[operator] as number);
    if (!asks(operator)) {
      arms.push({
        name: armName({ operator, model: null, prompt: null }),
        operator,
        model: null,
        prompt: null,
        prior: share,
      });
      continue;
    }
    const models = Object.keys(ensemble).filter(
      (model) => priorOf(ensemble[model] as number) > 0 && usable(model, operator),
    );
    const modelShares = normalise(models.map((model) => priorOf(ensemble[model] as number)));
    models.forEach((model, m) => {
      ways.forEach(({ id: prompt }, p) => {
        const prior = share * (modelShares[m] as number) * (promptShares[p] as number);
        arms.push({ name: armName({ operator, model, prompt }), operator, model, prompt, prior });
      });
    });
  }
  const live = arms.filter(({ prior }) => prior > 0);
  const shares = normalise(live.map(({ prior }) => prior));
  return live.map((arm, i) => ({ ...arm, prior: shares[i] as number }));
}

/** `mutate`, `diff·model`, or `diff·model·prompt`. */
export function armName({ operator, model, prompt }: ArmParts): string {
  const parts = model === null ? [operator] : prompt === null ? [operator, model] : [operator, model, prompt];
  return parts.map((part) => part.replaceAll('%', '%25').replaceAll(MARK, '%B7')).join(MARK);
}

export function parseArm(name: string): ArmParts {
  const [operator, model, prompt] = name
    .split(MARK)
    .map((part) => part.replaceAll('%B7', MARK).replaceAll('%25', '%')) as [string, string?, string?];
  return { operator, model: model ?? null, prompt: prompt ?? null };
}
