/** What the page remembers between visits besides runs. A blocked storage is the same as an empty one. */
export type Theme = 'auto' | 'light' | 'dark';

export interface LastRun {
  readonly id: string;
  readonly playing: boolean;
}

export function readTheme(): Theme {
  const value = read('local', 'genesis:theme');
  return value === 'light' || value === 'dark' ? value : 'auto';
}

export function applyTheme(theme: Theme): void {
  if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.dataset['theme'] = theme;
}

export function writeTheme(theme: Theme): void {
  write('local', 'genesis:theme', theme === 'auto' ? null : theme);
}

/** Of this tab first, so that two tabs keep to their own runs; else the last one anywhere. */
export function readLastRun(): LastRun | null {
  const text = read('session', 'genesis:last-run') ?? read('local', 'genesis:last-run');
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { id, playing } = value as Record<string, unknown>;
    return typeof id === 'string' ? { id, playing: playing === true } : null;
  } catch {
    return null;
  }
}

export function writeLastRun(run: LastRun | null): void {
  const text = run === null ? null : JSON.stringify(run);
  write('session', 'genesis:last-run', text);
  write('local', 'genesis:last-run', text);
}

/** Whether something may move without being asked to. */
export function mayStartByItself(): boolean {
  const connection = (navigator as Navigator & { connection?: { saveData?: boolean } }).connection;
  return !matchMedia('(prefers-reduced-motion: reduce)').matches && connection?.saveData !== true;
}

export function read(where: 'local' | 'session', key: string): string | null {
  try {
    return (where === 'local' ? localStorage : sessionStorage).getItem(key);
  } catch {
    return null;
  }
}

/** False where it could not be kept. */
export function write(where: 'local' | 'session', key: string, value: string | null): boolean {
  try {
    const storage = where === 'local' ? localStorage : sessionStorage;
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

/** Names of what is kept; none where storage is blocked. */
export function keysIn(where: 'local' | 'session'): string[] {
  try {
    const storage = where === 'local' ? localStorage : sessionStorage;
    return Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '');
  } catch {
    return [];
  }
}
