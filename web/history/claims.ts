/**
 * Who may append to a run. Web Locks see all tabs and workers of the origin and free themselves with their holder; where they
 * are missing (insecure origin) only this context is guarded, and the append check catches a second writer.
 */
export interface Claims {
  /** Waits a moment for a holder that is just going, such as the tab before a reload. False if it stays taken. */
  claim(runId: string): Promise<boolean>;
  holds(runId: string): boolean;
  release(runId: string): void;
  releaseAll(): void;
}

/** Milliseconds to wait for the tab before to go. */
const PATIENCE = 1_500;

export function createClaims(scope: string, locks: LockManager | undefined, patience = PATIENCE): Claims {
  const held = new Map<string, () => void>();
  const release = (runId: string): void => {
    held.get(runId)?.();
    held.delete(runId);
  };
  return {
    async claim(runId) {
      if (held.has(runId)) return true;
      if (!locks) {
        held.set(runId, () => {});
        return true;
      }
      const freed = await request(locks, `${scope}/${runId}`, patience);
      // Where it was not to be had, another call of this same context may have got it meanwhile.
      if (!freed) return held.has(runId);
      held.set(runId, freed);
      return true;
    },
    holds: (runId) => held.has(runId),
    release,
    releaseAll() {
      for (const runId of [...held.keys()]) release(runId);
    },
  };
}

/** Resolves with the function that frees the lock, or null when it was not to be had in time. */
function request(locks: LockManager, name: string, patience: number): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patience);
    locks
      .request(name, { signal }, () => new Promise<void>((free) => resolve(() => free())))
      .catch(() => resolve(null));
  });
}
