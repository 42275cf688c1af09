/** What a model is told of the language it writes: the advice that makes programs of that language fast, and nothing that is not there. */
import { describe, expect, it } from 'vitest';
import {
  CUDA_HINT,
  fenceOf,
  LANGUAGE_HINTS,
  languageHint,
  CRATES_HINT,
  NUMPY_HINT,
} from '../../../../web/engine/prompts/languages.ts';
import { rulesText } from '../../../../web/engine/prompts/rules.ts';
import { languageTable } from '../../../../web/engine/syntax/language.ts';
import { experiment } from './fixtures.ts';
import type { Language } from '../../../../web/engine/experiment.ts';

const ALL: Readonly<Record<Language, true>> = {
  ...{ javascript: true, typescript: true, python: true, c: true, cpp: true },
  ...{ rust: true, go: true, zig: true, assemblyscript: true, wat: true },
};
const LANGUAGES = Object.keys(ALL) as Language[];
const said = (language: Language): string => languageHint(language).hints.join('\n');
const rules = (language: Language, files: Readonly<Record<string, string>>): string =>
  rulesText(experiment({ language, files, entry: Object.keys(files)[0] as string }));

describe('hints', () => {
  it('are there for each language, and for no other', () => {
    expect(Object.keys(LANGUAGE_HINTS).sort()).toEqual([...LANGUAGES].sort());
    for (const language of LANGUAGES) expect(said(language).length).toBeGreaterThan(100);
    expect(languageHint('cobol')).toMatchObject({ name: 'cobol', hints: [] });
  });

  it.each<[Language, RegExp[]]>([
    ['rust', [/borrow checker/, /clone or index/, /bounds checks/, /core::arch::wasm32/, /no_mangle/]],
    ['cpp', [/vector code/, /cache/, /contiguous/, /extern "C"/, /no exceptions/]],
    ['c', [/vector/, /restrict/, /sums of floats/]],
    ['python', [/better algorithms first/, /bisect/, /dictionaries for membership/, /hand over whole lists/]],
    ['go', [/go:wasmexport/, /bounds checks/]],
    ['zig', [/@Vector/, /setFloatMode/]],
    ['assemblyscript', [/unchecked/, /v128/]],
    ['wat', [/f32x4/]],
  ])('of %s say what makes it fast and what it must hold to', (language, facts) => {
    for (const fact of facts) expect(said(language)).toMatch(fact);
  });

  it('reach the prompt, with those of files in a second language', () => {
    const text = rules('python', { 'main.py': 'import kernel\n', 'kernel.c': 'int f(void) { return 1; }\n' });
    for (const hint of languageHint('python').hints) expect(text).toContain(`- ${hint}`);
    for (const hint of languageHint('c').hints) expect(text).toContain(`- Files in C: ${hint}`);
    expect(text).not.toContain('Files in Rust');
  });

  it('of a fence and a marker are those of the language’s own table', () => {
    for (const language of LANGUAGES) {
      const { extensions, comment } = languageTable(language);
      for (const extension of extensions.slice(0, 1)) {
        expect(fenceOf(`a${extension}`, language)).toBe(languageHint(language).fence);
      }
      expect(languageHint(language).comment('X')).toBe(`${comment.line} X`);
    }
  });
});

describe('what is not there', () => {
  it('is advised: crates where a manifest names some, for programs of Rust', () => {
    const files = { 'src/lib.rs': 'fn f() {}', 'Cargo.toml': '[package]\nname = "p"\n' };
    expect(rules('rust', files)).toContain(`- ${CRATES_HINT}`);
    expect(rules('rust', { 'src/lib.rs': 'fn f() {}' })).not.toContain(CRATES_HINT);
    expect(rules('c', { 'a.c': '', 'Cargo.toml': '' })).not.toContain(CRATES_HINT);
  });

  it('is not advised: numpy only to programs that import it', () => {
    for (const text of ['import math\n', 'x = "import numpy"\n', '# from numpy\n', 'import numpyish\n']) {
      const without = rules('python', { 'main.py': text });
      expect(without).not.toContain(NUMPY_HINT);
      expect(without).toMatch(/numpy are not there unless the program imports them/);
    }
    for (const text of [
      'import numpy as np\n',
      'def f():\n    from numpy import dot\n',
      'from numpy.linalg import norm\n',
    ]) {
      expect(rules('python', { 'main.py': text })).toContain(`- ${NUMPY_HINT}`);
    }
    expect(rules('javascript', { 'main.js': 'import numpy\n' })).not.toContain(NUMPY_HINT);
  });

  it('is not advised: CUDA only beside files of it', () => {
    expect(rules('cpp', { 'main.cpp': 'int f() { return 1; }\n' })).not.toContain('CUDA');
    expect(rules('cpp', { 'main.cpp': '', 'kernel.cu': '' })).toContain(`- ${CUDA_HINT}`);
    for (const fact of [/shared memory/, /bank conflicts/, /registers/, /warp/]) expect(CUDA_HINT).toMatch(fact);
  });
});
