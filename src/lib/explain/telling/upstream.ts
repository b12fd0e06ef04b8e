/** The words of clusters, endpoints and TLS, and their settings. */
import { percentText } from '../../match/fraction';
import { ipPortText } from '../../match/ip-port';
import type {
  BalancingNote,
  ClusterCause,
  ClusterChoice,
  ClusterSetting,
  EndpointCause,
  EndpointSetting,
  HealthFault,
  PastSidecar,
  ReachedPlace,
  SubsetFacts,
  TlsSetting,
} from '../../trace/facts/upstream';
import type { SettingLabels } from './labels';
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
  'no-such-cluster': ({ name, choice, isWarming }) =>
    isWarming
      ? `the cluster ${name} is warming and does not serve yet: it waits for its endpoints or secrets (${tell(CHOICES, choice)})`
      : `the cluster ${name} is not in the dump (${tell(CHOICES, choice)})`,
  'cluster-open': ({ choice, input }) => `${tell(CHOICES, choice)}: depends on ${input}`,
  'which-cluster-open': ({ input }) => `the cluster depends on ${input}`,
  'leads-to-no-cluster': () => 'the route leads to no cluster',
  'tcp-proxy-names-none': () => 'the TCP proxy names no cluster',
  'cluster-not-in-dump': ({ name }) => `the cluster ${name} is not in the dump`,
  'strict-header': ({ header }) => `the router refuses what the header ${header} says (strict_check_headers)`,
  'strict-header-open': ({ header, input }) =>
    `the router refuses some values of the header ${header} (strict_check_headers): depends on ${input}`,
  'maintenance-mode': ({ share }) =>
    `maintenance mode of the cluster (runtime): ${percentText(share)} are answered 503`,
  'drops-overload': ({ share }) => `the endpoints ask for ${percentText(share)} to be dropped (drop_overloads)`,
  'lacks-header': ({ header }) => `a filter has taken away ${header}, without which no request is sent on`,
  'limit-is-zero': ({ limit }) => `${limit} of the cluster's circuit breakers is 0, which the first request meets`,
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
  'maintenance-mode': ['maintenance mode', ({ share }) => `${percentText(share)} are answered 503`],
  'drops-overload': ['drop_overloads', ({ share }) => `${percentText(share)} are answered 503`],
  'host-rewrite': ROUTE_SETTINGS['host-rewrite'],
  'removes-header': ROUTE_SETTINGS['removes-header'],
  'adds-header': ROUTE_SETTINGS['adds-header'],
};

function pairsText(pairs: readonly (readonly [name: string, value: string])[]): string {
  return pairs.map(([name, value]) => `${name} ${value}`).join(', ');
}

/** Why a pod's own Envoy has no part in it. */
export const PAST_SIDECAR: Readonly<Record<PastSidecar, string>> = {
  'not-captured': 'its rules do not send this to its sidecar',
  'no-sidecar': 'it has no sidecar',
};

const PLACES: Tellings<ReachedPlace> = {
  application: ({ port, pod, why }) =>
    `the application on port ${port} of ${pod ?? 'the pod'}${why === null ? '' : ` (${PAST_SIDECAR[why]})`}`,
  'application-at': ({ address, pod }) => `the application on ${ipPortText(address)} in ${pod ?? 'this pod'}`,
  'application-past-policies': ({ port, pod }) => `the application on port ${port} of ${pod}, past every policy`,
  pod: ({ pod, byZtunnel }) => (byZtunnel ? `${pod}, whose traffic ztunnel takes` : pod),
  outside: ({ address, as }) => {
    const more = { gateway: ', the gateway of another network', 'no-pod': ', not a pod of this source', workload: '' };
    return `${ipPortText(address)}${more[as]}`;
  },
  'own-port': ({ port }) => `what listens on port ${port} of the pod`,
};

/** Where a request ends up outside of every proxy. */
export function placeText(place: ReachedPlace): string {
  return tell(PLACES, place);
}

