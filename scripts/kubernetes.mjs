// esbuild plug-ins for the cluster's client: a file of its own, and in it what a kubeconfig can ask for, loaded when it does.
import { Cuts, mustExport } from './cuts.mjs';

/** Leaves the client out of the main bundle: bin/kubernetes.js loads it, by a code cache of its own. */
export const clientApart = {
  name: 'client-apart',
  setup(build) {
    const cuts = new Cuts(build, ['src/vendor/kubernetes.mjs']);
    build.onResolve({ filter: /\/vendor\/kubernetes\.mjs$/ }, () => {
      cuts.met('src/vendor/kubernetes.mjs');
      return { path: '../bin/kubernetes.js', external: true };
    });
  },
};

/** Modules that @kubernetes/client-node's config imports, each as a text that exports what config uses of it. */
const INSTEAD = {
  // The generated API: thousands of classes for KubeConfig.makeApiClient, which mctl does not call.
  './gen/index.js': 'export const createConfiguration = undefined, ServerConfiguration = undefined;',
  // Node loads its fetch where it is named, 10 ms of a start; mctl calls nothing that makes headers of it.
  'node-fetch': 'export const Headers = function (...a) { return new globalThis.Headers(...a); };',
  // Proxies are loaded when a kubeconfig has them.
  hpagent: `
    export const HttpProxyAgent = function (options) { return new (require('hpagent').HttpProxyAgent)(options); };
    export const HttpsProxyAgent = function (options) { return new (require('hpagent').HttpsProxyAgent)(options); };`,
  'socks-proxy-agent': `
    export const SocksProxyAgent = function (...a) { return new (require('socks-proxy-agent').SocksProxyAgent)(...a); };`,
  // A credential plug-in keeps `spawn` from the start on, needed or not.
  'node:child_process': `
    const late = (name) => (...a) => require('child_process')[name](...a);
    export default Object.fromEntries(['spawn', 'spawnSync', 'execSync'].map((name) => [name, late(name)]));`,
  // mctl renews OpenID Connect tokens itself (src/lib/source/kubernetes/oidc.ts).
  'openid-client': 'export const discovery = undefined, refreshTokenGrant = undefined;',
};

export const leanClient = {
  name: 'lean-client',
  setup(build) {
    const cuts = new Cuts(build, Object.keys(INSTEAD));
    build.onStart(async () => {
      await mustExport('hpagent', 'HttpProxyAgent', 'HttpsProxyAgent');
      await mustExport('socks-proxy-agent', 'SocksProxyAgent');
    });
    build.onResolve({ filter: /.*/ }, ({ path, importer, namespace, resolveDir }) => {
      const isClient = namespace === 'file' && importer.includes('/@kubernetes/client-node/dist/');
      if (!isClient || !(path in INSTEAD)) return undefined;
      cuts.met(path);
      return { path, namespace: 'instead', pluginData: { resolveDir } };
    });
    build.onLoad({ filter: /.*/, namespace: 'instead' }, ({ path, pluginData }) => ({
      contents: INSTEAD[path],
      resolveDir: pluginData.resolveDir,
    }));
  },
};
