/** Tests that hold mctl against real Envoys; one rig at a time. See docs/trace-fidelity.md. */
const { testPathIgnorePatterns: _ignored, ...base } = require('./jest.config.js');

module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/differential/**/*.test.ts'],
  maxWorkers: 1,
};
