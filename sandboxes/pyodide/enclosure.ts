/**
 * Puts the realm's script where it sees of the global scope what is named here and nothing else, and keeps that: what leads out of the realm is then deleted
 * from the scope itself, without the script losing what it runs on. There is no page and no Node in it, no clock and no language of the person's.
 */
const KEPT =
  'WebAssembly TextDecoder TextEncoder URL MessageChannel AbortController AbortSignal WeakRef FinalizationRegistry structuredClone queueMicrotask';
const MISSING =
  'process window self document location navigator fetch XMLHttpRequest WebSocket importScripts Worker indexedDB crypto require setInterval ' +
  'setImmediate postMessage onmessage caches Bun Deno';

/** A script that leaves `realm`, from one that does. */
export function enclose(script: string): string {
  const kept = KEPT.split(' ');
  const missing = MISSING.split(' ');
  const names = [
    'enclosed',
    'globalThis',
    'console',
    'performance',
    'Date',
    'setTimeout',
    'clearTimeout',
    ...kept,
    ...missing,
  ];
  return `var realm = (function (scope) {
var silent = function () {};
var quiet = { log: silent, debug: silent, info: silent, warn: silent, error: silent, trace: silent };
var Clock = class extends scope.Date { constructor() { if (arguments.length === 0) super(946684800000); else super(...arguments); } static now() { return 946684800000; } };
return (function (${names.join(', ')}) { ${script}
return realm; })(scope, Object.create(null), quiet, { now: function () { return 0; }, timeOrigin: 0 }, Clock, silent, silent, ${kept.map((name) => `scope.${name}`).join(', ')});
})(globalThis);`;
}
