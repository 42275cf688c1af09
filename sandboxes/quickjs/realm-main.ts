/** The realm of JavaScript candidates whose every step is counted, bundled to one text. */
import { type Channel } from '../hosting/realm/kit.ts';
import { serve } from '../hosting/realm/serve.ts';
import { createQuickjsGuest } from './guest.ts';

export function start(control: Channel, now: () => number): void {
  serve(control, createQuickjsGuest(), now);
}
