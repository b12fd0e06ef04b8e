// An esbuild plug-in: Node's own modules that few commands use are loaded when something of them is first used.
import { isBuiltin } from 'node:module';
import { lateModule } from './late-module.mjs';

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
      contents: lateModule(`node:${path}`),
    }));
  },
};
