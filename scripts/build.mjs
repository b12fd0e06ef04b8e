// Builds the package: one CommonJS bundle of the commands and of all they need, and V8's code cache of it.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { leanOclif } from './oclif.mjs';
import { watPlugin } from './wat.mjs';

/** Text in ASCII, so that a start reads it byte for byte: what esbuild leaves stands in regular expressions and strings. */
function ascii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

rmSync('dist', { recursive: true, force: true });
const { outputFiles } = await build({
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Names stay, for stack traces with DEBUG; what goes is white space, which every start would read.
  minifyWhitespace: true,
  minifySyntax: true,
  mainFields: ['module', 'main'],
  // @oclif/core asks for typescript only in a development checkout.
  external: ['@kubernetes/client-node', 'typescript'],
  plugins: [leanOclif, watPlugin],
  logLevel: 'warning',
});
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, ascii(text));
}
execFileSync(process.execPath, ['scripts/code-cache.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
