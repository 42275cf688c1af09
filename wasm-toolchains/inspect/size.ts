/** What a module weighs, in bytes; code that does the same in less is a tie-breaker and a hint to what a compiler dragged in. */
import { outlineOf, reading, Section } from './decode.ts';

export interface ModuleSize {
  readonly total: number;
  readonly code: number;
  readonly data: number;
  /** Names, debugging, whatever the program does without. */
  readonly custom: number;
  readonly functions: number;
}

export type SizeRead =
  { readonly type: 'ok'; readonly size: ModuleSize } | { readonly type: 'failed'; readonly reason: string };

/** Never throws. */
export function sizeOf(wasm: Uint8Array): SizeRead {
  const read = reading((): ModuleSize => {
    const { sections, bodies } = outlineOf(wasm);
    const weigh = (id: number): number =>
      sections.reduce((sum, section) => sum + (section.id === id ? section.to - section.from : 0), 0);
    return {
      total: wasm.length,
      code: weigh(Section.code),
      data: weigh(Section.data),
      custom: weigh(Section.custom),
      functions: bodies.length / 2,
    };
  });
  return read.type === 'ok' ? { type: 'ok', size: read.value } : read;
}
