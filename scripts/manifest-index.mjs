// An esbuild plug-in: what finding a command needs of oclif.manifest.json stands in the bundle, so that no start reads the manifest.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Cuts } from './cuts.mjs';

const MODULE = 'src/lib/cli/manifest-index.ts';

/** What the module itself says of the manifest. */
async function indexText() {
  const { outputFiles } = await build({
    entryPoints: [MODULE],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    write: false,
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(
    module,
    module.exports,
    createRequire(import.meta.url),
  );
  return JSON.stringify(module.exports.manifestIndex(resolve('.')));
}

export const manifestInBundle = {
  name: 'manifest-in-bundle',
  setup(build) {
    const cuts = new Cuts(build, [MODULE]);
    build.onLoad({ filter: /\/cli\/manifest-index\.ts$/ }, async () => {
      cuts.met(MODULE);
      return { contents: `export const manifestIndex = () => (${await indexText()});` };
    });
  },
};
