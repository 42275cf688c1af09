/** The realm of Python candidates with packages, bundled to one text and put into the enclosure. */
import type { Channel } from '../hosting/realm/kit.ts';
import { lockDown } from '../hosting/realm/lock-down.ts';
import { serve } from '../hosting/realm/serve.ts';
import { createPyodideGuest } from './guest.ts';

declare const enclosed: object;

export function start(control: Channel, now: () => number): void {
  serve(
    control,
    createPyodideGuest((random) => lockDown(enclosed, random)),
    now,
  );
}
