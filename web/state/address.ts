/** Which example an address names, `#bin-packing`, and from which seed its run is to start, `#ex=bin-packing&seed=7`. */
export interface Address {
  readonly name: string;
  /** null: whichever run was open last, else a new one from the seed that is set. */
  readonly seed: number | null;
}

const LARGEST_SEED = 2 ** 31;

/** `hash` with or without `#`. Of what is no proper encoding the name is as it stands: then nothing has such a name. */
export function readAddress(hash: string): Address {
  const text = hash.replace(/^#/, '');
  if (!text.startsWith('ex=')) return { name: decoded(text), seed: null };
  const [name, ...rest] = text.slice('ex='.length).split('&');
  const digits = rest.map((part) => /^seed=(\d{1,10})$/.exec(part)?.[1]).find((each) => each !== undefined);
  const seed = Number(digits ?? 1);
  return { name: decoded(name ?? ''), seed: seed < LARGEST_SEED ? seed : 1 };
}

/** With `#`. */
export function writeAddress({ name, seed }: Address): string {
  return seed === null ? `#${encodeURIComponent(name)}` : `#ex=${encodeURIComponent(name)}&seed=${seed}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
