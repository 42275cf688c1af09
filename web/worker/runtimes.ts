/** What programs run in besides the browser's own engine. */
import type { Runtime } from './loads.ts';

export const runtimes: readonly Runtime[] = [];
