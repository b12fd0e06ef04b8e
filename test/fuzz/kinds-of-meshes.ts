/** Changed files of snapshots, and changed answers of a running Envoy. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { dumps } from './inputs';
import { changedDocument, FORMATS, type Kind, REACH_FORMATS, VALUE_FORMATS } from './kind';
import { changedTwice } from './mutate-text';
import { traceOf } from './kinds-of-dumps';
import type { Place } from './place';
import type { Random } from './random';

type Words = readonly string[];

const POD = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const SIDECARS = {
  traces: [
    [POD, 'http://reviews:9080/reviews/0', '-H', 'end-user: luffy'],
    [POD, 'http://details:9080/'],
  ],
};
const AMBIENT = {
  traces: [
    [POD, 'http://reviews:9080/reviews/0'],
    [POD, 'http://details:9080/', '--all-branches'],
  ],
};

export const MESH_KINDS: readonly Kind[] = [
  {
    name: 'a file of a snapshot',
    weight: 6,
    prepare: (random, place) => ofSnapshot(random, place, place.snapshot, snapshotCommand),
  },
  {
    name: 'a file of an ambient snapshot',
    weight: 6,
    prepare: (random, place) => ofSnapshot(random, place, place.ambient, ambientCommand),
  },
  {
    name: 'iptables rules',
    weight: 5,
    prepare: (random, place) => {
      const [namespace, pod] = ['bookinfo', 'productpage-v1-6b746f74dc-9stvs'];
      const path = join(place.snapshot, 'proxies', namespace, pod, 'iptables.txt');
      const [text, changes] = changedTwice(readFileSync(path, 'utf8'), random);
      place.put(path, text);
      const argv = [...traceOf(random, SIDECARS), '--snapshot', place.snapshot];
      return { input: 'iptables.txt', changes, argv, usage: true };
    },
  },
  {
    name: 'answers of a running Envoy',
    weight: 8,
    prepare: (random, place) => {
      const [path, text, argv] = random.of(ANSWERS);
      const isDocument = text.startsWith('{') && random.below(3) > 0;
      const [answer, changes] = isDocument ? changedDocument({ text }, random) : changedTwice(text, random);
      place.answers.set('/config_dump', dumps()[0]?.text ?? '');
      place.answers.set('/server_info', SERVER_INFO);
      place.answers.set(path, answer);
      return {
        input: `${path} of a running Envoy`,
        changes,
        argv: [...argv(random), '--admin', place.adminUrl],
        usage: true,
      };
    },
  },
];

/** One file changed, as JSON or as text. */
function ofSnapshot(
  random: Random,
  place: Place,
  root: string,
  command: (random: Random, place: Place) => Words,
): ReturnType<Kind['prepare']> {
  // Of several proxies, the files of one are as likely as the Kubernetes lists.
  const files = place
    .filesOf(root)
    .filter((name) => !/proxies\/.*(?:config_dump|clusters)/.test(name) || name.includes('productpage'));
  const name = random.of(files);
  const path = join(root, name);
  const text = readFileSync(path, 'utf8');
  const isDocument = name.endsWith('.json') && random.below(5) > 0;
  const [changed, changes] = isDocument ? changedDocument({ text }, random) : changedTwice(text, random);
  place.put(path, changed);
  return { input: name, changes, argv: command(random, place), usage: true };
}

function snapshotCommand(random: Random, { snapshot, free }: Place): Words {
  const source = ['--snapshot', snapshot];
  return random.of<() => Words>([
    () => [...traceOf(random, SIDECARS), ...source],
    () => [...traceOf(random, SIDECARS), ...source],
    () => ['proxy-status', ...source, '-o', random.of(FORMATS)],
    () => ['capture', free, '-A', '--redact', '--redact-map', `${free}.map.json`, ...source],
    () => ['check', '--generate', ...source],
    () => ['diff', POD, 'details-v1-79f774bdb9-6jl84.bookinfo', ...source],
    () => ['replay', '-', '--proxy', POD, ...source],
    () => ['capture', free, 'deploy/productpage-v1.bookinfo', '--gzip', ...source],
    () => ['pc', 'listener', 'deploy/productpage-v1.bookinfo', ...source],
    () => ['pc', 'cluster', 'svc/reviews.bookinfo', '--all-replicas', ...source, '-o', random.of(FORMATS)],
    () => ['pc', 'endpoint', '-l', 'app=reviews', '-n', 'bookinfo', ...source],
    () => ['lint', ...source, POD],
    () => ['pc', 'rootca-compare', POD, 'details-v1-79f774bdb9-6jl84.bookinfo', ...source],
    () => ['reach', POD, '--where', 'host=details', '--max-classes', '20', ...source, '-o', random.of(REACH_FORMATS)],
    () => ['__complete', '--', 'pc', 'listener', ...source, random.of(['', 'p', '-n'])],
  ])();
}

