/**
 * Whole traces of real configurations, kept as text that was checked by hand against Envoy's and Istio's documentation:
 * every decision, without the sentences. `UPDATE_GOLDENS=1 npx jest test/goldens/traces` writes them anew: read the difference.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Branch, ClusterChance, Hop, Outcome, Trace } from '../../src/lib/trace/model';
import type { TraceQuery } from '../../src/lib/trace/request/query';
import { scenarioMesh } from '../helpers/scenario-mesh';

type Asked = readonly [proxy: string, query: TraceQuery];

const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const CLIENT = 'client-7d9f8b6c5-aaaaa.shop';
const GATEWAY = 'istio-ingressgateway-6bd9cfd8-9mh2c.istio-system';
const WAYPOINT = 'waypoint-64b5d-xyz.bookinfo';
const PRINCIPAL = 'spiffe://cluster.local/ns/bookinfo/sa/bookinfo-productpage';

const SCENARIOS: Readonly<Record<string, readonly Asked[]>> = {
  bookinfo: [
    [PRODUCTPAGE, { url: 'http://reviews:9080/reviews/0', headers: [['end-user', 'luffy']] }],
    [PRODUCTPAGE, { url: 'http://reviews:9080/reviews/0', headers: [['end-user', 'nami']] }],
    [PRODUCTPAGE, { url: 'http://details:9080/details/0', uid: 1337 }],
    [PRODUCTPAGE, { url: 'http://productpage:9080/' }],
    [PRODUCTPAGE, { url: 'http://localhost:9080/' }],
    [PRODUCTPAGE, { url: 'http://10.244.0.14:9080/' }],
    [PRODUCTPAGE, { url: 'http://8.8.8.8/' }],
    [PRODUCTPAGE, { url: 'http://reviews:9081/' }],
  ],
  'bookinfo-strict': [
    [PRODUCTPAGE, { url: 'http://reviews:9080/reviews/0' }],
    [PRODUCTPAGE, { url: 'http://reviews:9080/reviews/0', method: 'POST' }],
    [PRODUCTPAGE, { url: 'http://reviews:9080/reviews/0', headers: [['user-agent', 'curl/8']] }],
    [PRODUCTPAGE, { url: 'http://ratings:9080/ratings/0' }],
    [PRODUCTPAGE, { url: 'http://details:9080/details/0' }],
    [PRODUCTPAGE, { url: 'http://10.244.0.13:9080/' }],
    ['reviews-v2-7bf8c9648f-rzfp6.bookinfo', { url: 'http://reviews:9080/', mode: 'inbound' }],
    [
      'reviews-v2-7bf8c9648f-rzfp6.bookinfo',
      { url: 'http://reviews:9080/', mode: 'inbound', tls: 'mtls', sourcePrincipal: PRINCIPAL },
    ],
  ],
  mixed: [
    [CLIENT, { url: 'http://echo/weighted' }],
    [CLIENT, { url: 'tcp://mongo:27017' }],
    [CLIENT, { url: 'tcp://mysql:3306', serverFirst: true }],
    [CLIENT, { url: 'tcp://kafka:9092' }],
    [CLIENT, { url: 'http://hweb:8888/' }],
    [CLIENT, { url: 'http://empty/' }],
    [CLIENT, { url: 'https://api.ext.test/' }],
    [CLIENT, { url: 'http://static.ext.test:8090/' }],
    [CLIENT, { url: 'http://x.wild.test/' }],
    [CLIENT, { url: 'http://vm.shop.internal:8070/' }],
    [CLIENT, { url: 'grpc://echo:7070/x.Echo/Say' }],
  ],
  ingress: [
    [GATEWAY, { url: 'http://bookinfo.example.com/productpage' }],
    [GATEWAY, { url: 'http://nobody.example.com/' }],
    [GATEWAY, { url: 'https://secure.example.com/productpage' }],
    [GATEWAY, { url: 'https://a.shop.example.com/', tls: 'mtls' }],
    [GATEWAY, { url: 'https://nobody.example.com/' }],
  ],
  waypoint: [
    [WAYPOINT, { url: 'http://reviews:9080/reviews/0', headers: [['end-user', 'luffy']], sourcePrincipal: PRINCIPAL }],
    [WAYPOINT, { url: 'http://reviews:9080/reviews/0', method: 'DELETE', sourcePrincipal: PRINCIPAL }],
    [WAYPOINT, { url: 'http://reviews:9080/reviews/0', originalDst: { ip: '1.2.3.4', port: 80 } }],
    [WAYPOINT, { url: 'tcp://mongo:27017' }],
    [PRODUCTPAGE, { url: 'http://reviews:9080/reviews/0' }],
  ],
};

function digest(trace: Trace): readonly string[] {
  const { destination, source } = trace.request;
  const to = destination === null ? '' : ` to ${destination.ip}:${destination.port}`;
  return [
    `= ${outcomeText(trace)}`,
    `  from ${source.proxy ?? '-'} ${source.ip ?? '-'}${to}`,
    ...trace.hops.flatMap(hopLines),
    ...trace.branches.flatMap(branchLines),
  ];
}

function outcomeText({ verdict, reason, status, responseFlags, location, policy }: Outcome): string {
  return [verdict, reason, status, responseFlags, location, policy].filter((part) => part !== null).join(' ');
}

function branchLines(branch: Branch): readonly string[] {
  const lines = [`+ ${Number(branch.share.toFixed(3))} ${outcomeText(branch)}`, ...branch.hops.flatMap(hopLines)];
  return lines.map((line) => `    ${line}`);
}

function hopLines(hop: Hop): readonly string[] {
  const { listener, filterChain, routeConfiguration, virtualHost, route } = hop;
  const chain = filterChain === null ? null : (filterChain.name ?? `#${filterChain.index ?? 'default'}`);
  const routeText = route === null ? null : (route.name ?? `#${route.index}`);
  const places = [listener?.name, chain, routeConfiguration?.name, virtualHost?.name, routeText].map(
    (one) => one ?? '-',
  );
  return [
    `  ${hop.direction} ${hop.proxy ?? '-'}: ${places.join(' > ')}`,
    ...hop.clusters.map(clusterLine),
    ...hop.steps.filter(({ stage }) => stage === 'iptables' || stage === 'tls' || stage === 'endpoint').map(stepLine),
  ];
}

function clusterLine({ name, share, endpoints }: ClusterChance): string {
  const listed = endpoints.map(
    (one) =>
      `${one.address}:${one.port} ${one.health} ${Number(one.share.toFixed(3))}${one.pod === null ? '' : ` ${one.pod}`}`,
  );
  return `    ${Number(share.toFixed(3))} ${name} [${listed.join(', ')}]`;
}

function stepLine({ stage, outcome, name }: Hop['steps'][number]): string {
  return `    ${stage} ${outcome}${name === null ? '' : ` ${name}`}`;
}

function command([proxy, query]: Asked): string {
  const { url, ...more } = query;
  return `$ ${proxy} ${url}${Object.keys(more).length === 0 ? '' : ` ${JSON.stringify(more)}`}`;
}

test.each(Object.keys(SCENARIOS))('traces of %s', async (scenario) => {
  const mesh = await scenarioMesh(scenario);
  const lines: string[] = [];
  try {
    for (const asked of SCENARIOS[scenario] ?? []) {
      const tracer = await mesh.session.open(asked[0]);
      const trace = await tracer.trace(asked[1], { allBranches: true, explain: false });
      lines.push(command(asked), ...digest(trace), '');
    }
  } finally {
    mesh.remove();
  }
  const text = lines.join('\n');
  const path = join(__dirname, `traces/${scenario}.txt`);
  if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
});
