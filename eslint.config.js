import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Few rules, each against a mistake that types and tests let through. */
const everywhere = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-async-promise-executor': 'error',
  'no-compare-neg-zero': 'error',
  'no-cond-assign': 'error',
  'no-constant-binary-expression': 'error',
  'no-debugger': 'error',
  'no-self-assign': 'error',
  'no-sparse-arrays': 'error',
  'no-unsafe-finally': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'use-isnan': 'error',
  'valid-typeof': 'error',
};

const typescript = {
  'no-restricted-syntax': [
    'error',
    { selector: 'TSEnumDeclaration', message: 'A union of literals: enums do not strip.' },
    { selector: 'ExportDefaultDeclaration', message: 'Named exports can be searched for.' },
  ],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/ban-ts-comment': 'error',
  '@typescript-eslint/consistent-type-imports': [
    'error',
    { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
  ],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
  ],
};

const typed = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
};

export default ts.config(
  { ignores: ['node_modules/', 'dist/', '.cache/', 'tests/fixtures/', 'examples/*/seed*'] },
  ts.configs.base,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } }, rules: everywhere },
  { files: ['**/*.ts', '**/*.svelte'], rules: typescript },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.svelte.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: typed,
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
    rules: {
      // Collections that views read are replaced as a whole ($state.raw); a plain Map inside a function is fine.
      'svelte/prefer-svelte-reactivity': 'off',
      // For SvelteKit's router only.
      'svelte/no-navigation-without-resolve': 'off',
      // The compiler itself says which of its warnings are ignored in vain; some strings need mustaches to keep their spaces.
      'svelte/no-unused-svelte-ignore': 'off',
      'svelte/no-useless-mustaches': 'off',
      // `let { a, b = $bindable() } = $props()` can't be split.
      'prefer-const': 'off',
    },
  },
  { files: ['*.config.ts', '*.config.js'], rules: { 'no-restricted-syntax': 'off' } },
);
