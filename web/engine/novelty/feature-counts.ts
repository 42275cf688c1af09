/** How often each 32-bit number occurred: an open-addressed table that is filled, emptied and filled again without garbage. */
export class FeatureCounts {
  #keys = new Int32Array(4096);
  #counts = new Int32Array(4096);
  /** Slots in the order they were first used. */
  #slots = new Int32Array(2048);
  #size = 0;

  add(feature: number): void {
    if (this.#size === this.#slots.length) this.#grow();
    const slot = this.#slotOf(feature);
    if (this.#counts[slot] === 0) {
      this.#keys[slot] = feature;
      this.#slots[this.#size++] = slot;
    }
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
  }

  /** Each feature once, in the order of their first occurrence; nothing is left. */
  drain(take: (feature: number, count: number) => void): void {
    const size = this.#size;
    this.#size = 0;
    for (let i = 0; i < size; i++) {
      const slot = this.#slots[i] as number;
      const count = this.#counts[slot] as number;
      this.#counts[slot] = 0;
      take(this.#keys[slot] as number, count);
    }
  }

  #slotOf(feature: number): number {
    const mask = this.#keys.length - 1;
    let slot = (feature ^ (feature >>> 15)) & mask;
    while (this.#counts[slot] !== 0 && this.#keys[slot] !== feature) slot = (slot + 1) & mask;
    return slot;
  }

  /** Keeps at least half of the slots free. */
  #grow(): void {
    const [keys, counts, slots, size] = [this.#keys, this.#counts, this.#slots, this.#size];
    this.#keys = new Int32Array(keys.length * 2);
    this.#counts = new Int32Array(keys.length * 2);
    this.#slots = new Int32Array(slots.length * 2);
    for (let i = 0; i < size; i++) {
      const from = slots[i] as number;
      const to = this.#slotOf(keys[from] as number);
      this.#keys[to] = keys[from] as number;
      this.#counts[to] = counts[from] as number;
      this.#slots[i] = to;
    }
  }
}
