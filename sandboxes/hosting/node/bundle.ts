/** Bundles a realm's program to one self-contained script: realms run where none of our modules can be loaded. Also used by the page's build. */
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { enclose } from '../../pyodide/enclosure.ts';
import type { HostedRealm } from '../realms.ts';

const MAINS: Readonly<Record<HostedRealm, string>> = {
  wasm: '../../wasi/realm-main.ts',
  steps: '../../quickjs/realm-main.ts',
  python: '../../python/realm-main.ts',
  pyodide: '../../pyodide/realm-main.ts',
};

const made = new Map<HostedRealm, Promise<string>>();

/** A script that leaves `realm`, with `start(control, now)`. The same text for the same sources. */
export function realmScript(kind: HostedRealm): Promise<string> {
  let text = made.get(kind);
  if (!text) {
    text = bundle(fileURLToPath(new URL(MAINS[kind], import.meta.url)));
    if (kind === 'pyodide') text = text.then(enclose);
    made.set(kind, text);
  }
  return text;
}

async function bundle(input: string): Promise<string> {
  const build = await rolldown({ input, platform: 'browser', logLevel: 'silent' });
  try {
    const { output } = await build.generate({ format: 'iife', name: 'realm', minify: true, codeSplitting: false });
    return output[0].code;
  } finally {
    await build.close();
  }
}
