/** Tests that hold mctl against real Envoys; one rig at a time. See docs/trace-fidelity.md. */
module.exports = {
  ...require('./jest.base.js'),
  testMatch: ['<rootDir>/test/differential/**/*.test.ts'],
  maxWorkers: 1,
};
