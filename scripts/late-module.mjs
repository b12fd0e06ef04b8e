// For esbuild plug-ins: a module that is loaded when something of it is first used.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The text of a CommonJS module that has the same exports, each of which loads the real one. */
export function lateModule(path) {
  const real = require(path);
  return `
    Object.defineProperty(exports, '__esModule', { value: ${real.__esModule === true} });
    let loaded;
    for (const name of ${JSON.stringify(Object.keys(real))}) Object.defineProperty(exports, name, {
      enumerable: true,
      get: () => (loaded ??= require(${JSON.stringify(path)}))[name],
    });`;
}
