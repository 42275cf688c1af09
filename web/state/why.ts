/** Why a program was made, and why it was kept or not, in words and figures that views lay out. */
import type { Choice, ChoiceName } from '../engine/choice.ts';
import { parseArm } from '../engine/models/ensemble.ts';
import type { Source } from '../engine/models/model.ts';
import type { Program, ProgramId } from '../engine/program.ts';
import type { RunState } from '../engine/state.ts';
import type { Story } from './stories.ts';

/** One thing that was chosen. A view makes `program` a link. */
export interface Option {
  readonly text: string;
  readonly program: ProgramId | null;
  /** 0–1. */
  readonly share: number;
}

export interface Reason {
  readonly what: string;
  readonly chosen: Option;
  /** The rule, e.g. `tournament(4)`. */
  readonly rule: string;
  readonly among: number;
  /** The next likeliest, at most three. */
  readonly others: readonly Option[];
}

const NAMES: Readonly<Record<ChoiceName, string>> = {
  island: 'Island',
  strategy: 'Selection',
  parent: 'Parent',
  inspirations: 'First inspiration',
  operator: 'Operator',
  temperature: 'Temperature',
  effort: 'Effort',
  recommendation: 'Recommendation',
  search: 'Web search',
};

/** Every decision behind a program that had an alternative, in the order in which they were taken. */
export function reasonsOf({ issued }: Story): Reason[] {
  return issued.choices.filter(({ chosen }) => chosen !== null).map((choice) => reasonOf(choice));
}

function reasonOf(choice: Choice): Reason {
  const option = (what: string | number, share: number): Option => ({ ...named(choice.choice, what), share });
  const others = choice.top.filter(([what]) => what !== choice.chosen).slice(0, 3);
  return {
    what: NAMES[choice.choice],
    chosen: option(choice.chosen as string | number, choice.propensity),
    rule: choice.choice === 'inspirations' ? `kind (${choice.policy})` : choice.policy,
    among: choice.among,
    others: others.map(([what, share]) => option(what, share)),
  };
}

function named(choice: ChoiceName, what: string | number): { text: string; program: ProgramId | null } {
  switch (choice) {
    case 'parent':
    case 'inspirations':
      return { text: `#${what}`, program: Number(what) };
    case 'island':
    case 'recommendation':
      return { text: String(Number(what) + 1), program: null };
    case 'operator':
      return { text: armWords(String(what)), program: null };
    case 'strategy':
    case 'temperature':
    case 'effort':
    case 'search':
      return { text: String(what), program: null };
    default:
      return choice satisfies never;
  }
}

/** `diff`, `diff with fable`, `diff with fable, prompt p3`. */
export function armWords(arm: string): string {
  const { operator, model, prompt } = parseArm(arm);
  if (model === null) return operator;
  return prompt === null ? `${operator} with ${model}` : `${operator} with ${model}, prompt ${prompt}`;
}

/** For a program that nobody drew: the seed, and those that people wrote. */
export function givenWords(program: Program): string | null {
  if (program.operator === 'seed') return 'The program the run began with.';
  if (program.operator === 'inject') return 'Written by a person.';
  return null;
}

export interface Fate {
  readonly kept: boolean;
  readonly words: string;
}

/** Why a program is in an archive or not, now and when it came. `story` null: only what the state knows. */
export function fatesOf(program: Program, story: Story | null, state: RunState): Fate[] {
  const fates: Fate[] = [];
  const { id } = program;
  const homes = state.islands.flatMap(({ archive, alive }, island) => {
    const place = alive ? archive.indexOf(id) : -1;
    return place < 0 ? [] : [{ island, place, size: archive.length }];
  });
  const added = story?.added;
  if (added) {
    const words = added.status === 'rejected' ? 'Not kept' : added.best ? 'Kept, as the best of the run' : 'Kept';
    fates.push({ kept: added.status !== 'rejected', words: `${words}: ${added.reason || 'no reason was given'}.` });
    if (added.evicted.length > 0) {
      const list = added.evicted.map((other) => `#${other}`).join(', ');
      fates.push({ kept: true, words: `It took the place of ${list}.` });
    }
    if (added.cell !== null) fates.push({ kept: true, words: `Its cell of the archive is ${added.cell}.` });
  }
  for (const { island, place, size } of homes) {
    fates.push({ kept: true, words: `Now ${ordinal(place + 1)} of ${size} on island ${island + 1}.` });
  }
  const left = story?.left;
  if (left && !homes.some(({ island }) => island === left.island)) {
    const whose = left.by === null ? 'when islands were merged' : `to make room for #${left.by}`;
    fates.push({ kept: false, words: `It lost its place on island ${left.island + 1} ${whose}.` });
  } else if (!left && homes.length === 0 && added && added.status !== 'rejected') {
    const words = state.banned.has(id) ? 'It was banned.' : 'Its island has begun anew or was retired since.';
    fates.push({ kept: false, words });
  }
  return fates;
}

/** How old the knowledge was that a program was made from; empty where it was up to date. */
export function staleWords(story: Story | null): string {
  const stale = story?.added?.stale ?? 0;
  if (stale === 0) return '';
  return `${stale} new best${stale === 1 ? '' : 's'} came between its issue and its result.`;
}

/** What it was compared with before it was worth an evaluation; empty where nothing was. */
export function nearestWords(story: Story | null): string {
  const nearest = story?.result?.nearest;
  return nearest ? `Nearest to #${nearest.program}, likeness ${nearest.similarity.toFixed(3)}.` : '';
}

/** What a page of the web is called where it is linked to; null where its address is none of the web's, and it may not be. */
export function pageLink({
  url,
  title,
}: Source): { readonly href: string; readonly text: string; readonly host: string } | null {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  const { host, href } = new URL(url);
  return { href, text: title === '' ? url : title, host };
}

/** `31 %`, `0.3 %`, `< 0.1 %`. */
export function percent(share: number): string {
  const value = share * 100;
  const text = value >= 9.95 || value === 0 ? value.toFixed(0) : value >= 0.05 ? value.toFixed(1) : '< 0.1';
  return `${text}\u202f%`;
}

function ordinal(place: number): string {
  const rest = place % 100;
  const ending = rest >= 11 && rest <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place}${ending}`;
}
