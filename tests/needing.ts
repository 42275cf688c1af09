import { it } from 'vitest';

export type Test = (name: string, work: () => void | Promise<void>, timeout?: number) => void;

/** For tests of what a machine may lack: with a reason they are skipped, and `npm test` prints it. null: nothing is missing. */
export function needing(missing: string | null): Test {
  return (name, work, timeout) => {
    if (missing === null) it(name, work, timeout);
    else it(name, (context) => context.skip(missing));
  };
}
