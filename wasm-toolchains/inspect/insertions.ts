/** What is put into a body, in the order of its places: typed arrays, used again for each function. */
export class Insertions {
  length = 0;
  /** Locals of 64 bits that they need. */
  locals = 0;
  /** The body keeps the counter in a local between calls. */
  cached = false;
  places = new Uint32Array(256);
  kinds = new Uint8Array(256);
  /** What it means is up to the kind. */
  amounts = new Float64Array(256);

  clear(): void {
    this.length = 0;
    this.locals = 0;
    this.cached = false;
  }

  /** Gives the number of the entry, so that its amount can be raised later. */
  add(place: number, kind: number, amount: number): number {
    const index = this.length++;
    if (index === this.places.length) this.#grow();
    this.places[index] = place;
    this.kinds[index] = kind;
    this.amounts[index] = amount;
    return index;
  }

  /** Keeps those that `keep` wants. */
  filter(keep: (kind: number, amount: number) => boolean): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const kind = this.kinds[i] ?? 0;
      const amount = this.amounts[i] ?? 0;
      if (!keep(kind, amount)) continue;
      this.places[kept] = this.places[i] ?? 0;
      this.kinds[kept] = kind;
      this.amounts[kept] = amount;
      kept++;
    }
    this.length = kept;
  }

  #grow(): void {
    const size = 2 * this.places.length;
    const places = new Uint32Array(size);
    const kinds = new Uint8Array(size);
    const amounts = new Float64Array(size);
    places.set(this.places);
    kinds.set(this.kinds);
    amounts.set(this.amounts);
    this.places = places;
    this.kinds = kinds;
    this.amounts = amounts;
  }
}
