/** Jest runs TypeScript through esbuild; type errors are the type checker's job (npm run typecheck). */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/test/helpers/esbuild-transform.js' },
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/differential/'],
  verbose: false,
};
