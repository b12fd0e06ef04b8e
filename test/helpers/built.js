/** Builds the program once, before any test runs, where there is none: a build takes its files away first, under tests that run them. */
const { execFileSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '../..');

module.exports = () => {
  if (['main.js', 'index.d.ts'].every((name) => existsSync(join(ROOT, 'dist', name)))) return;
  execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'ignore' });
};
