/** Which languages run and compile here: asked of the worker each time the table is opened. */
import type { Capabilities, Capability, Standing } from '../worker/protocol.ts';
import { formatBytes } from './bytes.ts';
import type { RunSource } from './services.ts';

export type Ask = <T>(ask: (commands: RunSource['commands']) => Promise<T>) => Promise<T | null>;

export class CapabilityTable {
  open = $state.raw(false);
  found = $state.raw<Capabilities | null>(null);
  /** It could not be found out. */
  failed = $state.raw(false);
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async show(): Promise<void> {
    this.open = true;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    this.failed = false;
    const found = await this.#ask((commands) => commands.capabilities());
    if (found === null) this.failed = true;
    else this.found = found;
  }
}

/** What a cell says at a glance, and its mark: `good` can be used now, `load` after a download, `bad` not here. */
export interface Cell {
  readonly mark: 'good' | 'load' | 'bad' | 'none';
  readonly words: string;
  readonly detail: string;
}

export function cellOf(standing: Standing | null): Cell {
  if (standing === null) return { mark: 'none', words: 'Not needed', detail: '' };
  switch (standing.type) {
    case 'ready':
      return { mark: 'good', words: 'Ready', detail: sentence(standing.words) };
    case 'loadable':
      return {
        mark: 'load',
        words: standing.bytes > 0 ? `After ${formatBytes(standing.bytes)}` : 'After a download',
        detail: sentence(standing.words),
      };
    case 'missing':
      return { mark: 'bad', words: 'Not here', detail: '' };
    default:
      return standing satisfies never;
  }
}

/** Why something is missing and what to do, each once; empty where nothing is. */
export function remediesOf({ runs, compiles }: Capability): { readonly reason: string; readonly remedy: string }[] {
  const missing = [runs, compiles].flatMap((standing) =>
    standing?.type === 'missing' ? [{ reason: sentence(standing.reason), remedy: sentence(standing.remedy) }] : [],
  );
  return missing.filter(({ reason }, i) => missing.findIndex((other) => other.reason === reason) === i);
}

/** With a capital at its beginning, and no full stop. */
function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/\.$/, '')}`;
}

/** Whether a program of it can be run here, if need be after a download. */
export function usable({ runs, compiles }: Capability): boolean {
  return runs.type !== 'missing' && compiles?.type !== 'missing';
}

/** Compressed bytes that have to be fetched before its first program runs. */
export function bytesOf({ runs, compiles }: Capability): number {
  return [runs, compiles].reduce((sum, standing) => sum + (standing?.type === 'loadable' ? standing.bytes : 0), 0);
}
