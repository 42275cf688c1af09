/** Settings of archives from unknown JSON. */
import type { Reader } from './reader.ts';
import { Fields } from './settings-fields.ts';
import type { ArchiveSettings, Axis, Criteria } from './strategy.ts';

const ARCHIVES: readonly ArchiveSettings['type'][] = ['fitness', 'crowding', 'grid', 'cvt', 'threshold', 'pareto'];

export function readArchive(read: Reader, value: unknown, path: string): ArchiveSettings {
  const from = read.object(value, path, [
    ...['type', 'size', 'criteria', 'by', 'axes', 'samples', 'rate', 'front', 'objectives'],
  ]);
  const fields = new Fields(read, from, path);
  const type = read.choice(from.type, `${path}.type`, ARCHIVES, 'fitness');
  const size = fields.whole('size', 1, 10_000, type === 'fitness' || type === 'crowding' ? 8 : 64);
  const criteria = (): Criteria => readCriteria(read, from.criteria, `${path}.criteria`);
  const axes = (): Axis[] => readAxes(read, from.axes, `${path}.axes`);
  switch (type) {
    case 'fitness':
      return { type, size, criteria: criteria() };
    case 'crowding':
      return {
        type,
        size,
        criteria: criteria(),
        by: read.choice(from.by, `${path}.by`, ['syntax', 'features', 'scores', 'behaviour'], 'syntax'),
      };
    case 'grid':
      return { type, size, axes: axes() };
    case 'cvt':
      return { type, size, axes: axes(), samples: fields.whole('samples', 100, 100_000, 5_000) };
    case 'threshold':
      return { type, size, axes: axes(), rate: fields.number('rate', 0, 1, 0.1) };
    case 'pareto':
      return {
        type,
        size,
        front: readFront(read, from.front, `${path}.front`),
        objectives: readCriteria(read, from.objectives, `${path}.objectives`),
      };
    default:
      return type satisfies never;
  }
}

export function readFront(read: Reader, value: unknown, path: string): 'instances' | 'objectives' | 'hybrid' {
  return read.choice(value, path, ['instances', 'objectives', 'hybrid'], 'instances');
}

export function readCriteria(read: Reader, value: unknown, path: string): Criteria {
  const criteria = read.record(value, path, (weight, at) => read.number(weight, at, { least: -1e6, most: 1e6 }), {
    fitness: 1,
  });
  if (!Object.values(criteria).some((weight) => weight !== 0)) read.note(path, 'must give one criterion a weight');
  return criteria;
}

function readAxes(read: Reader, value: unknown, path: string): Axis[] {
  const axes = read.list(value, path, (each, at): Axis => {
    const from = read.object(each, at, ['feature', 'bins', 'scale', 'least', 'most']);
    const fields = new Fields(read, from, at);
    const scale = read.choice(from.scale, `${at}.scale`, ['fixed', 'log', 'adaptive'], 'adaptive');
    const end = (key: 'least' | 'most'): number | null =>
      (from[key] ?? null) === null ? null : read.number(from[key], `${at}.${key}`, {});
    const [least, most] = [end('least'), end('most')];
    if (scale !== 'adaptive' && (least === null || most === null || least >= most)) {
      read.note(at, `a ${scale} axis needs least and most, with least below most`);
    }
    if (scale === 'log' && least !== null && least <= 0) read.note(`${at}.least`, 'must be above 0 on a log axis');
    const feature = read.text(from.feature, `${at}.feature`, { longest: 80 });
    return { feature, bins: fields.whole('bins', 1, 1_000, 10), scale, least, most };
  });
  if (axes.length === 0) read.note(path, 'must hold at least one axis');
  if (axes.length > 6) read.note(path, `must hold at most 6 axes, not ${axes.length}`);
  return axes;
}
