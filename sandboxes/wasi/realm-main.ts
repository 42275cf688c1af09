/** The realm of WebAssembly candidates, bundled to one text. */
import { type Channel } from '../hosting/realm/kit.ts';
import { serve } from '../hosting/realm/serve.ts';
import { createWasiGuest } from './guest.ts';

export function start(control: Channel, now: () => number): void {
  serve(control, createWasiGuest(), now);
}
