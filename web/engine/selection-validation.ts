/** Settings of selection from unknown JSON. */
import { readCriteria, readFront } from './archive-validation.ts';
import type { Reader } from './reader.ts';
import { Fields } from './settings-fields.ts';
import { INSPIRATION_KINDS } from './strategy.ts';
import type {
  BanditSettings,
  InspirationKind,
  InspirationSettings,
  SelectionSettings,
  SimpleSelection,
} from './strategy.ts';

const SELECTIONS: readonly SelectionSettings['type'][] = [
  ...(['power-law', 'weighted', 'tournament', 'uniform', 'rank-roulette', 'beam', 'hill-climb'] as const),
  ...(['best-of-n', 'pareto', 'cells', 'clusters', 'uct', 'tree', 'annealing', 'mix'] as const),
];

export function readSelection(read: Reader, value: unknown, path: string): SelectionSettings {
  const from = read.object(value, path, [
    ...['type', 'alpha', 'lambda', 'size', 'width', 'front', 'objectives', 'by', 'temperature', 'period'],
    ...['exploration', 'value', 'of', 'bandit'],
  ]);
  const fields = new Fields(read, from, path);
  const type = read.choice(from.type, `${path}.type`, SELECTIONS);
  switch (type) {
    case 'power-law':
      return { type, alpha: fields.number('alpha', 0, 100, 1) };
    case 'weighted':
      return { type, lambda: fields.number('lambda', 0, 1e6, 10) };
    case 'tournament':
      return { type, size: fields.whole('size', 1, 1_000, 4) };
    case 'uniform':
    case 'rank-roulette':
    case 'hill-climb':
    case 'best-of-n':
      return { type };
    case 'beam':
      return { type, width: fields.whole('width', 1, 1_000, 4) };
    case 'pareto':
      return {
        type,
        front: readFront(read, from.front, `${path}.front`),
        objectives: readCriteria(read, from.objectives, `${path}.objectives`),
      };
    case 'cells':
      return { type, by: read.choice(from.by, `${path}.by`, ['uniform', 'curiosity'], 'uniform') };
    case 'clusters':
      return {
        type,
        temperature: fields.number('temperature', 1e-6, 1e6, 0.1),
        period: fields.whole('period', 1, 1e9, 30_000),
      };
    case 'uct':
      return { type, exploration: fields.number('exploration', 0, 1e6, 0.5) };
    case 'tree':
      return {
        type,
        exploration: fields.number('exploration', 0, 1e6, 0.5),
        value: read.choice(from.value, `${path}.value`, ['best', 'mean'], 'best'),
      };
    case 'annealing':
      return {
        type,
        temperature: fields.number('temperature', 1e-6, 1e6, 1),
        period: fields.whole('period', 1, 1e9, 1_000),
      };
    case 'mix': {
      // Not read as what they claim to be: a mix of mixes of mixes must not exhaust the stack.
      const of = read.list(from.of, `${path}.of`, (each, at) => {
        if ((each as { type?: unknown } | null)?.type !== 'mix') return readSelection(read, each, at);
        read.note(`${at}.type`, 'a mix can not hold a mix');
        return null;
      });
      if (of.length < 2) read.note(`${path}.of`, 'must hold at least two strategies');
      const simple = of.filter((each): each is SimpleSelection => each !== null && each.type !== 'mix');
      return { type, of: simple, bandit: readBandit(read, from.bandit ?? { type: 'matching' }, `${path}.bandit`) };
    }
    default:
      return type satisfies never;
  }
}

/** A number is short for that many, drawn at random. */
export function readInspirations(
  read: Reader,
  value: unknown,
  path: string,
  d: InspirationSettings,
): InspirationSettings {
  if (typeof value === 'number') {
    return { ...d, count: read.number(value, path, { least: 0, most: 20, whole: true }) };
  }
  const from = read.object(value, path, ['count', 'mix', 'order', 'failures']);
  const fields = new Fields(read, from, path);
  const mix = read.object(from.mix ?? d.mix, `${path}.mix`, INSPIRATION_KINDS);
  const shares = Object.fromEntries(
    INSPIRATION_KINDS.map((kind) => [
      kind,
      read.number(mix[kind], `${path}.mix.${kind}`, { least: 0, most: 1e6, fallback: 0 }),
    ]),
  ) as Record<InspirationKind, number>;
  return {
    count: fields.whole('count', 0, 20, d.count),
    mix: shares,
    order: read.choice(from.order, `${path}.order`, ['ascending', 'chronological', 'drawn'], d.order),
    failures: fields.whole('failures', 0, 20, d.failures),
  };
}

export function readBandit(read: Reader, value: unknown, path: string): BanditSettings {
  const from = read.object(value, path, ['type', 'exploration', 'epsilon', 'cost']);
  const fields = new Fields(read, from, path);
  const type = read.choice(from.type, `${path}.type`, ['matching', 'ucb', 'thompson', 'fixed'], 'matching');
  switch (type) {
    case 'matching':
    case 'fixed':
      return { type };
    case 'ucb':
      return {
        type,
        exploration: fields.number('exploration', 0, 100, 1),
        epsilon: fields.number('epsilon', 0, 1, 0.2),
        cost: fields.number('cost', 0, 1, 0.3),
      };
    case 'thompson':
      return { type, epsilon: fields.number('epsilon', 0, 1, 0.1), cost: fields.number('cost', 0, 1, 0.3) };
    default:
      return type satisfies never;
  }
}
