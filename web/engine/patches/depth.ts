/** Brackets open at once, at most: no program people write comes near, and a deeper one costs whoever walks its tree the stack. */
export const MOST_DEPTH = 1_000;

/** The most brackets open at once, those in strings and comments counted too. */
export function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 40:
      case 91:
      case 123:
        if (++depth > most) most = depth;
        break;
      case 41:
      case 93:
      case 125:
        if (depth > 0) depth--;
        break;
    }
  }
  return most;
}
