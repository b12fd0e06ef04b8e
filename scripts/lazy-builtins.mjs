// An esbuild plug-in: Node's own modules that few commands use are loaded when something of them is first used.
import { createRequire, isBuiltin } from 'node:module';

const require = createRequire(import.meta.url);

/** What every start needs, or has at hand: getters would only slow it. */
const AT_ONCE = new Set(['buffer', 'events', 'fs', 'module', 'path', 'process', 'stream', 'util', 'vm']);

const FILTER = /^(?:node:)?[a-z_]+(?:\/[a-z]+)?$/;

export const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: FILTER }, ({ path, kind, namespace }) => {
      const name = path.replace(/^node:/, '');
      if (namespace !== 'file' || kind === 'dynamic-import' || !isBuiltin(path) || AT_ONCE.has(name)) return undefined;
      return { path: name, namespace: 'lazy-builtin' };
    });
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({
      contents: `
        const names = ${JSON.stringify(Object.keys(require(path)))};
        for (const name of names) Object.defineProperty(exports, name, {
          enumerable: true,
          get: () => require(${JSON.stringify(`node:${path}`)})[name],
        });`,
    }));
  },
};
