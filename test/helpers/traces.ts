/** Traces made by hand, as a walk of the bookinfo mesh gives them. */
import type { Branch, ClusterChance, Hop, Step, Trace } from '../../src/lib/trace/model';
import { step } from './told';
import { toldStep } from '../../src/lib/explain/telling/tell-trace';
import { reachedStep } from '../../src/lib/trace/hop/reached';

export const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
export const REVIEWS_V2 = 'reviews-v2-7bf8c9648f-rzfp6.bookinfo';
export const REVIEWS_V3 = 'reviews-v3-84779c7bbc-57sqk.bookinfo';

const REVIEWS = {
  kind: 'VirtualService',
  name: 'reviews',
  namespace: 'bookinfo',
  command: 'kubectl get virtualservice reviews -n bookinfo -o yaml',
};

export function clusterOf(
  subset: string,
  share = 1,
  ip = '10.244.0.37',
  pod: string | null = REVIEWS_V2,
): ClusterChance {
  return {
    name: `outbound|9080|${subset}|reviews.bookinfo.svc.cluster.local`,
    share,
    type: 'EDS',
    endpoints: [{ address: ip, port: 9080, health: 'HEALTHY', share: 1, pod }],
  };
}

export const OUTBOUND_STEPS: readonly Step[] = [
  step('iptables', 'matched', 'ISTIO_REDIRECT rule 1', '10.109.133.236:9080 is redirected to port 15001', {
    details: [['rule', 'nat: -A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001']],
  }),
  step('listener', 'matched', '0.0.0.0_9080', 'the wildcard address takes port 9080', {
    rejected: [
      { name: '10.96.0.1_443', because: 'port 443 does not match 9080' },
      { name: '0.0.0.0_80', because: 'port 80 does not match 9080' },
    ],
    rejectedCount: 21,
    config: '/configs/2/dynamic_listeners/7/active_state/listener',
  }),
  step('listener-filters', 'passed', null, 'HTTP/1.1 in plain text', {
    config: '/configs/2/dynamic_listeners/7/active_state/listener/listener_filters',
  }),
  step('filter-chain', 'matched', '#0', 'application protocols http/1.0, http/1.1, h2c', {
    details: [['transport protocol', 'raw_buffer: 2 → 1 chains']],
    rejected: [
      { name: 'PassthroughFilterChain', because: 'application protocols any: a more specific chain took http/1.1' },
    ],
    rejectedCount: 1,
    config: '/configs/2/dynamic_listeners/7/active_state/listener/filter_chains/0',
  }),
  step('http-connection-manager', 'passed', 'outbound_0.0.0.0_9080', 'HTTP/1.1 GET /reviews/0'),
  step('http-filter', 'passed', 'istio.metadata_exchange', "exchanges the two workloads' metadata for metrics"),
  step('http-filter', 'passed', 'istio.alpn', 'chooses the application protocols of mutual TLS'),
  step('http-filter', 'noted', 'istio.stats', "Istio's metrics of the request"),
  step('route-configuration', 'matched', '9080', 'by RDS'),
  step(
    'virtual-host',
    'matched',
    'reviews.bookinfo.svc.cluster.local:9080',
    "its domain reviews:9080 is the request's authority",
    { rejectedCount: 4 },
  ),
  step('route', 'matched', '#0', 'prefix /; end-user exact luffy', {
    details: [
      ['timeout', '1s'],
      ['retries', '2 on connect-failure, refused-stream'],
    ],
    facts: {
      details: [
        { kind: 'timeout', ms: 1000, from: null, isDefault: false },
        { kind: 'retries', times: 2, conditions: ['connect-failure, refused-stream'], statusCodes: [], passedOver: [] },
      ],
    },
    origin: REVIEWS,
    config: '/configs/4/dynamic_route_configs/0/route_config/virtual_hosts/3/routes/0',
  }),
  step('cluster', 'matched', clusterOf('v2').name, 'EDS, LEAST_REQUEST', {
    origin: {
      kind: 'DestinationRule',
      name: 'reviews',
      namespace: 'bookinfo',
      command: 'kubectl get destinationrule reviews -n bookinfo -o yaml',
    },
  }),
  step('endpoint', 'matched', '10.244.0.37:9080', 'the only endpoint'),
  step('tls', 'passed', 'tlsMode-istio', 'mutual TLS, as the endpoint asks for it', {
    details: [
      ['SNI', 'outbound_.9080_.v2_.reviews.bookinfo.svc.cluster.local'],
      ['ALPN', 'istio-http/1.1, istio, http/1.1'],
    ],
  }),
];

