// Makes dumps of any size out of the sample: the resources of its productpage sidecar, again and again under other names.
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const SAMPLE = join(
  dirname(fileURLToPath(import.meta.url)),
  '../sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs',
);
const MEGABYTE = 1 << 20;
/** Sections that grow with a mesh, and the lists in them. */
const LISTS = ['dynamic_active_clusters', 'dynamic_listeners', 'dynamic_route_configs', 'dynamic_endpoint_configs'];

function sampleDump() {
  return JSON.parse(gunzipSync(readFileSync(join(SAMPLE, 'config_dump.json.gz'))).toString('utf8'));
}

/** Service names and addresses of copy `n`, so that names stay unique and rows look like rows of a mesh. */
function renamed(text, n) {
  return text
    .replaceAll('.bookinfo.svc.cluster.local', `.ns-${n}.svc.cluster.local`)
    .replaceAll(/"10\.(\d+)\.(\d+)\.(\d+)/g, `"10.$1.${n % 250}.$3`)
    .replaceAll(/"name":"(0\.0\.0\.0|10\.[\d.]+)_(\d+)"/g, (_all, ip, port) => `"name":"${ip}_${port}_${n}"`)
    .replaceAll(
      /"port_value":(\d+)/g,
      (_all, port) => `"port_value":${port === '15001' ? 15001 : (Number(port) + n) % 65536}`,
    );
}

/**
 * Writes a config_dump of about `megabytes` to a file, as Envoy lays it out.
 * @returns its size in bytes
 */
export function writeDump(path, megabytes) {
  const { configs } = sampleDump();
  const growing = configs.filter((config) => LISTS.some((list) => list in config));
  const once = JSON.stringify(growing).length;
  const copies = Math.max(1, Math.round((megabytes * MEGABYTE) / once));
  const file = openSync(path, 'w');
  try {
    writeSync(file, '{"configs":[');
    configs.forEach((config, index) => {
      if (index > 0) writeSync(file, ',');
      const list = LISTS.find((name) => name in config);
      if (list === undefined) return void writeSync(file, JSON.stringify(config));
      const { [list]: entries, ...rest } = config;
      writeSync(file, `${JSON.stringify(rest).slice(0, -1)},"${list}":[`);
      const text = JSON.stringify(entries).slice(1, -1);
      for (let n = 0; n < copies; n++) {
        if (n > 0) writeSync(file, ',');
        writeSync(file, n === 0 ? text : renamed(text, n));
      }
      writeSync(file, ']}');
    });
    writeSync(file, ']}');
  } finally {
    closeSync(file);
  }
  return statSync(path).size;
}

/** Writes a check file of so many requests over the sample, or over a dump that writeDump made: paths, users and hosts change. */
export function writeChecks(path, count, domain = '') {
  const hosts = ['reviews', 'details', 'ratings', 'productpage'].map((host) => `${host}${domain}`);
  const checks = Array.from({ length: count }, (_, n) => ({
    name: `request ${n}`,
    request: {
      url: `http://${hosts[n % 4]}:9080/${hosts[n % 4]}/${n}`,
      headers: { 'end-user': n % 3 === 0 ? 'luffy' : `user-${n}` },
    },
    expect: { verdict: 'delivered' },
  }));
  const proxy = domain === '' ? { proxy: 'productpage-v1-6b746f74dc-9stvs.bookinfo' } : {};
  writeFileSync(path, JSON.stringify({ ...proxy, checks }));
}

/** The sections of a dump with copies of their resources, until it has this many bytes. */
function grownTo(configs, bytes) {
  const grown = structuredClone(configs);
  for (let n = 1, size = JSON.stringify(grown).length; size < bytes; n++) {
    for (const [index, config] of configs.entries()) {
      const list = LISTS.find((name) => name in config);
      for (const entry of list === undefined ? [] : config[list]) {
        const text = renamed(JSON.stringify(entry), n);
        if ((size += text.length + 1) < bytes) grown[index][list].push(JSON.parse(text));
      }
    }
  }
  return grown;
}

/**
 * Writes a snapshot of so many proxies of 300 kB, every tenth of which is of a workload of its own, and a check for each.
 * @returns the check file
 */
export function writeMesh(directory, count) {
  const { configs } = sampleDump();
  const grown = grownTo(configs, 300_000);
  const isOwn = ({ '@type': type }) => /\.(?:Bootstrap|Secrets)ConfigDump$/.test(type);
  const pods = [];
  const checks = [];
  for (let n = 0; n < count; n++) {
    const kind = Math.floor(n / 10);
    const namespace = `ns-${kind % 50}`;
    const workload = `app-${kind}-6b746f74dc`;
    const name = `${workload}-${n}`;
    const ip = `10.${100 + (n >> 14)}.${(n >> 7) & 127}.${(n & 127) + 1}`;
    const ownText = (config) => {
      // Ten replicas each, to which istiod sends the same: only the bootstrap and the certificates are a pod's own.
      const pod = isOwn(config) ? name : `${workload}-0`;
      return JSON.stringify(config)
        .replaceAll('productpage-v1-6b746f74dc-9stvs.bookinfo', `${pod}.${namespace}`)
        .replaceAll('productpage-v1-6b746f74dc-9stvs', pod)
        .replaceAll(/sidecar~[\d.]+~/g, `sidecar~${ip}~`)
        .replaceAll('"10.244.0.', `"10.244.${kind % 250}.`);
    };
    const own = `{"configs":[${grown.map(ownText).join(',')}]}`;
    const folder = join(directory, 'proxies', namespace, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config_dump.json'), own);
    pods.push({
      metadata: { name, namespace, labels: { app: `app-${kind}` } },
      spec: { containers: [{ name: 'istio-proxy' }] },
      status: { podIP: ip, phase: 'Running' },
    });
    const request = { url: 'http://reviews.bookinfo:9080/' };
    checks.push({ name, proxy: `${name}.${namespace}`, request, expect: { verdict: 'delivered' } });
  }
  mkdirSync(join(directory, 'kubernetes'), { recursive: true });
  writeFileSync(join(directory, 'kubernetes/pods.json'), JSON.stringify({ kind: 'List', items: pods }));
  const file = join(directory, 'checks.json');
  writeFileSync(file, JSON.stringify({ checks }));
  return file;
}
