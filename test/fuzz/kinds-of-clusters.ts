/** Changed answers of an API server, changed kubeconfigs and manifests, and what commands read beside a dump. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dumps, logLines, ztunnelDumps } from './inputs';
import { changedDocument, FORMATS, type Kind, REACH_FORMATS, REPLAY_FORMATS, TRACE_FORMATS } from './kind';
import { CHECKS, traceOf } from './kinds-of-dumps';
import { changedTwice } from './mutate-text';
import type { Place } from './place';
import type { Random } from './random';

type Words = readonly string[];

const NAMESPACE = 'bookinfo';
const NAME = 'productpage-v1-6b746f74dc-9stvs';
const POD = `${NAME}.${NAMESPACE}`;
const URL = 'http://reviews:9080/reviews/0';
const MANIFESTS = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: bookinfo}
spec:
  hosts: [reviews]
  http:
  - match: [{headers: {end-user: {exact: luffy}}}]
    route: [{destination: {host: reviews, subset: v2}, weight: 100}]
  - name: rest
    route:
    - destination: {host: reviews, subset: v1}
---
apiVersion: v1
kind: List
items:
- {apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: a, namespace: bookinfo}, spec: {rules: [{to: [{operation: {paths: [/x]}}]}]}}
`;

/** Lists of the API server, by the part of their path behind the namespace. */
const LISTS: readonly (readonly [api: string, list: string])[] = [
  ['/api/v1', 'pods'],
  ['/api/v1', 'services'],
  ['/api/v1', 'nodes'],
  ['/apis/discovery.k8s.io/v1', 'endpointslices'],
];
const STATUS = {
  kind: 'Status',
  status: 'Failure',
  message: 'x',
  reason: 'NotFound',
  code: 404,
  details: { causes: [] },
};

export const CLUSTER_KINDS: readonly Kind[] = [
  {
    name: 'lists of an API server',
    weight: 4,
    prepare: (random, place) => {
      const changes = serveLists(random, place);
      return { input: 'an API server', changes, argv: ofCluster(random, place, kubeconfig(place)), usage: true };
    },
  },
  {
    name: 'an object of an API server',
    weight: 2,
    prepare: (random, place) => {
      serveLists(null, place);
      const [pod] = itemsOf(place, 'pods');
      const [text, changes] = changedDocument({ text: JSON.stringify(random.of([pod, STATUS])) }, random);
      place.answers.set(`/api/v1/namespaces/${NAMESPACE}/pods/${NAME}`, text);
      return { input: 'a pod', changes, argv: ofCluster(random, place, kubeconfig(place)), usage: true };
    },
  },
  {
    name: 'a kubeconfig',
    weight: 3,
    prepare: (random, place) => {
      serveLists(null, place);
      const text = readFileSync(kubeconfig(place), 'utf8');
      const [changed, changes] =
        random.below(4) > 0 ? changedDocument({ text: KUBECONFIG(place) }, random) : changedTwice(text, random);
      const path = place.put(place.at('kubeconfig'), changed);
      return { input: 'a kubeconfig', changes, argv: ofCluster(random, place, path), usage: true };
    },
  },
  {
    name: 'manifests',
    weight: 3,
    prepare: (random, place) => {
      const [text, changes] = changedTwice(MANIFESTS, random);
      place.put(join(place.at('manifests'), 'a.yaml'), text);
      const checks = place.put(place.at('checks.yaml'), CHECKS);
      const argv = random.of<Words>([
        ['pc', 'trace', POD, URL, '--sample', '-o', random.of(TRACE_FORMATS)],
        ['check', checks, '--sample', '--proxy', POD],
        ['check', checks, '--sample'],
      ]);
      return { input: 'manifests', changes, argv: [...argv, '--manifests', place.at('manifests')], usage: true };
    },
  },
  {
    name: 'a dump behind a running Envoy',
    weight: 6,
    prepare: (random, place) => {
      const input = random.of(dumps());
      const [text, changes] = changedDocument(input, random);
      place.answers.set('/config_dump', text);
      const argv = random.of<() => Words>([
        () => [...traceOf(random, input)],
        () => ['lint', '-o', random.of(FORMATS)],
        () => ['capture', place.free],
        () => ['check', '--generate'],
        () => ['reach', '--where', 'path=/reviews*', '--max-classes', '20', '-o', random.of(REACH_FORMATS)],
        () => ['proxy-status', '-o', random.of(FORMATS)],
        () => ['replay', place.put(place.at('a.log'), `${random.of(logLines())}\n`), '-o', random.of(REPLAY_FORMATS)],
        () => ['explain', random.of(logLines())],
      ])();
      return { input: input.name, changes, argv: [...argv, '--admin', place.adminUrl], usage: true };
    },
  },
  {
    name: 'a ztunnel behind an address',
    weight: 2,
    prepare: (random, place) => {
      const input = random.of(ztunnelDumps());
      const [text, changes] = changedDocument(input, random);
      place.answers.set('/config_dump', text);
      const view = random.of(['workload', 'service', 'policy', 'certificate', 'connections']);
      const argv = random.of<Words>([['zc', view, '-o', random.of(FORMATS)], ['capture', place.free], ['lint']]);
      return { input: input.name, changes, argv: [...argv, '--admin', place.adminUrl], usage: true };
    },
  },
  {
    name: 'two dumps that are compared by what they do',
    weight: 1,
    prepare: (random, place) => {
      const input = random.of(dumps());
      const [text, changes] = changedDocument(input, random);
      const [before, after] = [place.put(place.at('a.json'), input.text), place.put(place.at('b.json'), text)];
      const argv = ['diff', before, after, '--behavior', '--max-classes', '20', '--where', 'path=/reviews*'];
      return { input: input.name, changes, argv: [...argv, '-o', random.of(['short', 'json', 'yaml'])], usage: true };
    },
  },
  {
    name: 'what a proof reads',
    weight: 2,
    prepare: (random, place) => {
      const [text, changes] = changedTwice(random.of(ANSWERS_TO_PROOFS), random);
      for (const path of ['/stats', '/logging', '/config_dump', '/server_info'])
        place.answers.set(path, dumps()[0]?.text ?? '');
      place.answers.set(random.of(['/stats', '/logging', '/server_info', '/clusters', '/']), text);
      const log = place.put(place.at('envoy.log'), text);
      const argv = ['pc', 'trace', '--admin', place.adminUrl, `${place.adminUrl}/`, '--prove', '--prove-timeout', '1s'];
      const proof = ['--prove-admin', place.adminUrl, '--prove-log', log, '--original-dst', '127.0.0.1:1'];
      return { input: 'a proof', changes, argv: [...argv, ...proof, '-o', random.of(TRACE_FORMATS)], usage: true };
    },
  },
];

