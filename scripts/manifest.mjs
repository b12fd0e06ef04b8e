// Writes oclif.manifest.json from the built commands; --check fails when the committed one is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { commandsText } from './commands.mjs';
const require = createRequire(import.meta.url);
const { Plugin } = require('@oclif/core');

const root = new URL('..', import.meta.url).pathname;
const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
const text = JSON.stringify(plugin.manifest, null, 2) + '\n';
if (process.argv.includes('--check')) {
  if (readFileSync('src/commands.ts', 'utf8') !== commandsText()) {
    console.error('src/commands.ts is stale: run `npm run build` and commit it.');
    process.exit(1);
  }
  if (readFileSync('oclif.manifest.json', 'utf8') !== text) {
    console.error('oclif.manifest.json is stale: run `npm run build && npm run manifest` and commit it.');
    process.exit(1);
  }
} else writeFileSync('oclif.manifest.json', text);
