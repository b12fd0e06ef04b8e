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

// And of the cluster's client: what reading a kubeconfig compiles.
const client = loadBundle(resolve('dist/kubernetes.js'));
const config = new client.exports.KubeConfig();
config.loadFromString(
  JSON.stringify({
    'current-context': 'x',
    clusters: [{ name: 'x', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'x', user: { token: 'x' } }],
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
  }),
);
await config.applyToHTTPSOptions({});
const socket = new client.exports.WebSocket('ws://127.0.0.1:1');
await new Promise((resolve) => socket.once('error', resolve));
writeCodeCache(client.filename, client.script);
