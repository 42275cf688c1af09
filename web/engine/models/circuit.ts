/** A circuit breaker: a model that fails again and again is left alone for a while, then asked once to see whether it is back. */

/** Latest outcomes of a model; part of the run's state. */
export interface ModelHealth {
  /** Failures in a row. */
  readonly failures: number;
  /** Results the run had consumed at the last of them. */
  readonly at: number;
}

/** Failures in a row after which a model is left alone. */
export const TRIPS_AFTER = 3;
/** Results it is left alone for after that; twice as many after each failed probe, up to 32 times as many. */
export const PAUSE = 16;
const MOST_DOUBLINGS = 5;

/**
 * Whether the model may be asked. `consumed`: results of the run so far; `inFlight`: jobs in flight that ask it. After a pause one
 * job at a time is let through until one comes back without a failure. Where nothing else is in flight (`alone`) and the run has
 * no other way to go on, the pause is over at once: waiting would not bring any result.
 */
export function modelOpen(health: ModelHealth | undefined, consumed: number, inFlight: number, alone = false): boolean {
  if (!health || health.failures < TRIPS_AFTER) return true;
  if (inFlight > 0) return false;
  return alone || consumed - health.at >= pauseAfter(health.failures);
}

export function pauseAfter(failures: number): number {
  if (failures < TRIPS_AFTER) return 0;
  return PAUSE * (1 << Math.min(MOST_DOUBLINGS, failures - TRIPS_AFTER));
}
