// Compiles WebAssembly text to base64: `node scripts/wat.mjs FILE` prints it; the build's esbuild plugin imports watToBase64.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import wabt from 'wabt';

export async function watToBase64(path) {
  const { parseWat } = await wabt();
  const module = parseWat(path, await readFile(path, 'utf8'), { simd: true });
  try {
    module.validate();
    return Buffer.from(module.toBinary({}).buffer).toString('base64');
  } finally {
    module.destroy();
  }
}

/** Lets bundled code import a `.wat` file: the module's bytes in base64. */
export const watPlugin = {
  name: 'wat',
  setup(build) {
    build.onLoad({ filter: /[.]wat$/ }, async ({ path }) => ({
      contents: `module.exports = ${JSON.stringify(await watToBase64(path))};`,
      watchFiles: [path],
    }));
  },
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(await watToBase64(process.argv[2]));
