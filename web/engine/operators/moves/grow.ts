/** Makes expressions out of the vocabulary and of what can be used at a place. */
import { exp } from '../../arithmetic.ts';
import type { Node } from '../../syntax/parsed.ts';
import type { Binding } from '../../syntax/scope.ts';
import type { Random } from '../../rng.ts';
import { inIndex, literalValue } from '../ground.ts';
import type { Ground } from '../ground.ts';
import { literal, rounded } from '../literals.ts';
import { call, choose, combine, phraseOf } from '../placing.ts';
import type { Phrase } from '../placing.ts';
import { freeNames, reachOf, reaches } from '../reach.ts';
import type { Words } from '../words.ts';
import { BINDING } from '../../syntax/language.ts';
import type { MoveContext } from './move.ts';

/** Longest expression of the program that is offered again elsewhere. */
const LONGEST_TERM = 24;

export class Grower {
  readonly #ground: Ground;
  readonly #words: Words;
  readonly #random: Random;
  readonly #names: readonly Binding[];
  readonly #leaves: readonly Phrase[];
  readonly #at: Node;
  readonly #reach: ReadonlyMap<string, Binding>;

  constructor({ ground, words, random }: MoveContext, at: Node) {
    this.#ground = ground;
    this.#words = words;
    this.#random = random;
    this.#at = at;
    this.#reach = reachOf(ground, at);
    this.#names = [...this.#reach.values()].filter((binding) => ground.numbers.isNumber(binding));
    this.#leaves = words.leaves.filter((leaf) => reaches(leaf.free, this.#reach, ground)).map(({ phrase }) => phrase);
  }

  /** A number; `depth` bounds the nesting. */
  number(depth: number): Phrase {
    const random = this.#random;
    if (depth <= 0 || random.next() < 0.35) return this.#leaf();
    const what = random.weighted([5, this.#words.functions.length > 0 ? 2.5 : 0, this.#words.conditions ? 0.7 : 0]);
    if (what === 0) {
      return combine(
        this.number(depth - 1),
        random.pick(this.#words.binary),
        this.number(depth - 1),
        this.#ground.file,
      );
    }
    if (what === 1) return this.applied(this.number(depth - 1), depth);
    return choose(this.condition(depth - 1), this.number(depth - 1), this.number(depth - 1));
  }

  /** A function of the vocabulary around the phrase. */
  applied(inner: Phrase, depth: number): Phrase {
    const [name, arity] = this.#random.pick(this.#words.functions);
    const place = this.#random.below(Math.max(1, arity));
    const operands: Phrase[] = [];
    for (let i = 0; i < arity; i++) operands.push(i === place ? inner : this.number(depth - 1));
    return call(name, operands);
  }

  /** A comparison: mostly a name with a constant. */
  condition(depth: number): Phrase {
    const random = this.#random;
    const operator = random.pick(this.#words.comparisons);
    const left = depth > 0 && random.next() < 0.3 ? this.number(depth - 1) : this.#name();
    const right = random.next() < 0.6 ? this.#constant() : this.#leaf();
    return combine(left, operator, right, this.#ground.file);
  }

  #leaf(): Phrase {
    const kind = this.#random.weighted([this.#names.length > 0 ? 4 : 0, this.#leaves.length > 0 ? 4 : 0, 3, 1.5]);
    if (kind === 0) return this.#name();
    if (kind === 1) return this.#random.pick(this.#leaves);
    if (kind === 3) return this.#term() ?? this.#constant();
    return this.#constant();
  }

  #name(): Phrase {
    const choices = this.#names.length + this.#leaves.length;
    if (choices === 0) return this.#term() ?? this.#constant();
    const index = this.#random.below(choices);
    const name = this.#names[index];
    if (name) return { text: name.name, binding: BINDING.primary };
    return this.#leaves[index - this.#names.length] as Phrase;
  }

  /** A short expression of the program itself, such as a member of a list. */
  #term(): Phrase | null {
    const { expressions, file, numbers } = this.#ground;
    for (let attempt = 0; attempt < 6 && expressions.length > 0; attempt++) {
      const node = this.#random.pick(expressions);
      if (node.kind === 'number' || node.end - node.start > LONGEST_TERM || inIndex(node)) continue;
      if (reaches(freeNames(node, file, numbers), this.#reach, this.#ground)) return phraseOf(node, file);
    }
    return null;
  }

  #constant(): Phrase {
    const { literals, file } = this.#ground;
    const random = this.#random;
    const kind = random.weighted([this.#words.constants.length > 0 ? 4 : 0, literals.length > 0 ? 2 : 0, 3]);
    if (kind === 0) return literal(random.pick(this.#words.constants));
    if (kind === 1) return literal(literalValue(random.pick(literals), file));
    return literal(rounded(exp(random.normal() * 1.2), 2));
  }

  /** Something to index with instead: a name that indexes elsewhere, or a small whole number. */
  index(): Phrase {
    const names = [...this.#reach.values()].filter(
      (binding) => this.#ground.numbers.isIndex(binding) && binding.declared !== this.#at,
    );
    if (names.length > 0 && this.#random.next() < 0.8) {
      return { text: this.#random.pick(names).name, binding: BINDING.primary };
    }
    return literal(this.#random.below(4));
  }
}
