/** Memory as the pages in which it is not all zeros, or not as another one: most of an interpreter's is either. */
export interface Pages {
  /** Bytes of the whole. */
  readonly length: number;
  /** Numbers of the pages, in order. */
  readonly places: Uint32Array<ArrayBuffer>;
  /** Their bytes, one page after the other. */
  readonly data: Uint8Array<ArrayBuffer>;
}

const PAGE = 4096;

/** `base`: what it is compared with; null: zeros. A multiple of 4 KB. */
export function pagesOf(memory: Uint8Array<ArrayBuffer>, base: Pages | null): Pages {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length / 4);
  const known = base === null ? null : new Uint32Array(base.data.buffer, base.data.byteOffset, base.data.length / 4);
  const places: number[] = [];
  let next = 0;
  for (let page = 0; page * PAGE < memory.length; page++) {
    const from = (page * PAGE) / 4;
    const to = from + PAGE / 4;
    let i = from;
    if (known !== null && base?.places[next] === page) {
      const shift = (next++ * PAGE) / 4 - from;
      while (i < to && words[i] === known[i + shift]) i++;
    } else while (i < to && words[i] === 0) i++;
    if (i < to) places.push(page);
  }
  const data = new Uint8Array(places.length * PAGE);
  for (const [slot, page] of places.entries()) data.set(memory.subarray(page * PAGE, (page + 1) * PAGE), slot * PAGE);
  return { length: memory.length, places: Uint32Array.from(places), data };
}

/** Puts them where they belong; the rest stays as it is. */
export function layOut({ places, data }: Pages, onto: Uint8Array): void {
  for (let slot = 0; slot < places.length;) {
    const page = places[slot] as number;
    let end = slot + 1;
    while (end < places.length && places[end] === page + end - slot) end++;
    onto.set(data.subarray(slot * PAGE, end * PAGE), page * PAGE);
    slot = end;
  }
}
