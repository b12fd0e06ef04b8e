// An esbuild plug-in: `@oclif/core` is its lean index in src/vendor, and what it loads for rare cases waits for them.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(import.meta.url);

/** Packages that oclif loads at once, each as a text that exports the same and loads it when it is used. */
const LATE = {
  // Colours of its own messages, which mctl does not print.
  'supports-color': 'module.exports = { stdout: false, stderr: false };',
  // Stack traces of its own errors.
  'clean-stack': "module.exports = (...a) => require('clean-stack')(...a);",
  // A plug-in's settings.
  lilconfig: `
    exports.lilconfig = (...a) => require('lilconfig').lilconfig(...a);
    exports.lilconfigSync = (...a) => require('lilconfig').lilconfigSync(...a);`,
  // What DEBUG=oclif:* prints.
  debug: `
    const silent = () => Object.assign(() => undefined, { enabled: false, extend: silent });
    module.exports = process.env.DEBUG ? require('debug') : silent;`,
};

export const leanOclif = {
  name: 'lean-oclif',
  setup(build) {
    build.onResolve({ filter: /^@oclif\/core$/ }, () => ({ path: resolve('src/vendor/oclif.ts') }));
    build.onResolve({ filter: /^(?:supports-color|clean-stack|lilconfig|debug)$/ }, ({ path, importer, namespace }) => {
      if (namespace === 'late') return { path: require.resolve(path) };
      return importer.includes('/@oclif/core/') || importer.includes('/debug/')
        ? { path, namespace: 'late' }
        : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: LATE[path],
      resolveDir: resolve('.'),
    }));
  },
};
