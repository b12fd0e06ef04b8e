// An esbuild plug-in: `@oclif/core` is its lean index in src/vendor.
import { resolve } from 'node:path';

export const leanOclif = {
  name: 'lean-oclif',
  setup(build) {
    build.onResolve({ filter: /^@oclif\/core$/ }, () => ({ path: resolve('src/vendor/oclif.ts') }));
  },
};
