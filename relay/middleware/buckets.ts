/** Token buckets by key: so many at once, refilled evenly over a minute. Forgets keys whose bucket is full again. */

interface Bucket {
  level: number;
  at: number;
}

const MOST_KEYS = 10_000;

export class Buckets {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** 0 where it is allowed (and counted), else milliseconds to wait. */
  take(key: string, tokens = 1): number {
    const bucket = this.#refilled(key);
    if (bucket.level < tokens) return Math.ceil(((tokens - bucket.level) * 60_000) / this.#perMinute);
    bucket.level -= tokens;
    return 0;
  }

  /** Takes a count back: what was done is not what is limited. */
  give(key: string, tokens = 1): void {
    const bucket = this.#refilled(key);
    bucket.level = Math.min(this.#perMinute, bucket.level + tokens);
  }

  /** As `take`, counting nothing. */
  wait(key: string): number {
    const { level } = this.#refilled(key);
    return level >= 1 ? 0 : Math.ceil(((1 - level) * 60_000) / this.#perMinute);
  }

  #refilled(key: string): Bucket {
    const now = this.#now();
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= MOST_KEYS) this.#forget(now);
      bucket = { level: this.#perMinute, at: now };
    } else {
      this.#buckets.delete(key);
      bucket.level = Math.min(this.#perMinute, bucket.level + ((now - bucket.at) * this.#perMinute) / 60_000);
      bucket.at = now;
    }
    // The longest unused stands first.
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #forget(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      const full = bucket.level + ((now - bucket.at) * this.#perMinute) / 60_000 >= this.#perMinute;
      if (full || this.#buckets.size >= MOST_KEYS) this.#buckets.delete(key);
      if (this.#buckets.size < MOST_KEYS / 2) return;
    }
  }
}