const ANSWERS_TO_PROOFS = [
  '{"stats":[{"name":"cluster.a.upstream_rq_total","value":1}]}',
  'cluster.a.upstream_rq_total: 1\nhttp.x.downstream_rq_total: 2\n',
  `[2026-01-01 00:00:00.000][1][debug][http] [source/common/http/conn_manager_impl.cc:1] [Tags: "ConnectionId":"1","StreamId":"2"] request headers complete (end_stream=true):\n':path', '/'\n`,
];

const KUBECONFIG = (place: Place): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'a' },
    clusters: [
      { name: 'a', cluster: { server: place.adminUrl, 'insecure-skip-tls-verify': false, 'tls-server-name': 'x' } },
    ],
    users: [{ name: 'u', user: { token: 'x', as: 'b', 'as-groups': ['c'], username: 'd', password: 'e' } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'u', namespace: NAMESPACE } }],
  });

function kubeconfig(place: Place): string {
  return place.put(place.at('kubeconfig'), KUBECONFIG(place));
}

/** The lists of the sample as an API server's answers, one of them changed; none where nothing is drawn. */
function serveLists(random: Random | null, place: Place): Words {
  const changed = random?.of(LISTS)[1];
  let changes: Words = [];
  for (const [api, list] of LISTS) {
    let text = readFileSync(join(place.snapshot, 'kubernetes', `${list}.json`), 'utf8');
    if (random !== null && list === changed) [text, changes] = changedDocument({ text }, random);
    for (const path of [`${api}/${list}`, `${api}/namespaces/${NAMESPACE}/${list}`]) place.answers.set(path, text);
  }
  place.answers.set(`/api/v1/namespaces/${NAMESPACE}`, JSON.stringify({ metadata: { name: NAMESPACE } }));
  for (const pod of itemsOf(place, 'pods')) {
    const { name } = (pod as { metadata: { name: string } }).metadata;
    place.answers.set(`/api/v1/namespaces/${NAMESPACE}/pods/${name}`, JSON.stringify(pod));
  }
  return changes;
}

function itemsOf(place: Place, list: string): readonly unknown[] {
  const text = readFileSync(join(place.snapshot, 'kubernetes', `${list}.json`), 'utf8');
  return (JSON.parse(text) as { readonly items: readonly unknown[] }).items;
}

function ofCluster(random: Random, place: Place, path: string): Words {
  const argv = random.of<Words>([
    ['proxy-status', '-o', random.of(FORMATS)],
    ['proxy-status', '-n', NAMESPACE],
    ['proxy-status', '-l', 'app=reviews'],
    ['pc', 'listener', POD],
    ['pc', 'cluster', 'deploy/productpage-v1.bookinfo', '-o', random.of(FORMATS)],
    ['pc', 'endpoint', 'svc/reviews.bookinfo', '--all-replicas'],
    ['pc', 'trace', POD, URL, '-o', random.of(TRACE_FORMATS)],
    ['zc', 'workload'],
    ['zc', 'log', '--node', 'n1'],
    ['lint'],
    ['pc', 'stats', POD],
    ['pc', 'log', POD, '--level', 'debug'],
    ['capture', place.free, '-A'],
    ['__complete', '--', 'pc', 'listener', random.of(['', 'p', '-n'])],
  ]);
  const at = argv.indexOf('--');
  const source = ['--kubeconfig', path, '--timeout', '5s'];
  return at < 0 ? [...argv, ...source] : [...argv.slice(0, at + 3), ...source, ...argv.slice(at + 3)];
}
