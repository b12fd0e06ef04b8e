// Makes a captured mesh of so many sidecars that each know so many Services, out of the sample: two pods a workload, one port for
// all Services, as istiod delivers it where no Sidecar resource narrows it down.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const SAMPLE = join(
  dirname(fileURLToPath(import.meta.url)),
  '../sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs',
);
const HOST = 'ratings.bookinfo.svc.cluster.local';
const REPLICAS = 2;

const podOf = (n) => ({
  name: `app-${Math.floor(n / REPLICAS)}-6b746f74dc-${n}`,
  namespace: `ns-${Math.floor(n / REPLICAS) % 50}`,
  ip: `10.${100 + (n >> 14)}.${(n >> 7) & 127}.${(n & 127) + 1}`,
});

/** Of Service n the names and, of those with sidecars, the pods. */
function serviceOf(n, sidecars) {
  const namespace = `ns-${n % 50}`;
  const name = `app-${n}`;
  const own = Array.from({ length: REPLICAS }, (_, at) => n * REPLICAS + at);
  const ips = n * REPLICAS < sidecars ? own.map((at) => podOf(at).ip) : own.map((at) => `10.90.${at >> 8}.${at & 255}`);
  return { name, namespace, host: `${name}.${namespace}.svc.cluster.local`, ip: `10.96.${n >> 8}.${n & 255}`, ips };
}

function renamed(value, { host, name, namespace, ip }) {
  const text = JSON.stringify(value)
    .replaceAll(HOST, host)
    .replaceAll('ratings.bookinfo.svc', `${name}.${namespace}.svc`)
    .replaceAll('ratings.bookinfo', `${name}.${namespace}`)
    // All have the certificate of the sample's productpage.
    .replaceAll('/sa/bookinfo-ratings', '/sa/bookinfo-productpage')
    .replaceAll(/"10\.96\.[\d.]+"/g, `"${ip}"`);
  return JSON.parse(text);
}

function withAddresses(entry, ips) {
  const [locality] = entry.endpoint_config.endpoints;
  const [one] = locality.lb_endpoints;
  locality.lb_endpoints = ips.map((address) => {
    const own = structuredClone(one);
    own.endpoint.address.socket_address.address = address;
    return own;
  });
  return entry;
}

/** The dump of productpage with these Services beside those of bookinfo, as istiod makes it for a namespace: its own have short names. */
function grown(services, namespace) {
  const dump = JSON.parse(gunzipSync(readFileSync(join(SAMPLE, 'config_dump.json.gz'))).toString('utf8'));
  const section = (list) => dump.configs.find((config) => list in config)?.[list] ?? [];
  const clusters = section('dynamic_active_clusters');
  const cluster = clusters.find((one) => one.cluster.name === `outbound|9080||${HOST}`);
  const endpoints = section('dynamic_endpoint_configs');
  const assignment = endpoints.find((one) => one.endpoint_config.cluster_name === `outbound|9080||${HOST}`);
  const routes = section('dynamic_route_configs').find((one) => one.route_config.name === '9080').route_config;
  const virtualHost = routes.virtual_hosts.find((one) => one.name.startsWith(HOST));
  for (const service of services) {
    clusters.push(renamed(cluster, service));
    if (assignment !== undefined) endpoints.push(withAddresses(renamed(assignment, service), service.ips));
    const host = renamed(virtualHost, service);
    host.domains = host.domains
      .filter((domain) => domain !== 'ratings' && domain !== 'ratings:9080')
      .concat(service.namespace === namespace ? [service.name, `${service.name}:9080`] : []);
    routes.virtual_hosts.push(host);
  }
  return JSON.stringify(dump);
}

/**
 * Writes the snapshot.
 * @returns a pod of it, `POD.NAMESPACE`, that many can reach
 */
export function writeSidecars(directory, sidecars, services) {
  const all = Array.from({ length: services }, (_, n) => serviceOf(n, sidecars));
  const byNamespace = new Map();
  const pods = [];
  for (let n = 0; n < sidecars; n++) {
    const { name, namespace, ip } = podOf(n);
    const workload = `app-${Math.floor(n / REPLICAS)}`;
    const folder = join(directory, 'proxies', namespace, name);
    mkdirSync(folder, { recursive: true });
    const text = byNamespace.get(namespace) ?? grown(all, namespace);
    byNamespace.set(namespace, text);
    const own = text
      .replaceAll('productpage-v1-6b746f74dc-9stvs.bookinfo', `${name}.${namespace}`)
      .replaceAll('productpage-v1-6b746f74dc-9stvs', name)
      .replaceAll(/sidecar~[\d.]+~/g, `sidecar~${ip}~`);
    writeFileSync(join(folder, 'config_dump.json'), own);
    pods.push({
      metadata: { name, namespace, labels: { app: workload } },
      spec: { containers: [{ name: 'istio-proxy' }] },
      status: { podIP: ip, phase: 'Running' },
    });
  }
  for (const { name, namespace, ips } of all.filter((_, n) => n * REPLICAS >= sidecars)) {
    const spec = { containers: [{ name: 'app' }] };
    for (const [at, podIP] of ips.entries()) {
      pods.push({ metadata: { name: `${name}-${at}`, namespace }, spec, status: { podIP, phase: 'Running' } });
    }
  }
  mkdirSync(join(directory, 'kubernetes'), { recursive: true });
  writeFileSync(join(directory, 'kubernetes/pods.json'), JSON.stringify({ kind: 'List', items: pods }));
  const { name, namespace } = podOf(0);
  return `${name}.${namespace}`;
}
