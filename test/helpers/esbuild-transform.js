/** Compiles a TypeScript module to CommonJS for jest, one file at a time, with inline source maps. */
const { transformSync } = require('esbuild');

module.exports = {
  process(source, filename) {
    return transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      sourcefile: filename,
      // Jest's module registry knows require only, so a lazy import becomes a lazy require.
      supported: { 'dynamic-import': false },
    });
  },
};
