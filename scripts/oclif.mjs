// An esbuild plug-in: `@oclif/core` is its lean index in src/vendor, and what it loads for rare cases waits for them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { Cuts } from './cuts.mjs';
import { lateModule } from './late-module.mjs';

const require = createRequire(import.meta.url);

/** Packages that oclif loads at once, each as a text that exports the same and loads it when it is used. */
const LATE = {
  // Colours of its own messages, which mctl does not print.
  'supports-color': 'module.exports = { stdout: false, stderr: false };',
  // Stack traces of its own errors.
  'clean-stack': "module.exports = (...a) => require('clean-stack')(...a);",
  // A plug-in's settings.
  lilconfig: lateModule('lilconfig'),
  // What DEBUG=oclif:* prints: the command line, with whatever secret is in it.
  debug: `
    const silent = () => Object.assign(() => undefined, { enabled: false, extend: silent });
    module.exports = silent;`,
};

const OCLIF = dirname(require.resolve('@oclif/core/package.json'));

/** Parts of oclif that a command which runs well never uses: help, output, plug-ins. Loaded when something of them is used. */
const LATE_PARTS = new Set([
  'lib/help/index.js',
  'lib/help/util.js',
  'lib/ux/index.js',
  'lib/config/index.js',
  'lib/ux/list.js',
  'lib/screen.js',
]);

/**
 * A listener of oclif's throws every error of standard output but a broken pipe, where nobody can catch it. mctl's own listeners
 * take them all (src/lib/cli/outlet.ts): a socket whose reader resets it, a terminal that goes away.
 */
const THROWING_LISTENER = /^process\.stdout\.on\('error', \(err\) => \{\n.*?^\}\);\n/ms;
const LISTENER = 'the listener that throws';

export const leanOclif = {
  name: 'lean-oclif',
  setup(build) {
    const cuts = new Cuts(build, ['@oclif/core', ...Object.keys(LATE), ...LATE_PARTS, LISTENER]);
    build.onResolve({ filter: /^@oclif\/core$/ }, ({ path }) => {
      cuts.met(path);
      return { path: resolve('src/vendor/oclif.ts') };
    });
    build.onResolve({ filter: /^(?:supports-color|clean-stack|lilconfig|debug)$/ }, ({ path, importer, namespace }) => {
      if (namespace === 'late') return { path: require.resolve(path) };
      if (!importer.includes('/@oclif/core/') && !importer.includes('/debug/')) return undefined;
      cuts.met(path);
      return { path, namespace: 'late' };
    });
    build.onResolve({ filter: /^\./ }, ({ path, importer, namespace }) => {
      if (namespace !== 'file' || !importer.startsWith(join(OCLIF, 'lib'))) return undefined;
      const part = relative(OCLIF, require.resolve(join(dirname(importer), path)));
      if (!LATE_PARTS.has(part)) return undefined;
      cuts.met(part);
      return { path: part, namespace: 'late-part' };
    });
    build.onLoad({ filter: /@oclif\/core\/lib\/command\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replace(THROWING_LISTENER, '');
      if (contents !== text) cuts.met(LISTENER);
      return { contents };
    });
    build.onLoad({ filter: /.*/, namespace: 'late-part' }, ({ path }) => ({
      contents: lateModule(join(OCLIF, path)),
      resolveDir: OCLIF,
    }));
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: LATE[path],
      resolveDir: resolve('.'),
    }));
  },
};
