/** What every Jest configuration shares. Jest runs TypeScript through esbuild; type errors are the type checker's job (npm run typecheck). */
module.exports = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': '<rootDir>/test/helpers/esbuild-transform.js',
    '^.+\\.wat$': '<rootDir>/test/helpers/wat-transform.js',
  },
  // Lazy imports name the emitted file, as TypeScript asks.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1', '^ora$': '<rootDir>/test/helpers/no-spinner.js' },
  // A slow machine is no failure: tests that hang end, and no test is about time.
  testTimeout: 60_000,
};
