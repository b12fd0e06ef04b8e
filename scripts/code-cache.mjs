// Writes V8's code cache of the bundle: what views compile, so that the next start need not.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const { loadBundle, writeCodeCache } = createRequire(import.meta.url)('../bin/bundle.js');
const { exports, script, filename } = loadBundle(resolve('dist/main.js'));
const target = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
for (const view of ['listener', 'route', 'cluster', 'endpoint']) {
  const status = await exports.main(resolve('.'), ['proxy-config', view, target, '--sample']);
  if (status !== 0) throw new Error(`pc ${view} of the sample ends with ${status}`);
}
writeCodeCache(filename, script);