export const OUTBOUND: Hop = {
  proxy: PRODUCTPAGE,
  direction: 'outbound',
  listener: { name: '0.0.0.0_9080', address: '0.0.0.0:9080' },
  filterChain: { name: null, index: 0, default: false },
  routeConfiguration: { name: '9080' },
  virtualHost: { name: 'reviews.bookinfo.svc.cluster.local:9080', domain: 'reviews:9080' },
  route: { name: null, index: 0 },
  clusters: [clusterOf('v2')],
  steps: OUTBOUND_STEPS,
};

export const INBOUND: Hop = {
  proxy: REVIEWS_V2,
  direction: 'inbound',
  listener: { name: 'virtualInbound', address: '0.0.0.0:15006' },
  filterChain: { name: '0.0.0.0_9080', index: 4, default: false },
  routeConfiguration: { name: 'inbound|9080||' },
  virtualHost: { name: 'inbound|http|9080', domain: '*' },
  route: { name: 'default', index: 0 },
  clusters: [
    {
      name: 'inbound|9080||',
      share: 1,
      type: 'ORIGINAL_DST',
      endpoints: [{ address: '10.244.0.37', port: 9080, health: 'HEALTHY', share: 1, pod: REVIEWS_V2 }],
    },
  ],
  steps: [
    step('iptables', 'matched', 'ISTIO_IN_REDIRECT rule 1', '10.244.0.37:9080 is redirected to port 15006'),
    step('listener', 'matched', 'virtualInbound', 'port 15006 takes redirected connections'),
    step('filter-chain', 'matched', '0.0.0.0_9080', 'destination port 9080; transport protocol tls', {
      rejectedCount: 7,
    }),
    step('tls', 'passed', null, 'mutual TLS with spiffe://cluster.local/ns/bookinfo/sa/bookinfo-productpage'),
    step('http-connection-manager', 'passed', 'inbound_0.0.0.0_9080', 'HTTP/1.1 GET /reviews/0'),
    step(
      'http-filter',
      'passed',
      'envoy.filters.http.rbac',
      'rule 0 of the AuthorizationPolicy viewer in bookinfo allows it',
      {
        details: [['action', 'ALLOW']],
        origin: {
          kind: 'AuthorizationPolicy',
          name: 'viewer',
          namespace: 'bookinfo',
          command: 'kubectl get authorizationpolicy viewer -n bookinfo -o yaml',
        },
      },
    ),
    step('route', 'matched', 'default', 'prefix /'),
    step('cluster', 'matched', 'inbound|9080||', 'named by the route'),
    step('endpoint', 'matched', '10.244.0.37:9080', 'the only endpoint'),
    toldStep(reachedStep({ kind: 'application', port: 9080, pod: REVIEWS_V2, why: null })),
  ],
};

const GOOD = {
  verdict: 'delivered',
  reason: null,
  status: null,
  responseFlags: null,
  location: null,
  policy: null,
} as const;

/** A trace of a GET to reviews; `more` replaces what is otherwise. */
export function traceOf(more: Partial<Trace> = {}): Trace {
  return {
    request: {
      method: 'GET',
      url: 'http://reviews:9080/reviews/0',
      authority: 'reviews:9080',
      path: '/reviews/0',
      protocol: 'http',
      headers: [['end-user', 'luffy']],
      destination: { ip: '10.109.133.236', port: 9080 },
      source: { proxy: PRODUCTPAGE, ip: '10.244.0.5' },
    },
    ...GOOD,
    summary: '',
    hops: [OUTBOUND, INBOUND],
    branches: [],
    ...more,
  };
}

/** The steps before the first of a stage. */
export function until(steps: readonly Step[], stage: Step['stage']): readonly Step[] {
  return steps.slice(
    0,
    steps.findIndex((one) => one.stage === stage),
  );
}

