// Builds the package: one CommonJS bundle of the commands and everything they need at start-up.
import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { watPlugin } from './wat.mjs';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['@oclif/core', '@kubernetes/client-node', 'ora', 'typescript'],
  plugins: [watPlugin],
  logLevel: 'warning',
});
