import { exp, log } from '../../arithmetic.ts';
import type { Random } from '../../rng.ts';
import { inBits, inIndex, inLoopHead, literalValue } from '../ground.ts';
import { literalAt, rounded } from '../literals.ts';
import { exchange } from '../placing.ts';
import type { Move } from './move.ts';

const SCALES = [0.03, 0.2, 0.7] as const;
const SIGN_FLIPS = 0.05;

/** Changes one number. */
export const changeConstant: Move = {
  id: 'constant',
  weight: 0.16,
  attempt({ ground, random }) {
    const { literals, file } = ground;
    if (literals.length === 0) return null;
    const node = literals[
      random.weighted(literals.map((each) => (inIndex(each) || inBits(each, file) ? 0.15 : inLoopHead(each) ? 0.5 : 1)))
    ] as (typeof literals)[number];
    const value = literalValue(node, file);
    if (!Number.isFinite(value)) return null;
    const isWhole = /^-?\s*\d+$/.test(file.text.slice(node.start, node.end));
    let young: number;
    if (isWhole && (inIndex(node) || value === 0)) young = Math.max(inIndex(node) ? 0 : -1, value + way(random));
    else if (isWhole) young = wholeStep(value, inLoopHead(node), random);
    else young = realStep(value, random);
    if (young === value) return null;
    const phrase = literalAt(young, node, ground);
    return phrase && [exchange(ground, node, phrase)];
  },
};

/** A whole number that differs by at least 1; counts stay above 0. */
function wholeStep(value: number, isCount: boolean, random: Random): number {
  const size = Math.abs(value);
  const moved = Math.round(exp(Math.min(20, log(size) + random.pick(SCALES) * random.normal())));
  const stepped = moved === size ? size + way(random) : moved;
  if (isCount) return Math.max(1, stepped);
  const sign = value < 0 ? -1 : 1;
  return random.next() < SIGN_FLIPS ? -sign * stepped : sign * stepped;
}

function realStep(value: number, random: Random): number {
  const digits = 3 + random.below(3);
  if (value === 0) return rounded(0.1 * random.normal(), digits);
  const moved = value * exp(random.pick(SCALES) * random.normal());
  return rounded(random.next() < SIGN_FLIPS ? -moved : moved, digits);
}

function way(random: Random): number {
  return random.next() < 0.5 ? -1 : 1;
}
