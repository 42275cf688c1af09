import type { Reader } from './reader.ts';

/** Numbers of one object, with their paths. */
export class Fields {
  readonly #read: Reader;
  readonly #from: Record<string, unknown>;
  readonly #path: string;

  constructor(read: Reader, from: Record<string, unknown>, path: string) {
    this.#read = read;
    this.#from = from;
    this.#path = path;
  }

  whole(key: string, least: number, most: number, fallback: number): number {
    return this.#read.number(this.#from[key], `${this.#path}.${key}`, { least, most, whole: true, fallback });
  }

  number(key: string, least: number, most: number, fallback: number): number {
    return this.#read.number(this.#from[key], `${this.#path}.${key}`, { least, most, fallback });
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.#from[key];
    if (value === undefined) return fallback;
    if (typeof value !== 'boolean') this.#read.note(`${this.#path}.${key}`, 'must be true or false');
    return value === true;
  }

  /** A text, or null where there is none. */
  textOrNull(key: string): string | null {
    const value = this.#from[key] ?? null;
    return value === null ? null : this.#read.text(value, `${this.#path}.${key}`, { longest: 200 });
  }

  inside(key: string, keys: readonly string[]): Fields {
    const path = `${this.#path}.${key}`;
    return new Fields(this.#read, this.#read.object(this.#from[key] ?? {}, path, keys), path);
  }
}
