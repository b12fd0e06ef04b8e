// Many workloads of a ztunnel, and many rules or chains of iptables, out of the sample.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { addressOf } from './growth.mjs';

const SAMPLE = join(dirname(fileURLToPath(import.meta.url)), '../sample');
const NAME = 'productpage-v1-6b746f74dc-9stvs';
export const POD = `${NAME}.bookinfo`;

const unpacked = (path) => gunzipSync(readFileSync(join(SAMPLE, path)));
const range = (count, make) => Array.from({ length: count }, (_, index) => make(index));

/** A dump with so many workloads in 50 namespaces, each with a connection, and a tenth as many services of ten of them each and policies. */
export function writeManyWorkloads(file, count) {
  const dump = JSON.parse(unpacked('ambient/ztunnels/istio-system/ztunnel-7c4kd/config_dump.json.gz').toString('utf8'));
  const [workload] = dump.workloads;
  const [service] = dump.services;
  const [policy] = dump.policies;
  const uidOf = (n) => `Kubernetes//Pod/ns-${n % 50}/w-${n}`;
  const few = count / 10;
  const many = {
    ...dump,
    workloads: range(count, (n) => ({
      ...workload,
      name: `w-${n}`,
      namespace: `ns-${n % 50}`,
      uid: uidOf(n),
      workloadIps: [addressOf(n)],
    })),
    services: range(few, (n) => ({
      ...service,
      name: `s-${n}`,
      namespace: `ns-${n % 50}`,
      hostname: `s-${n}.ns-${n % 50}.svc.cluster.local`,
      vips: [`/${addressOf(n + (1 << 23))}`],
      endpoints: Object.fromEntries(
        range(10, (k) => uidOf(n * 10 + k)).map((uid) => [
          uid,
          { port: { 80: 80 }, status: 'Healthy', workloadUid: uid },
        ]),
      ),
    })),
    // A namespace has twenty of its own, as the wide table lists all that apply to each workload.
    policies: range(few, (n) => ({ ...policy, name: `p-${n}`, namespace: n < 1000 ? `ns-${n % 50}` : `other-${n}` })),
    workloadState: Object.fromEntries(
      range(count, (n) => {
        const to = `${addressOf(n)}:8080`;
        const inbound = [{ actualDst: to, originalDst: to, protocol: 'HBONE', src: `10.244.0.10:${n % 60_000}` }];
        const info = { name: `w-${n}`, namespace: `ns-${n % 50}`, serviceAccount: 'default' };
        return [`id-${n}`, { connections: { inbound, outbound: [] }, info, state: 'Up' }];
      }),
    ),
  };
  writeFileSync(file, JSON.stringify(many));
}

const REDIRECT = 'REDIRECT --to-ports 15001';
const RULES = {
  rules: (count) => [
    ...range(count, (n) => `-A OUTPUT -p tcp -d ${addressOf(n + (1 << 23))}/32 --dport ${n % 60_000} -j RETURN`),
    `-A OUTPUT -p tcp -j ${REDIRECT}`,
  ],
  chains: (count) => [
    ...range(count, (n) => `:C${n} - [0:0]`),
    '-A OUTPUT -p tcp -j C0',
    ...range(count - 1, (n) => `-A C${n} -p tcp -j C${n + 1}`),
    `-A C${count - 1} -p tcp -j ${REDIRECT}`,
  ],
};

/** A snapshot of the sample's productpage with so many rules, or chains that each jump to the next, in front of the redirect. */
export function writeManyRules(snapshot, kind, count) {
  const folder = join(snapshot, 'proxies/bookinfo', NAME);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(snapshot, 'kubernetes'));
  writeFileSync(join(snapshot, 'snapshot.json'), readFileSync(join(SAMPLE, 'snapshot.json')));
  for (const list of ['pods', 'services', 'endpointslices'])
    writeFileSync(join(snapshot, `kubernetes/${list}.json`), unpacked(`kubernetes/${list}.json.gz`));
  writeFileSync(join(folder, 'config_dump.json'), unpacked(`proxies/bookinfo/${NAME}/config_dump.json.gz`));
  const lines = ['*nat', ':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ...RULES[kind](count), 'COMMIT', ''];
  writeFileSync(join(folder, 'iptables.txt'), lines.join('\n'));
}
