/** The realm of Python candidates, bundled to one text. */
import type { Channel } from '../hosting/realm/kit.ts';
import { serve } from '../hosting/realm/serve.ts';
import { createPythonGuest } from './guest.ts';

export function start(control: Channel, now: () => number): void {
  serve(control, createPythonGuest(), now);
}
