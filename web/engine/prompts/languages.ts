/** What a model is told of the language it writes. */

export interface LanguageHint {
  readonly name: string;
  /** Word after the opening fence. */
  readonly fence: string;
  /** What a marker comment looks like. */
  readonly comment: (text: string) => string;
  readonly hints: readonly string[];
}

const slashes = (text: string): string => `// ${text}`;

const ECMASCRIPT = [
  'Write an ECMAScript module: what the evaluator calls is exported by name.',
  'Only the language and its standard objects are there (Math, typed arrays, Map, Set and the like); no packages, no DOM, no Node.',
  'Numbers are 64-bit floats: mind rounding where a result must hold exactly.',
];

export const LANGUAGE_HINTS = {
  javascript: { name: 'JavaScript', fence: 'javascript', comment: slashes, hints: ECMASCRIPT },
  typescript: {
    name: 'TypeScript',
    fence: 'typescript',
    comment: slashes,
    hints: [
      ...ECMASCRIPT,
      'Types are stripped before the program runs: use nothing that needs a compiler (no enums, no namespaces, no parameter properties).',
    ],
  },
  python: {
    name: 'Python',
    fence: 'python',
    comment: (text: string) => `# ${text}`,
    hints: [
      'Write Python 3 and keep the indentation of the text around a change.',
      'Use the standard library and what the program imports already; nothing can be installed.',
      'Where arrays are at hand, work on whole arrays rather than on elements in a loop.',
    ],
  },
  c: {
    name: 'C',
    fence: 'c',
    comment: slashes,
    hints: [
      'Write C11 that compiles without warnings: declare before use, include what you call.',
      'Undefined behaviour counts as a failure: stay inside arrays, initialise what you read, mind signed overflow.',
    ],
  },
  cpp: {
    name: 'C++',
    fence: 'cpp',
    comment: slashes,
    hints: [
      'Write C++20 with the standard library alone.',
      'Prefer values and containers to owning pointers; stay inside bounds.',
    ],
  },
  rust: {
    name: 'Rust',
    fence: 'rust',
    comment: slashes,
    hints: [
      'Write stable Rust, edition 2021, with the standard library alone.',
      'It has to pass the borrow checker at the first try: clone or index rather than hold references across changes.',
      'A panic counts as a crash: check what may be absent or out of range.',
    ],
  },
  go: {
    name: 'Go',
    fence: 'go',
    comment: slashes,
    hints: [
      'Write Go with the standard library alone.',
      'Unused imports and variables do not compile: remove what a change leaves without use.',
    ],
  },
  zig: {
    name: 'Zig',
    fence: 'zig',
    comment: slashes,
    hints: [
      'Write Zig with the standard library alone, and pass allocators explicitly.',
      'Unused values and ignored errors do not compile; conversions between number types are explicit.',
    ],
  },
} satisfies Readonly<Record<string, LanguageHint>>;

/** A language without an entry is named as it is, and gets no hints. */
export function languageHint(language: string): LanguageHint {
  return Object.hasOwn(LANGUAGE_HINTS, language)
    ? LANGUAGE_HINTS[language as keyof typeof LANGUAGE_HINTS]
    : { name: language, fence: language, comment: slashes, hints: [] };
}

const FENCES: Readonly<Record<string, string>> = {
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  py: 'python',
  c: 'c',
  h: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  hpp: 'cpp',
  rs: 'rust',
  go: 'go',
  zig: 'zig',
  json: 'json',
  md: 'markdown',
  txt: 'text',
};

/** Word after the fence of a file, by its ending; the language's own where the ending says nothing. */
export function fenceOf(path: string, language: string): string {
  const dot = path.lastIndexOf('.');
  const ending = dot < 0 ? '' : path.slice(dot + 1).toLowerCase();
  return (Object.hasOwn(FENCES, ending) ? FENCES[ending] : undefined) ?? languageHint(language).fence;
}
