/**
 * Three-way merge of two programs with their common ancestor: what one line of descent changed is taken from it; where both changed
 * the same thing, the merge goes deeper, and where it can't, the fitter's stands. Top-level declarations are matched by name.
 */
import { applyEdits, orderEdits } from '../patches/edits.ts';
import type { Edit } from '../program.ts';
import type { Random } from '../rng.ts';
import { canonicalNumber } from '../novelty/syntax-hash.ts';
import { checkCandidate, hashProgram } from '../syntax/check.ts';
import type { Node } from '../syntax/node.ts';
import type { ParsedFile } from '../syntax/table.ts';
import { scopesOf } from '../syntax/scope.ts';
import { contains } from '../syntax/walk.ts';
import { layOut, literalValue } from './ground.ts';
import type { Ground } from './ground.ts';
import { literalAt, rounded } from './literals.ts';
import { exchange, phraseOf } from './placing.ts';
import type { Operator, Specimen } from './operator.ts';
import { isSound } from './soundness.ts';

export const merge: Operator = {
  id: 'merge',
  applies: ({ parent, inspirations, ancestor }) => {
    const other = inspirations[0];
    if (!ancestor || !other) return false;
    return other.id !== parent.id && ancestor.id !== parent.id && ancestor.id !== other.id;
  },
  propose({ experiment, syntax, parent, inspirations, ancestor, random }) {
    const other = inspirations[0];
    if (!other || !ancestor) return { type: 'none', reason: 'There is no other line of descent' };
    const layouts = [parent, other, ancestor].map(({ files }) => layOut(syntax, experiment, files));
    const edits: Edit[] = [];
    const blends: Edit[] = [];
    const [own, others, old] = layouts;
    if (own?.type !== 'ok' || others?.type !== 'ok' || old?.type !== 'ok') {
      return { type: 'none', reason: 'One of the three does not parse' };
    }
    const weight = random.next();
    for (const ground of own.grounds) {
      const theirs = others.grounds.find(({ path }) => path === ground.path);
      const before = old.grounds.find(({ path }) => path === ground.path);
      if (!theirs || !before) continue;
      const merger = new Merger(ground, theirs, before, isFitter(other, parent));
      edits.push(...merger.edits());
      if (sameShape(ground.file.root, ground.file, theirs.file.root, theirs.file)) {
        blends.push(...blend(ground, theirs, weight, random));
      }
    }
    const hashOf = (specimen: Pick<Specimen, 'files'>): string | null => {
      const result = hashProgram(syntax, experiment, specimen.files);
      return result.type === 'ok' ? result.hash : null;
    };
    const theirHash = hashOf(other);
    const isNew = (candidate: readonly Edit[]): boolean => {
      if (candidate.length === 0) return false;
      const files = applyEdits(parent.files, candidate);
      const check = checkCandidate({ syntax, experiment, parent: parent.files, files });
      return check.type === 'ok' && check.hash !== theirHash && isSound(syntax, experiment, parent.files, files);
    };
    const merged = orderEdits(edits);
    if (isNew(merged)) return { type: 'edits', edits: merged, note: `changes of ${other.id} since ${ancestor.id}` };
    const blended = orderEdits(blends);
    if (isNew(blended))
      return { type: 'edits', edits: blended, note: `numbers between these and those of ${other.id}` };
    return { type: 'none', reason: 'The two lines leave nothing to bring together' };
  },
};

function isFitter(a: Specimen, b: Specimen): boolean {
  return (a.evaluation?.fitness ?? -Infinity) > (b.evaluation?.fitness ?? -Infinity);
}

class Merger {
  readonly #ground: Ground;
  readonly #theirs: Ground;
  readonly #before: Ground;
  readonly #preferTheirs: boolean;
  readonly #edits: Edit[] = [];

  constructor(ground: Ground, theirs: Ground, before: Ground, preferTheirs: boolean) {
    this.#ground = ground;
    this.#theirs = theirs;
    this.#before = before;
    this.#preferTheirs = preferTheirs;
  }