function ambientCommand(random: Random, { ambient, free }: Place): Words {
  const source = ['--snapshot', ambient];
  const zc = (view: string): Words => [
    'zc',
    view,
    ...source,
    '-o',
    random.of<string>(view === 'all' ? VALUE_FORMATS : FORMATS),
  ];
  return random.of<() => Words>([
    () => [...traceOf(random, AMBIENT), ...source],
    () => [...traceOf(random, AMBIENT), ...source],
    () => zc(random.of(['workload', 'service', 'policy', 'certificate', 'connections', 'all'])),
    () => zc(random.of(['workload', 'service', 'policy', 'certificate', 'connections', 'all'])),
    () => ['zc', 'workload', '--node', 'n1', ...source],
    () => ['proxy-status', ...source, '-o', random.of(FORMATS)],
    () => ['capture', free, '-A', '--redact', ...source],
    () => ['lint', ...source],
    () => ['pc', 'cluster', 'waypoint-64b5d-xyz.bookinfo', ...source],
    () => ['reach', POD, '--where', 'host=reviews', '--max-classes', '10', ...source],
    () => ['explain', 'reviews', ...source],
  ])();
}

const SERVER_INFO = JSON.stringify({
  version: 'x/1.37.0/Clean/RELEASE/BoringSSL',
  state: 'LIVE',
  node: { id: 'sidecar~10.244.0.5~p1.ns~ns.svc.cluster.local' },
});
const STATS = `cluster.outbound|9080||reviews.bookinfo.svc.cluster.local.upstream_rq_200: 3\nserver.live: 1\nhttp.x.downstream_rq_time: P0(1,1) P50(1.05,1.05)\n`;
const PROMETHEUS = `# TYPE envoy_cluster_upstream_rq counter\nenvoy_cluster_upstream_rq{cluster="a",code="200"} 3\n# TYPE x gauge\nx{} 1\n`;
const CLUSTERS = `outbound|9080||reviews::observability_name::x\noutbound|9080||reviews::10.0.0.1:9080::cx_active::1\noutbound|9080||reviews::10.0.0.1:9080::health_flags::healthy\n`;
const LOGGING = `active loggers:\n  admin: warning\n  http: info\n  rbac: debug\n`;

const stats =
  (...more: Words) =>
  (random: Random): Words => ['pc', 'stats', ...more, '-o', random.of(['json', 'yaml', 'jsonpath={..name}'])];

/** Paths, what is answered there, and who asks. */
const ANSWERS: readonly (readonly [path: string, text: string, argv: (random: Random) => Words])[] = [
  ['/stats', STATS, (random) => ['pc', 'stats', ...random.of<Words>([[], ['--name', 'reviews'], ['--used-only']])]],
  [
    '/stats',
    JSON.stringify({ stats: [{ name: 'a', value: 1 }, { histograms: { supported_quantiles: [0, 50] } }] }),
    stats(),
  ],
  [
    '/stats/prometheus',
    PROMETHEUS,
    (random) => ['pc', 'stats', '-o', 'prom', ...random.of<Words>([[], ['--name', 'a']])],
  ],
  [
    '/clusters',
    CLUSTERS,
    (random) => ['pc', 'stats', '--type', 'cluster', ...random.of<Words>([[], ['--name', 'reviews']])],
  ],
  [
    '/clusters',
    JSON.stringify({
      cluster_statuses: [
        {
          name: 'a',
          host_statuses: [
            {
              address: { socket_address: { address: '1.2.3.4', port_value: 1 } },
              stats: [{ name: 'x', value: '1' }],
              health_status: { eds_health_status: 'HEALTHY' },
            },
          ],
        },
      ],
    }),
    stats('--type', 'cluster'),
  ],
  [
    '/logging',
    LOGGING,
    (random) => [
      'pc',
      'log',
      ...random.of<Words>([[], ['--level', 'debug'], ['--level', 'http:debug,rbac:trace'], ['--reset']]),
      '-o',
      random.of(['short', 'wide', 'json', 'yaml']),
    ],
  ],
  ['/logging', LOGGING, (random) => ['zc', 'log', ...random.of<Words>([[], ['--level', 'debug']])]],
  ['/server_info', SERVER_INFO, (random) => ['proxy-status', '-o', random.of(FORMATS)]],
  [
    '/config_dump',
    dumps()[0]?.text ?? '',
    (random) => ['pc', random.of(['listener', 'cluster', 'route', 'endpoint']), '-o', random.of(FORMATS)],
  ],
];
