// Loads a bundle by V8's code cache where one fits this version of Node; without one it is compiled, as any module is.
const { readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');
const { crc32 } = require('node:zlib');

/** Bundles of this process that had no cache to be trusted. */
const uncached = [];

/** Every bundle of this process, by its path. */
const loaded = new Map();

/** Runs a CommonJS bundle, once; `require` of its path gives the same module afterwards. */
function loadBundle(filename) {
  const known = loaded.get(filename) ?? runBundle(filename);
  loaded.set(filename, known);
  return known;
}

/** A bundle that is not there, is cut off or is no program: what is installed was damaged. bin/run.js and the command line tell it by its code. */
const DAMAGED = 'ERR_MCTL_DAMAGED';

function runBundle(filename) {
  try {
    return runSource(filename);
  } catch (error) {
    delete require.cache[filename];
    if (error.code === DAMAGED) throw error;
    throw Object.assign(new Error(`${filename} cannot be loaded: ${error.message}`, { cause: error }), {
      code: DAMAGED,
    });
  }
}

function runSource(filename) {
  const source = readFileSync(filename);
  const cachedData = trusted(readIfThere(cacheOf(filename)), source);
  const script = new Script(Module.wrap(source.latin1Slice()), { filename, cachedData });
  const bundle = new Module(filename, module);
  bundle.filename = filename;
  require.cache[filename] = bundle;
  const run = script.runInThisContext();
  run.call(bundle.exports, bundle.exports, Module.createRequire(filename), bundle, filename, dirname(filename));
  if (Object.keys(bundle.exports).length === 0) throw new Error('there is nothing in it');
  bundle.loaded = true;
  const own = { exports: bundle.exports, script, filename, source };
  if (cachedData === undefined) uncached.push(own);
  return own;
}

/**
 * Saves what a loaded bundle has compiled so far, for the next start, in one step. It is sealed with the source that was
 * loaded: the file may be another one by now.
 */
function writeCodeCache({ filename, script, source }) {
  if (crc32 === undefined) return;
  const draft = `${cacheOf(filename)}.${process.pid}`;
  // First of all, so that nothing is made in vain where nothing may be written. A file that is there already is somebody else's.
  writeFileSync(draft, '', { flag: 'wx' });
  try {
    const code = script.createCachedData();
    writeFileSync(draft, Buffer.concat([code, sealOf(code, source)]));
    renameSync(draft, cacheOf(filename));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Saves the caches that no installation has made, at the end of the first run, from what that run has compiled. Where they
 * cannot be kept (a directory that only another user may write, a full disk) every run compiles its bundle, and none fails.
 */
function keepCodeCaches() {
  for (const own of uncached.splice(0)) {
    try {
      writeCodeCache(own);
    } catch {
      return;
    }
  }
}

/** A cache fits one build of V8 on one kind of processor: V8 itself checks that, and refuses what does not fit. */
function cacheOf(filename) {
  return `${filename}.${process.versions.v8}-${process.arch}.cache`;
}

const SEAL = 12;

/**
 * What stands behind the code: its length, its checksum and that of the bundle. V8 looks at the length of a source alone, and
 * at no byte of the code: it would run what an older bundle of the same length said, and a flipped bit ends the process.
 * CRC-32 finds every flipped bit; who may write the cache may write the bundle, so that it need not be a secret.
 */
function sealOf(code, source) {
  const seal = Buffer.alloc(SEAL);
  seal.writeUInt32LE(code.length, 0);
  seal.writeUInt32LE(crc32(code), 4);
  seal.writeUInt32LE(crc32(source), 8);
  return seal;
}

/** The code of a cache that is whole and of this bundle; undefined for any other, and on Node before 20.15, which has no crc32. */
function trusted(cache, source) {
  if (cache === undefined || cache.length < SEAL || crc32 === undefined) return undefined;
  const code = cache.subarray(0, cache.length - SEAL);
  return sealOf(code, source).equals(cache.subarray(code.length)) ? code : undefined;
}

/** More than any bundle compiles to. */
const LARGEST = 64 * 1024 * 1024;

/** A device has no end, and a pipe waits for who writes to it. */
function readIfThere(filename) {
  try {
    const stats = statSync(filename);
    return stats.isFile() && stats.size <= LARGEST ? readFileSync(filename) : undefined;
  } catch {
    return undefined;
  }
}

module.exports = { DAMAGED, keepCodeCaches, loadBundle, writeCodeCache };
