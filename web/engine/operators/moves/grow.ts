/** Makes expressions out of the vocabulary and of what can be used at a place. */
import { exp } from '../../arithmetic.ts';
import type { Node } from '../../syntax/node.ts';
import type { Binding } from '../../syntax/scoping.ts';
import type { Callable } from '../../syntax/typing.ts';
import type { Random } from '../../rng.ts';
import { inIndex, literalValue } from '../ground.ts';
import type { Ground } from '../ground.ts';
import { literal, literalIn, rounded } from '../literals.ts';
import { call, choose, combine, phraseOf } from '../placing.ts';
import type { Phrase } from '../placing.ts';
import { freeNames, reachOf, reaches } from '../reach.ts';
import type { Words } from '../words.ts';
import { BINDING } from '../../syntax/table.ts';
import type { MoveContext } from './move.ts';

/** Longest expression of the program that is offered again elsewhere. */
const LONGEST_TERM = 24;

/** An operator that takes numbers of the sort. */
export function suits(operator: string, sort: string, { numbers, file }: Ground): boolean {
  if (!file.table.typing) return true;
  return operator === '%' || file.table.bitwise.has(operator) ? !numbers.isReal(sort) : true;
}

export class Grower {
  /** Of the numbers that are made; '' where there is one sort only. */
  readonly sort: string;
  readonly binary: readonly string[];
  /** What takes a number of the sort, among others perhaps, and gives one. */
  readonly functions: readonly Pick<Callable, 'name' | 'takes'>[];
  readonly #context: MoveContext;
  readonly #ground: Ground;
  readonly #words: Words;
  readonly #random: Random;
  readonly #names: readonly Binding[];
  readonly #leaves: readonly Phrase[];
  readonly #at: Node;
  readonly #reach: ReadonlyMap<string, Binding>;

