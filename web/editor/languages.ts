/** How the editor reads a file, by its ending. Each language is fetched when a file of it is opened. */
import type { Extension } from '@codemirror/state';

type Load = () => Promise<Extension>;

const cpp: Load = async () => (await import('@codemirror/lang-cpp')).cpp();
const python: Load = async () => (await import('@codemirror/lang-python')).python();
const rust: Load = async () => (await import('@codemirror/lang-rust')).rust();
const go: Load = async () => (await import('@codemirror/lang-go')).go();
const wast: Load = async () => (await import('@codemirror/lang-wast')).wast();

const LOADS: Readonly<Record<string, Load>> = {
  c: cpp,
  h: cpp,
  cc: cpp,
  cpp,
  cxx: cpp,
  hpp: cpp,
  py: python,
  rs: rust,
  go,
  wat: wast,
};

/** null where the editor has nothing for it, or has it already. Rejects where it can't be fetched. */
export function languageFor(path: string): Promise<Extension> | null {
  return LOADS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()]?.() ?? null;
}
