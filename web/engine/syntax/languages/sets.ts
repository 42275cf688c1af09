export const set = (...items: string[]): ReadonlySet<string> => new Set(items);

export const NONE: ReadonlySet<string> = new Set();
