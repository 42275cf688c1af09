/**
 * Reads untrusted JSON field by field. Each fault is noted with its path and what would be right, and reading goes on with the
 * fallback, so that a person sees all faults at once. Used wherever text from outside becomes a value of ours.
 */
export class Reader {
  readonly problems: string[] = [];

  note(path: string, message: string): void {
    this.problems.push(`${path || 'the file'}: ${message}`);
  }

  object(value: unknown, path: string, keys?: readonly string[]): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.note(path, `must be an object, not ${describe(value)}`);
      return {};
    }
    if (keys) {
      for (const key of Object.keys(value)) {
        if (!keys.includes(key)) this.note(join(path, key), `is not known here; known are ${keys.join(', ')}`);
      }
    }
    return value as Record<string, unknown>;
  }

  text(value: unknown, path: string, options: { fallback?: string; longest?: number; pattern?: RegExp } = {}): string {
    const { fallback, longest = 10_000, pattern } = options;
    if (value === undefined && fallback !== undefined) return fallback;
    if (typeof value !== 'string') this.note(path, `must be a text, not ${describe(value)}`);
    else if (value.length > longest) this.note(path, `must be at most ${longest} characters long, not ${value.length}`);
    else if (pattern && !pattern.test(value))
      this.note(path, `must look like ${pattern.source}, not ${describe(value)}`);
    else return value;
    return fallback ?? '';
  }

  number(
    value: unknown,
    path: string,
    range: { least?: number; most?: number; whole?: boolean; fallback?: number },
  ): number {
    const { least = -Infinity, most = Infinity, whole = false, fallback } = range;
    if (value === undefined && fallback !== undefined) return fallback;
    const kind = whole ? 'a whole number' : 'a number';
    const span = `${least === -Infinity ? '' : ` from ${least}`}${most === Infinity ? '' : ` up to ${most}`}`;
    if (typeof value !== 'number' || !Number.isFinite(value) || (whole && !Number.isInteger(value))) {
      this.note(path, `must be ${kind}${span}, not ${describe(value)}`);
    } else if (value < least || value > most) {
      this.note(path, `must be ${kind}${span}, not ${value}`);
    } else {
      return value;
    }
    return fallback ?? (least === -Infinity ? 0 : least);
  }

  choice<T extends string>(value: unknown, path: string, choices: readonly T[], fallback?: T): T {
    if (value === undefined && fallback !== undefined) return fallback;
    if (choices.includes(value as T)) return value as T;
    this.note(path, `must be one of ${choices.join(', ')}, not ${describe(value)}`);
    return fallback ?? (choices[0] as T);
  }

  list<T>(value: unknown, path: string, item: (value: unknown, path: string) => T, fallback?: readonly T[]): T[] {
    if (value === undefined && fallback) return [...fallback];
    if (!Array.isArray(value)) {
      this.note(path, `must be a list, not ${describe(value)}`);
      return [...(fallback ?? [])];
    }
    return value.map((each, i) => item(each, `${path}[${i}]`));
  }

  /** An object of values of one kind under free keys. */
  record<T>(
    value: unknown,
    path: string,
    item: (value: unknown, path: string) => T,
    fallback?: Record<string, T>,
  ): Record<string, T> {
    if (value === undefined && fallback) return { ...fallback };
    const result: Record<string, T> = {};
    for (const [key, each] of Object.entries(this.object(value, path))) {
      if (key === '__proto__') this.note(join(path, key), 'is not a name that can be used');
      else result[key] = item(each, join(path, key));
    }
    return result;
  }
}

export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = String(value);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
