/** Colours that canvas code needs, read from the tokens once per theme. */
export interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
  readonly series: readonly string[];
  /** Ends and middle stops of the fitness ramp. */
  readonly ramp: readonly string[];
  readonly font: string;
}

/** Custom properties hold `light-dark()`, which only a used value resolves: each goes through `color` of a probe. */
export function readPalette(element: Element): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    paper: colour('surface'),
    ink: colour('ink'),
    muted: colour('muted'),
    line: colour('line'),
    accent: colour('accent'),
    good: colour('good'),
    bad: colour('bad'),
    series: [0, 1, 2, 3, 4, 5, 6, 7].map((i) => colour(`series-${i}`)),
    ramp: [0, 1, 2, 3, 4].map((i) => colour(`ramp-${i}`)),
    font: getComputedStyle(element).fontFamily,
  };
  probe.remove();
  return palette;
}

/** Colour at a place 0–1 of the ramp. */
export function rampColour(ramp: readonly string[], place: number): string {
  const last = ramp.length - 1;
  const at = Math.min(1, Math.max(0, place)) * last;
  const index = Math.min(last - 1, Math.floor(at));
  const [a, b] = [channels(ramp[index] ?? ''), channels(ramp[index + 1] ?? '')];
  const mix = a.map((channel, i) => Math.round(channel + ((b[i] ?? channel) - channel) * (at - index)));
  return `rgb(${mix.join(' ')})`;
}

const parsed = new Map<string, readonly number[]>();

function channels(colour: string): readonly number[] {
  let found = parsed.get(colour);
  if (!found) {
    found = (colour.match(/[\d.]+/g) ?? ['0', '0', '0']).slice(0, 3).map(Number);
    parsed.set(colour, found);
  }
  return found;
}

/** Operators keep their colour whatever order they come in. */
const OPERATOR_SERIES: Readonly<Record<string, number>> = { seed: 7, tune: 0, mutate: 1, splice: 2, merge: 3 };

export function operatorSeries(operator: string): number {
  const known = OPERATOR_SERIES[operator];
  if (known !== undefined) return known;
  let hash = 0;
  for (let i = 0; i < operator.length; i++) hash = (hash * 31 + operator.charCodeAt(i)) >>> 0;
  return 4 + (hash % 3);
}
