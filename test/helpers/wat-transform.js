/** Lets tests import WebAssembly text as the build does: compiled to the module's bytes in base64. */
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

module.exports = {
  process(_source, filename) {
    const script = join(__dirname, '../../scripts/wat.mjs');
    const base64 = execFileSync(process.execPath, [script, filename], { encoding: 'utf8' }).trim();
    return { code: `module.exports = ${JSON.stringify(base64)};` };
  },
};
