import js from '@eslint/js';
import globals from 'globals';

/** What the page's core may use of a browser: what it is given, and what every JavaScript has. */
const NEUTRAL = { URL: 'readonly', URLSearchParams: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', atob: 'readonly' };

export default [
  { ignores: ['**/node_modules/**'] },
  js.configs.recommended,
  {
    rules: {
      'eqeqeq': 'error',
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      'no-shadow': ['error', { builtinGlobals: false }],
      'no-unused-vars': ['error', { args: 'after-used' }],
      'no-implicit-globals': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-console': 'error',
      'complexity': ['error', 12],
      'max-lines': ['error', 500],
      'max-len': ['error', 140],
      'semi': ['error', 'always'],
      'quotes': ['error', 'single', { avoidEscape: true }]
    }
  },
  {
    files: ['src/main/resources/page/**/*.js'],
    ignores: ['src/main/resources/page/core/**'],
    languageOptions: { globals: globals.browser }
  },
  { files: ['src/main/resources/page/core/*.js'], languageOptions: { globals: NEUTRAL } },
  { files: ['test/js/**/*.js'], languageOptions: { globals: globals.node } }
];
