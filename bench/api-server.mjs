// A process of its own with the tests' API server and one pod, web.shop, whose Envoy has the sample's configuration: writes a
// kubeconfig to the path that it is given, says `ready`, and ends with its standard input.
import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const SAMPLE = 'sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs/config_dump.json.gz';

/** The tests' API server and Envoy, bundled into a directory. */
export async function helpers(directory) {
  const outfile = join(directory, 'helpers.cjs');
  await build({
    stdin: {
      contents: `export * from './test/helpers/kube-api/kube-api'; export * from './test/helpers/kube-api/canned-envoy';`,
      resolveDir: resolve('.'),
    },
    bundle: true,
    platform: 'node',
    external: ['bufferutil', 'utf-8-validate'],
    outfile,
    logLevel: 'error',
  });
  return createRequire(import.meta.url)(outfile);
}

const [, script, kubeconfig] = process.argv;
if (script === new URL(import.meta.url).pathname) {
  const { KubeApi, CannedEnvoy } = await helpers(dirname(kubeconfig));
  const api = await KubeApi.start();
  const envoy = await CannedEnvoy.start({ configDump: gunzipSync(readFileSync(SAMPLE)).toString('utf8') });
  api.addPod({ name: 'web', namespace: 'shop' }, { port: envoy.port });
  writeFileSync(kubeconfig, api.kubeconfig());
  process.stdout.write('ready\n');
  process.stdin.on('end', () => process.exit(0)).resume();
}