  edits(): Edit[] {
    const own = declarations(this.#ground.file);
    const theirs = declarations(this.#theirs.file);
    const before = declarations(this.#before.file);
    for (const [name, node] of own) {
      const other = theirs.get(name);
      const old = before.get(name);
      if (other && old) this.#merge(node, other, old);
      else if (other && this.#preferTheirs && !this.#equal(node, other)) this.#take(node, other);
    }
    this.#add([...theirs].filter(([name]) => !own.has(name) && !before.has(name)).map(([, node]) => node));
    return this.#edits;
  }

  #merge(own: Node, theirs: Node, old: Node): void {
    if (this.#equal(own, theirs)) return;
    if (same(old, this.#before.file, theirs, this.#theirs.file)) return;
    if (same(old, this.#before.file, own, this.#ground.file)) return this.#take(own, theirs);
    const alike = own.kind === theirs.kind && own.kind === old.kind;
    const count = own.children.length;
    if (alike && count > 0 && count === theirs.children.length && count === old.children.length) {
      own.children.forEach((child, i) => this.#merge(child, theirs.children[i] as Node, old.children[i] as Node));
    } else if (this.#preferTheirs) this.#take(own, theirs);
  }

  #equal(own: Node, theirs: Node): boolean {
    return same(own, this.#ground.file, theirs, this.#theirs.file);
  }

  #take(own: Node, theirs: Node): void {
    if (!this.#ground.ranges.some(({ start, end }) => start <= own.start && own.end <= end)) return;
    const { file } = this.#ground;
    if (file.table.kinds.expression.has(own.kind)) {
      this.#edits.push(exchange(this.#ground, own, phraseOf(theirs, this.#theirs.file)));
    } else {
      const text = this.#theirs.file.text.slice(theirs.start, theirs.end);
      this.#edits.push({ file: this.#ground.path, start: own.start, end: own.end, text });
    }
  }

  /** What the other line has declared anew goes to the end of the last range. */
  #add(nodes: readonly Node[]): void {
    const last = this.#ground.ranges[this.#ground.ranges.length - 1];
    if (!last || nodes.length === 0) return;
    const text = nodes.map((node) => `${this.#theirs.file.text.slice(node.start, node.end)}\n`).join('');
    const before = this.#ground.file.text.slice(0, last.end);
    // In front of the white space that stands before the closing marker.
    const at = Math.max(last.start, before.length - (/[^\S\n]*$/.exec(before)?.[0].length ?? 0));
    const glue = at === 0 || before[at - 1] === '\n' ? '' : '\n';
    this.#edits.push({ file: this.#ground.path, start: at, end: at, text: `${glue}${text}` });
  }
}

/** Top-level statements by the name they declare; those without one by their kind and rank. */
function declarations(file: ParsedFile): Map<string, Node> {
  const found = new Map<string, Node>();
  const ranks = new Map<string, number>();
  for (const node of file.root.children) {
    const inner = node.kind === 'export_statement' ? (node.children.find((child) => child.named) ?? node) : node;
    const declarator = inner.children.find((child) => child.kind === 'variable_declarator');
    const named =
      (declarator ?? inner).children.find((child) => /^(type_)?identifier$/.test(child.kind)) ?? declaredIn(node, file);
    let key = named ? `name ${file.text.slice(named.start, named.end)}` : '';
    if (key === '' || found.has(key)) {
      const rank = ranks.get(node.kind) ?? 0;
      ranks.set(node.kind, rank + 1);
      key = `${node.kind} ${rank}`;
    }
    found.set(key, node);
  }
  return found;
}

/** Where the name stands deeper: `double f(…)` of C. */
function declaredIn(node: Node, file: ParsedFile): Node | undefined {
  if (!file.table.typing) return undefined;
  return scopesOf(file).bindings.find(({ scope, declared }) => scope === file.root && contains(node, declared))
    ?.declared;
}

/** The same syntax, comments, white space and the spelling of numbers aside. */
function same(a: Node, fileA: ParsedFile, b: Node, fileB: ParsedFile): boolean {
  return compare(a, fileA, b, fileB, (x, y) => canonicalNumber(x) === canonicalNumber(y));
}

function sameShape(a: Node, fileA: ParsedFile, b: Node, fileB: ParsedFile): boolean {
  return compare(a, fileA, b, fileB, () => true);
}

function compare(
  a: Node,
  fileA: ParsedFile,
  b: Node,
  fileB: ParsedFile,
  equalNumbers: (a: string, b: string) => boolean,
): boolean {
  if (a.kind !== b.kind || a.children.length !== b.children.length) return false;
  if (a.children.length === 0 || fileA.table.kinds.string.has(a.kind)) {
    const textA = fileA.text.slice(a.start, a.end);
    const textB = fileB.text.slice(b.start, b.end);
    return textA === textB || (fileA.table.kinds.number.has(a.kind) && equalNumbers(textA, textB));
  }
  return a.children.every((child, i) => compare(child, fileA, b.children[i] as Node, fileB, equalNumbers));
}

/** Numbers that differ move towards the other's, all by one share or each by its own. */
function blend(ground: Ground, theirs: Ground, weight: number, random: Random): Edit[] {
  const edits: Edit[] = [];
  if (ground.literals.length !== theirs.literals.length) return edits;
  const together = random.next() < 0.5;
  ground.literals.forEach((node, i) => {
    const other = theirs.literals[i] as Node;
    const own = literalValue(node, ground.file);
    const their = literalValue(other, theirs.file);
    if (own === their || !Number.isFinite(own) || !Number.isFinite(their)) return;
    const share = together ? weight : random.next();
    const between = own + share * (their - own);
    const whole = Number.isInteger(own) && Number.isInteger(their);
    const value = whole ? Math.round(between) : rounded(between, 6);
    const phrase = value === own ? null : literalAt(value, node, ground);
    if (phrase) edits.push(exchange(ground, node, phrase));
  });
  return edits;
}
