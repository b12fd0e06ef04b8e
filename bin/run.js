#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { end, printWhole } = require('./end.js');

const root = join(__dirname, '..');
const argv = process.argv.slice(2);
if (argv.length === 1 && argv[0] === '--version') {
  // What scripts ask first, and most often: it needs nothing of the bundle.
  const { version } = require('../package.json');
  printWhole(`mctl/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  const { DAMAGED, keepCodeCaches, loadBundle } = require('./bundle.js');
  const bundle = join(root, 'dist', 'main.js');
  if (!existsSync(bundle)) {
    process.stderr.write(
      `Error: mctl is not built: there is no ${bundle}\nIn a clone, run: npm ci && npm run build (and then npm install -g . where it shall be on the path)\n`,
      () => end(69),
    );
    return;
  }
  let main;
  try {
    ({ main } = loadBundle(bundle).exports);
  } catch (error) {
    if (error.code !== DAMAGED) throw error;
    process.stderr.write(`Error: ${error.message}\nmctl is damaged: install it again.\n`, () => end(69));
    return;
  }
  // Where nothing is left to wait for and there is no status yet, a promise was forgotten: never a success.
  process.once('beforeExit', () => {
    process.stderr.write('Error: mctl itself failed: it ended without an answer\n', () => end(70));
  });
  const { isOutputClosed } = require('./closed-output.js');
  void main(root, argv, end, isOutputClosed).then((status) => {
    keepCodeCaches();
    end(status);
  });
}