export const ENDPOINT: Tellings<EndpointCause> = {
  'only-endpoint': ({ isOnlyUsable }) => `the only endpoint${isOnlyUsable ? ' that can be used' : ''}`,
  'one-of': ({ count, share, isByHash }) =>
    `one of ${count} endpoints, ${Number((share * 100).toFixed(1))}% ${isByHash ? 'of all hashes: the same hash always picks the same one' : 'each time'}`,
  reaches: ({ place }) => `reaches ${placeText(place)}`,
  'endpoints-open': ({ input }) => `it depends on ${input}`,
  'no-endpoints': ({ cluster, count, lost, notes }) => {
    const why = notes.length === 0 ? '' : `: ${notes.map((note) => tell(NOTES, note)).join('; ')}`;
    if (lost < 1)
      return `${percentText(lost)} of the load of ${cluster} goes to a priority of which no endpoint may be used${why}`;
    return count === 0
      ? `the cluster ${cluster} has no endpoints${why}`
      : `none of the ${count} endpoints of ${cluster} can be used${why}`;
  },
};

export const ENDPOINT_SETTINGS: SettingLabels<EndpointSetting> = {
  'balancing-note': ['load balancing', ({ note }) => tell(NOTES, note)],
  'endpoint-health': ['health', ({ faults }) => faults.map((fault) => HEALTH_FAULTS[fault]).join(', ')],
  'host-by-endpoint': [
    'host rewrite',
    ({ authority, isNamed }) =>
      isNamed
        ? `${authority}, the endpoint's host name`
        : `none: the endpoint has no host name, and ${authority} is sent`,
  ],
};

const HEALTH_FAULTS: Readonly<Record<HealthFault, string>> = {
  'health-check-timed-out': 'its health check timed out',
  'health-check-failed': 'its health check failed',
  ejected: 'ejected by outlier detection',
  'health-check-degraded': 'its health check calls it degraded',
};

const NOTES: Tellings<BalancingNote> = {
  'no-original-destination': () => 'the connection has no original destination',
  'original-destination': () => 'the original destination',
  'address-in-metadata': ({ key }) => `the address in the metadata ${key.join(' ')}`,
  'address-in-header': ({ header }) => `the address in the header ${header}`,
  'forwards-by-server-name': () => 'the server name',
  'forwards-by-authority': () => "the host of the request's authority",
  'by-reports': () => 'by the load that endpoints report: told as if none has reported any',
  'no-host-named': () => 'the request names no host',
  subset: ({ found, panicsToAny }) => `${tell(SUBSETS, found)}${panicsToAny ? '; panic_mode_any: all hosts' : ''}`,
  panic: ({ available, hosts, threshold, fails, priority }) => {
    const what = fails ? 'no host is used (fail_traffic_on_panic)' : 'all are used';
    return `${ofPriority(priority)}panic: ${available} of ${hosts} hosts are available, less than ${threshold} %, so ${what}`;
  },
  load: ({ percent, priority }) => `${ofPriority(priority)}${percent} % of the load`,
  'degraded-left-out': ({ priority }) =>
    `${ofPriority(priority)}degraded hosts are left out: ring hash and Maglev pick among healthy ones alone`,
  'degraded-share': ({ percent, priority }) => `${ofPriority(priority)}degraded hosts take ${percent} %`,
};

function ofPriority(priority: number | null): string {
  return priority === null ? '' : `priority ${priority}: `;
}

const SUBSETS: Tellings<SubsetFacts> = {
  chosen: ({ criteria }) => `the subset ${criteria}`,
  'any-host': ({ criteria }) => `no host is in the subset ${criteria}: any host, by its fallback policy`,
  'default-subset': ({ criteria, standard }) => `no host is in the subset ${criteria}: the default subset ${standard}`,
  'no-fallback': ({ criteria }) => `no host is in the subset ${criteria}, and there is no fallback`,
  'no-hosts-in-any': () => 'no subset has hosts',
};

export const TLS_SETTINGS: SettingLabels<TlsSetting> = {
  sni: ['SNI', ({ name }) => name],
  alpn: ['ALPN', ({ protocols }) => protocols.join(', ')],
  identity: ['as', ({ names }) => names.join(', ')],
  'expected-names': ['expects', ({ names }) => names.join(' or ')],
};
