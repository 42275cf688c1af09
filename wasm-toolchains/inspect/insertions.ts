/** What is put into a body, in the order of its places: typed arrays, used again for each function. */
export const Insert = { charge: 0, chargeSize: 1, chargePages: 2, count: 3 } as const;

export class Insertions {
  length = 0;
  places = new Uint32Array(256);
  kinds = new Uint8Array(256);
  /** Operations to charge, or the number of the counter to raise. */
  amounts = new Float64Array(256);

  clear(): void {
    this.length = 0;
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
