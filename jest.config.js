/** Two projects: the quick tests of one module, and all others. `npm test` runs both. */
const base = require('./jest.base.js');

/** What takes long: fuzzed documents, whole corpora, and files that run the built program. */
const SLOW = [
  '<rootDir>/test/lib/scan/scan.test.ts',
  '<rootDir>/test/lib/scan/skipper.test.ts',
  '<rootDir>/test/lib/view/fields-in-table.test.ts',
];

const IGNORED = ['/node_modules/', '<rootDir>/test/differential/'];

module.exports = {
  verbose: false,
  // Jest takes it from here alone: in a project it says nothing.
  testTimeout: base.testTimeout,
  projects: [
    /** `npm run test:unit`: one module at a time, for while you write. */
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/lib/**/*.test.ts'],
      testPathIgnorePatterns: [...IGNORED, ...SLOW],
    },
    {
      ...base,
      displayName: 'whole',
      globalSetup: '<rootDir>/test/helpers/built.js',
      testMatch: [...SLOW, '<rootDir>/test/{commands,e2e,examples,fuzz,goldens,scripts}/**/*.test.ts'],
      testPathIgnorePatterns: IGNORED,
    },
  ],
};
