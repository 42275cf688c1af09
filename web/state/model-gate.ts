/** Runs that would ask models, and what has to be said before they may. */
import type { Experiment } from '../engine/experiment.ts';
import type { Helm, Steering } from './steering.svelte.ts';

export interface ModelHelm extends Helm {
  readonly steering: Pick<Steering, 'command' | 'closed'>;
  /** Starts a new run; with the seed in the box where none is given. */
  startRun(experiment: Experiment, seed?: number): Promise<void>;
  /** Goes on with the run on screen. */
  resume(): Promise<void>;
}

/** A run that would ask models, and that does not until a person says so. */
export interface Gate {
  readonly names: readonly string[];
  /** What it may spend; null: no cap. */
  readonly dollars: number | null;
  /** Whether it goes on by itself then. */
  readonly going: boolean;
}

/** Who keeps runs from asking models until a person has put them in. */
export interface Gatekeeper {
  /** null: the run on screen waits for nothing. */
  gate: Gate | null;
  /** A run that is there may ask. */
  allow(runId: string | null): void;
  /** The run that this experiment begins may. */
  allowNext(experiment: Experiment): void;
  show(): Promise<void>;
}