export const NO_VIRTUAL_HOST: Trace = traceOf({
  request: { ...traceOf().request, url: 'http://review:9080/reviews/0', authority: 'review:9080', headers: [] },
  verdict: 'failed',
  reason: 'no-virtual-host',
  status: 404,
  responseFlags: 'NR',
  hops: [
    {
      ...OUTBOUND,
      virtualHost: null,
      route: null,
      clusters: [],
      steps: [
        ...until(OUTBOUND_STEPS, 'virtual-host'),
        step(
          'virtual-host',
          'missed',
          null,
          'no virtual host of route 9080 lists the domain `review:9080`; nearest: `reviews:9080`',
          {
            rejected: [
              {
                name: 'reviews.bookinfo.svc.cluster.local:9080',
                because: 'its domain reviews:9080 is not review:9080',
              },
            ],
            rejectedCount: 5,
            config: '/configs/4/dynamic_route_configs/0/route_config',
          },
        ),
      ],
    },
  ],
});

/** A call in plain text to a pod that takes mutual TLS only. */
export const NO_FILTER_CHAIN: Trace = traceOf({
  verdict: 'failed',
  reason: 'no-filter-chain',
  status: 503,
  responseFlags: 'UC',
  hops: [
    {
      ...OUTBOUND,
      steps: [
        ...until(OUTBOUND_STEPS, 'tls'),
        step('tls', 'passed', null, 'plain text: the DestinationRule disables TLS'),
      ],
    },
    {
      ...INBOUND,
      filterChain: null,
      routeConfiguration: null,
      virtualHost: null,
      route: null,
      clusters: [],
      steps: [
        ...until(INBOUND.steps, 'filter-chain'),
        step(
          'filter-chain',
          'missed',
          null,
          'no filter chain of listener virtualInbound takes plain text to 10.244.0.37:9080, and it has no default chain',
          {
            rejected: [{ name: '0.0.0.0_9080', because: 'transport protocol tls does not match raw_buffer' }],
            rejectedCount: 7,
          },
        ),
      ],
    },
  ],
});

export const DENIED: Trace = traceOf({
  verdict: 'denied',
  reason: 'rbac-denied',
  status: 403,
  hops: [
    OUTBOUND,
    {
      ...INBOUND,
      clusters: [],
      steps: [
        ...until(INBOUND.steps, 'http-filter'),
        step('http-filter', 'ended', 'envoy.filters.http.rbac', 'there are ALLOW policies, and none of them matches', {
          details: [['action', 'ALLOW']],
          rejected: [
            { name: 'rule 0 of the AuthorizationPolicy viewer in bookinfo', because: 'method GET does not match POST' },
          ],
          rejectedCount: 1,
        }),
      ],
    },
  ],
});

export const REDIRECTED: Trace = traceOf({
  verdict: 'redirected',
  status: 301,
  location: 'https://reviews:9080/reviews/0',
  hops: [
    {
      ...OUTBOUND,
      clusters: [],
      steps: [
        ...until(OUTBOUND_STEPS, 'route'),
        step('route', 'ended', '#0', 'redirects to https://reviews:9080/reviews/0'),
      ],
    },
  ],
});

const WEIGHTED = [clusterOf('v2', 0.9), clusterOf('v3', 0.1, '10.244.0.38', REVIEWS_V3)];

const BRANCH: Branch = {
  ...GOOD,
  verdict: 'failed',
  reason: 'no-healthy-endpoint',
  status: 503,
  responseFlags: 'UH',
  share: 0.1,
  because: `cluster ${clusterOf('v3').name}`,
  hops: [
    {
      ...OUTBOUND,
      clusters: WEIGHTED,
      steps: [
        ...until(OUTBOUND_STEPS, 'cluster'),
        step('cluster', 'matched', clusterOf('v3').name, 'EDS, LEAST_REQUEST'),
        step('endpoint', 'missed', null, 'none of its 1 endpoints is healthy'),
      ],
    },
  ],
};

/** Nine in ten to v2, one in ten to v3, where nothing is healthy. */
export const WEIGHTED_CLUSTERS: Trace = traceOf({
  hops: [{ ...OUTBOUND, clusters: WEIGHTED }, INBOUND],
  branches: [BRANCH],
});

export const ALL: Readonly<Record<string, Trace>> = {
  delivered: traceOf(),
  'no-virtual-host': NO_VIRTUAL_HOST,
  'no-filter-chain': NO_FILTER_CHAIN,
  denied: DENIED,
  redirected: REDIRECTED,
  'weighted-clusters': WEIGHTED_CLUSTERS,
};