  constructor(context: MoveContext, at: Node, sort?: string) {
    const { ground, words, random } = context;
    const { numbers } = ground;
    this.#context = context;
    this.sort = sort ?? numbers.sort(at) ?? numbers.plain.real;
    this.#ground = ground;
    this.#words = words;
    this.#random = random;
    this.#at = at;
    this.#reach = reachOf(ground, at);
    this.#names = [...this.#reach.values()].filter((binding) => {
      const own = numbers.isNumber(binding) ? numbers.sortOf(binding) : null;
      return own !== null && numbers.fits(own, this.sort);
    });
    this.#leaves = numbers.isReal(this.sort)
      ? words.leaves.filter((leaf) => reaches(leaf.free, this.#reach, ground)).map(({ phrase }) => phrase)
      : [];
    this.binary = words.binary.filter((operator) => suits(operator, this.sort, ground));
    this.functions = [
      ...words.functions
        .filter(([name]) => this.#isOffered(name))
        .map(([name, arity]) => ({ name, takes: new Array<string>(arity).fill(this.sort) })),
      ...(ground.file.table.typing?.callables?.(at, ground.file) ?? []).filter(
        ({ takes, gives }) => gives === this.sort && takes.includes(this.sort),
      ),
    ];
  }

  /** A number; `depth` bounds the nesting. */
  number(depth: number): Phrase {
    const random = this.#random;
    if (depth <= 0 || random.next() < 0.35) return this.#leaf();
    const what = random.weighted([5, this.functions.length > 0 ? 2.5 : 0, this.#mayChoose ? 0.7 : 0]);
    if (what === 0) {
      return combine(
        this.number(depth - 1),
        random.pick(this.binary),
        this.number(depth - 1),
        this.#ground.file,
        this.sort,
      );
    }
    if (what === 1) return this.applied(this.number(depth - 1), depth);
    const condition = this.condition(depth - 1);
    const yes = this.number(depth - 1);
    const no = this.number(depth - 1);
    return choose(condition, yes, no, this.#ground.file) ?? yes;
  }

  /** A function around the phrase. */
  applied(inner: Phrase, depth: number): Phrase {
    const { name, takes } = this.#random.pick(this.functions);
    const places = takes.flatMap((sort, i) => (sort === this.sort ? [i] : []));
    const place = places[this.#random.below(Math.max(1, places.length))];
    const operands = takes.map((sort, i) => {
      if (i === place) return inner;
      return (sort === this.sort ? this : new Grower(this.#context, this.#at, sort)).number(depth - 1);
    });
    return call(name, operands, this.#ground.file);
  }

  /** A comparison: mostly a name with a constant. */
  condition(depth: number): Phrase {
    const { file, numbers } = this.#ground;
    if (!file.table.typing) return this.#compare(depth);
    const sorts = [...this.#reach.values()].map((binding) => numbers.sortOf(binding)).filter((sort) => sort !== null);
    const sort = sorts.length > 0 ? this.#random.pick(sorts) : numbers.plain.real;
    return new Grower(this.#context, this.#at, sort).#compare(depth);
  }

  get #mayChoose(): boolean {
    return this.#words.conditions && this.#ground.file.table.writing.choose !== null;
  }

  /** It is there, and takes and gives numbers of this sort. */
  #isOffered(name: string): boolean {
    const { file, numbers } = this.#ground;
    const { table } = file;
    if (table.offers && !table.offers(name, file)) return false;
    if (!table.typing) return true;
    if (table.writing.prefix) return name.startsWith(`${this.sort}.`);
    const gives = numbers.plain.gives(name);
    const takes = numbers.plain.takes(name);
    if (gives === null && !numbers.isReal(this.sort) && !/(max|min)$/i.test(name)) return false;
    const isFit =
      takes === null || takes === 'same' || (numbers.fits(this.sort, takes) && numbers.fits(takes, this.sort));
    return isFit && (gives === null || numbers.fits(gives, this.sort));
  }

  #compare(depth: number): Phrase {
    const random = this.#random;
    const operator = random.pick(this.#words.comparisons);
    const left = depth > 0 && random.next() < 0.3 ? this.number(depth - 1) : this.#name();
    const right = random.next() < 0.6 ? this.#constant() : this.#leaf();
    return combine(left, operator, right, this.#ground.file, this.sort);
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
    if (name) return this.#spelled(name);
    return this.#leaves[index - this.#names.length] as Phrase;
  }

  #spelled({ name }: Binding): Phrase {
    const { prefix } = this.#ground.file.table.writing;
    return { text: prefix ? prefix.name(name) : name, binding: BINDING.primary };
  }

  /** A short expression of the program itself, such as a member of a list. */
  #term(): Phrase | null {
    const { expressions, file, numbers } = this.#ground;
    for (let attempt = 0; attempt < 6 && expressions.length > 0; attempt++) {
      const node = this.#random.pick(expressions);
      if (node.kind === 'number' || node.end - node.start > LONGEST_TERM || inIndex(node)) continue;
      const own = numbers.sort(node);
      if (own === null || !numbers.fits(own, this.sort)) continue;
      if (reaches(freeNames(node, file, numbers), this.#reach, this.#ground)) return phraseOf(node, file);
    }
    return null;
  }

  #constant(): Phrase {
    const { literals, file } = this.#ground;
    const random = this.#random;
    const kind = random.weighted([this.#words.constants.length > 0 ? 4 : 0, literals.length > 0 ? 2 : 0, 3]);
    if (kind === 0) return this.#written(random.pick(this.#words.constants));
    if (kind === 1) return this.#written(literalValue(random.pick(literals), file));
    return this.#written(rounded(exp(random.normal() * 1.2), 2));
  }

  #written(value: number): Phrase {
    const { numbers, file } = this.#ground;
    if (!file.table.typing) return literal(value);
    const whole = numbers.isReal(this.sort)
      ? value
      : Math.round(numbers.isUnsigned(this.sort) ? Math.abs(value) : value);
    return literalIn(whole, this.sort, this.#ground) ?? literal(1);
  }

  /** Something to index with instead: a name that indexes elsewhere, or a small whole number. */
  index(): Phrase {
    const names = [...this.#reach.values()].filter(
      (binding) =>
        this.#ground.numbers.isIndex(binding) &&
        binding.declared !== this.#at &&
        this.#ground.numbers.sortOf(binding) === this.sort,
    );
    if (names.length > 0 && this.#random.next() < 0.8) {
      return this.#spelled(this.#random.pick(names));
    }
    return this.#written(this.#random.below(4));
  }
}
