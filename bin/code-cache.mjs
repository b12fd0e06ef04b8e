// Writes V8's code cache of the bundles for the Node that runs this: what views compile, so that the next start need not. A
// build runs it, and so does npm when the package is installed (--if-built), where a failure is no reason not to install.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const isInstalled = process.argv.includes('--if-built');
if (isInstalled) {
  // In a checkout nothing is built yet. What views print is of no interest to who installs.
  if (!existsSync(join(root, 'dist', 'main.js'))) process.exit(0);
  process.stdout.write = (_text, ...rest) => (rest.findLast((one) => typeof one === 'function')?.(), true);
  process.on('uncaughtException', () => process.exit(0));
  process.on('unhandledRejection', () => process.exit(0));
}

const { loadBundle, writeCodeCache } = createRequire(import.meta.url)('./bundle.js');
const bundle = (name) => loadBundle(join(root, 'dist', name));
const main = bundle('main.js');
const target = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
for (const view of ['listener', 'route', 'cluster', 'endpoint']) {
  const status = await main.exports.main(root, ['proxy-config', view, target, '--sample']);
  if (status !== 0) throw new Error(`pc ${view} of the sample ends with ${status}`);
}

// What other commands load has the walk of a request.
const rest = bundle('rest.js');
const walk = await main.exports.main(root, ['proxy-config', 'trace', target, 'http://reviews:9080/', '--sample']);
if (walk !== 0) throw new Error(`pc trace of the sample ends with ${walk}`);

// Of a cluster, too, where a port can be opened; the client is loaded first, so that its cache is this one's to write.
const client = bundle('kubernetes.js');
try {
  const { withCluster } = await import('./warm-cluster.mjs');
  await withCluster(root, async (kubeconfig) => {
    const status = await main.exports.main(root, ['proxy-config', 'listener', 'web.shop', '--kubeconfig', kubeconfig]);
    if (status !== 0) throw new Error(`pc listener of a pod ends with ${status}`);
  });
} catch (error) {
  if (!isInstalled) throw error;
}
for (const own of [main, rest, client]) writeCodeCache(own);
