// Loads a bundle by V8's code cache where one fits this version of Node; without one it is compiled, as any module is.
const { readFileSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

/** Runs a CommonJS bundle; `require` of its path gives the same module afterwards. */
function loadBundle(filename) {
  const cachedData = readIfThere(cacheOf(filename));
  const script = new Script(Module.wrap(readFileSync(filename, 'latin1')), { filename, cachedData });
  const bundle = new Module(filename, module);
  bundle.filename = filename;
  require.cache[filename] = bundle;
  const run = script.runInThisContext();
  run.call(bundle.exports, bundle.exports, Module.createRequire(filename), bundle, filename, dirname(filename));
  bundle.loaded = true;
  return { exports: bundle.exports, script, filename };
}

/** Saves what a loaded bundle has compiled so far, for the next start. */
function writeCodeCache(filename, script) {
  writeFileSync(cacheOf(filename), script.createCachedData());
}

/** A cache fits one build of V8 on one kind of processor; V8 itself checks the rest and refuses what does not fit. */
function cacheOf(filename) {
  return `${filename}.${process.versions.v8}-${process.arch}.cache`;
}

function readIfThere(filename) {
  try {
    return readFileSync(filename);
  } catch {
    return undefined;
  }
}

module.exports = { loadBundle, writeCodeCache };
