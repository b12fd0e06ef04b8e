import tseslint from 'typescript-eslint';
import { docstrings } from './scripts/lint/docstrings.mjs';
import { noNumberOfUnknown } from './scripts/lint/no-number-of-unknown.mjs';
import { noProseMade } from './scripts/lint/no-prose-made.mjs';
import { noProseRead } from './scripts/lint/no-prose-read.mjs';
import { noSpreadOfList } from './scripts/lint/no-spread-of-list.mjs';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'sample/', 'test/fixtures/', '**/*.js', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: ['./tsconfig.test.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      complexity: ['error', 15],
      'max-depth': ['error', 4],
      'max-params': ['error', 5],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Wire types are read by their proto field names, which include reserved-looking and snake_case names.
      '@typescript-eslint/naming-convention': 'off',
    },
  },
  {
    // The core is pure: no clock, no chance, no process. Values come in as parameters.
    files: ['src/lib/**/*.ts'],
    ignores: ['src/lib/cli/**', 'src/lib/source/**', 'src/lib/files/**'],
    rules: {
      'no-restricted-globals': ['error', 'process'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Pass the time in.' },
        { object: 'Math', property: 'random', message: 'The core is deterministic.' },
      ],
    },
  },
  {
    // Sentences, labels and names made for people are written in explain and render, and read by nobody.
    files: ['src/**/*.ts'],
    plugins: { mctl: { rules: { 'no-prose-read': noProseRead } } },
    rules: { 'mctl/no-prose-read': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    plugins: {
      values: { rules: { 'no-number-of-unknown': noNumberOfUnknown, 'no-spread-of-list': noSpreadOfList } },
    },
    rules: { 'values/no-number-of-unknown': 'error', 'values/no-spread-of-list': 'error' },
  },
  {
    files: ['src/lib/**/*.ts'],
    plugins: { docs: { rules: { docstrings } } },
    rules: { 'docs/docstrings': 'error' },
  },
  {
    // Nor are they made where it is decided.
    files: ['src/lib/trace/**/*.ts', 'src/lib/http/**/*.ts'],
    plugins: { facts: { rules: { 'no-prose-made': noProseMade } } },
    rules: { 'facts/no-prose-made': 'error' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
