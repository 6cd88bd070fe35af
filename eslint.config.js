import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import typescript from 'typescript-eslint';

const SOURCES = ['packages/*/src/**/*.ts', 'backends/*/src/**/*.ts', 'apps/*/src/**/*.{ts,tsx}'];
const TESTS = ['**/*.test.ts', 'test/**/*.ts', 'packages/testkit/**', 'packages/backend-testkit/**'];

const NODE_GLOBALS = Object.fromEntries(
  [
    'process',
    'console',
    'Buffer',
    'URL',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'fetch',
    'FormData',
    'Blob',
    'performance',
    'AbortSignal',
    'AbortController',
  ].map((name) => [name, 'readonly']),
);

const ENVIRONMENT_MESSAGE = 'Only packages/config reads the environment: take what is needed from the configuration.';

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/.next/',
    '**/node_modules/',
    '**/next-env.d.ts',
    'apps/console/src/gql/',
    'data/',
    'test/fixtures/',
  ]),

  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,

  // Scripts run before anything is compiled, so they are plain JavaScript.
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: NODE_GLOBALS } },

  {
    files: ['**/*.{ts,tsx}'],
    extends: [typescript.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['test/tsconfig.json', 'apps/console/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // An async function without await keeps the promise that its interface makes, and turns a throw into a rejection.
      '@typescript-eslint/require-await': 'off',
      // What createX returns are closures: their functions may be taken off.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },

  // A test reads answers as parsed JSON: when one holds something else, the test fails, which is its purpose.
  {
    files: TESTS,
    rules: Object.fromEntries(
      ['assignment', 'member-access', 'return', 'call', 'argument'].map((use) => [
        `@typescript-eslint/no-unsafe-${use}`,
        'off',
      ]),
    ),
  },

  // Results go through the API and lines through the logger; only the command line speaks to a person.
  { files: SOURCES, ignores: ['apps/cli/**', ...TESTS], rules: { 'no-console': 'error' } },

  {
    files: SOURCES,
    // spool-directory.ts sets TMPDIR for the upload library, which knows no other way.
    ignores: ['packages/config/**', 'apps/console/**', 'apps/api/src/http/spool-directory.ts', ...TESTS],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: ENVIRONMENT_MESSAGE }],
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'node:process', importNames: ['env'], message: ENVIRONMENT_MESSAGE }] },
      ],
    },
  },
);
