/** The words of clusters, endpoints and TLS, and their settings. */
import { hostPort } from '../../envoy/address';
import type {
  ClusterCause,
  ClusterChoice,
  ClusterSetting,
  EndpointCause,
  EndpointSetting,
  ReachedPlace,
  TlsSetting,
} from '../../trace/facts/upstream';
import { type SettingLabels } from './labels';
import { ROUTE_SETTINGS } from './routing';
import { tell, type Tellings } from './tellings';

const CHOICES: Tellings<ClusterChoice> = {
  'named-by': ({ by }) =>
    ({
      route: 'named by the route',
      'tcp-proxy': 'named by the TCP proxy',
      'server-name': 'the server name (sni_cluster)',
    })[by],
  'by-weight': ({ weights }) => (weights.length === 0 ? 'by weight' : `by weight, ${weights.join(':')}`),
  'by-header': ({ header, isThere }) => `the header ${header}${isThere ? '' : ' is not there'}`,
  'header-draws': ({ header, number }) => `the header ${header} draws ${number}`,
  'cluster-specifier': ({ name, path }) =>
    path === null ? `cluster specifier ${name}` : `the matcher of cluster specifier ${name}: ${path.join(', ')}`,
};

export const CLUSTER: Tellings<ClusterCause> = {
  ...CHOICES,
  'no-such-cluster': ({ name, choice }) => `the cluster ${name} is not in the dump (${tell(CHOICES, choice)})`,
  'cluster-open': ({ choice, input }) => `${tell(CHOICES, choice)}: depends on ${input}`,
  'which-cluster-open': ({ input }) => `the cluster depends on ${input}`,
  'leads-to-no-cluster': () => 'the route leads to no cluster',
  'tcp-proxy-names-none': () => 'the TCP proxy names no cluster',
  'cluster-not-in-dump': ({ name }) => `the cluster ${name} is not in the dump`,
  'passed-through': () =>
    'passed through as it is addressed: the mesh lets traffic to unknown hosts out (outboundTrafficPolicy ALLOW_ANY)',
};

export const CLUSTER_SETTINGS: SettingLabels<ClusterSetting> = {
  'discovery-type': ['type', ({ type }) => type],
  'aggregated-clusters': ['clusters', ({ names }) => names.join(', ')],
  balancer: ['load balancing', ({ policy }) => policy],
  'connect-timeout': ['connect timeout', ({ duration }) => duration],
  'circuit-breaker': ['circuit breaker', ({ limits }) => pairsText(limits)],
  'outlier-detection': ['outlier detection', ({ settings }) => pairsText(settings)],
  'active-health-checks': ['active health checks', ({ count }) => String(count)],
  'host-rewrite': ROUTE_SETTINGS['host-rewrite'],
  'removes-header': ROUTE_SETTINGS['removes-header'],
  'adds-header': ROUTE_SETTINGS['adds-header'],
};

function pairsText(pairs: readonly (readonly [name: string, value: string])[]): string {
  return pairs.map(([name, value]) => `${name} ${value}`).join(', ');
}

const PLACES: Tellings<ReachedPlace> = {
  application: ({ port, pod, why }) =>
    `the application on port ${port} of ${pod ?? 'the pod'}${why === null ? '' : ` (${why})`}`,
  'application-at': ({ address, pod }) =>
    `the application on ${hostPort(address.ip, address.port)} in ${pod ?? 'this pod'}`,
  'application-past-policies': ({ port, pod }) => `the application on port ${port} of ${pod}, past every policy`,
  pod: ({ pod, byZtunnel }) => (byZtunnel ? `${pod}, whose traffic ztunnel takes` : pod),
  outside: ({ address, as }) => {
    const more = { gateway: ', the gateway of another network', 'no-pod': ', not a pod of this source', workload: '' };
    return `${hostPort(address.ip, address.port)}${more[as]}`;
  },
  'own-port': ({ port }) => `what listens on port ${port} of the pod`,
};

/** Where a request ends up outside of every proxy. */
export function placeText(place: ReachedPlace): string {
  return tell(PLACES, place);
}

export const ENDPOINT: Tellings<EndpointCause> = {
  'only-endpoint': ({ isOnlyUsable }) => `the only endpoint${isOnlyUsable ? ' that can be used' : ''}`,
  'one-of': ({ count, share }) => `one of ${count} endpoints, ${Number((share * 100).toFixed(1))}% each time`,
  reaches: ({ place }) => `reaches ${placeText(place)}`,
  'endpoints-open': ({ input }) => `it depends on ${input}`,
  'no-endpoints': ({ cluster, count, notes }) => {
    const why = notes.length === 0 ? '' : `: ${notes.join('; ')}`;
    return count === 0
      ? `the cluster ${cluster} has no endpoints${why}`
      : `none of the ${count} endpoints of ${cluster} can be used${why}`;
  },
};

export const ENDPOINT_SETTINGS: SettingLabels<EndpointSetting> = {
  'balancing-note': ['load balancing', ({ note }) => note],
  'endpoint-health': ['health', ({ why }) => why],
};

export const TLS_SETTINGS: SettingLabels<TlsSetting> = {
  sni: ['SNI', ({ name }) => name],
  alpn: ['ALPN', ({ protocols }) => protocols.join(', ')],
  identity: ['as', ({ names }) => names.join(', ')],
  'expected-names': ['expects', ({ names }) => names.join(' or ')],
};
