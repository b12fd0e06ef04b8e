// Builds the package: CommonJS bundles of the commands and of all they need, with V8's code cache of each, and the library
// with its types.
import { build } from 'esbuild';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildApart } from './apart.mjs';
import { writeCommands } from './commands.mjs';
import { clientApart, leanClient } from './kubernetes.mjs';
import { lazyBuiltins } from './lazy-builtins.mjs';
import { leanOclif } from './oclif.mjs';
import { manifestInBundle } from './manifest-index.mjs';
import { bundledList, thirdPartyText } from './third-party.mjs';
import { bundleTypes } from './types.mjs';
import { watPlugin } from './wat.mjs';

/** Text in ASCII, so that a start reads it byte for byte: what esbuild leaves stands in regular expressions and strings. */
function ascii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

writeCommands();
// Types are made anew only where something changed: their compiler looks after dist/types itself, and the package has them
// in one file, dist/index.d.ts.
for (const name of existsSync('dist') ? readdirSync('dist') : []) {
  if ((name !== 'types' && name !== 'index.d.ts') || process.argv.includes('--clean'))
    rmSync(join('dist', name), { recursive: true, force: true });
}
const types = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {
  stdio: 'inherit',
});
const typesDone = once(types, 'exit');
const common = {
  outdir: 'dist',
  bundle: true,
  metafile: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Names stay, for stack traces with DEBUG; what goes is white space, which every start would read.
  minifyWhitespace: true,
  minifySyntax: true,
  mainFields: ['module', 'main'],
  logLevel: 'warning',
};
const write = ({ outputFiles }) => {
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ascii(text));
  }
};
const commands = await buildApart(
  {
    ...common,
    // @oclif/core asks for typescript only in a development checkout.
    external: ['typescript'],
    // A bundle that is run from V8's code cache has no import(), only require().
    supported: { 'dynamic-import': false },
    plugins: [leanOclif, watPlugin, clientApart, lazyBuiltins, manifestInBundle],
  },
  write,
);
const others = [
  await build({
    ...common,
    entryPoints: { index: 'src/index.ts' },
    // The cluster's client is a CommonJS file of its own: require() has its names, import() would not.
    supported: { 'dynamic-import': false },
    plugins: [watPlugin, clientApart],
  }),
  await build({
    ...common,
    entryPoints: { kubernetes: 'src/vendor/kubernetes.mts' },
    // What ws takes where it is installed.
    external: ['bufferutil', 'utf-8-validate'],
    plugins: [leanClient, lazyBuiltins],
  }),
];
others.forEach(write);
const metafiles = [...commands, ...others].map(({ metafile }) => metafile);
writeFileSync('dist/THIRD-PARTY-LICENSES', thirdPartyText(metafiles));
writeFileSync('dist/bundled.json', `${JSON.stringify(bundledList(metafiles), null, 2)}\n`);
execFileSync(process.execPath, ['bin/code-cache.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
const [status] = await typesDone;
if (status !== 0) process.exit(1);
bundleTypes('dist/types', 'src/index.d.ts', 'dist/index.d.ts');
