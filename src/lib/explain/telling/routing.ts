/** The words of route configurations, virtual hosts and routes, and the settings of routes. */
import { percentText } from '../../match/fraction';
import { ROUTE_SETTING_KEYS as KEYS } from '../../trace/facts/routing';
import type {
  HostRewriteSetting,
  RetryFacts,
  RouteCause,
  RouteConfigurationCause,
  RouteMiss,
  RouteSetting,
  ScopeMiss,
  TimeOutFacts,
  VirtualHostCause,
  VirtualHostMiss,
} from '../../trace/facts/routing';
import type { SettingLabels } from './labels';
import type { Tellings } from './tellings';

export const ROUTE_CONFIGURATION: Tellings<RouteConfigurationCause | ScopeMiss> = {
  'inline-routes': () => 'inline in the HTTP connection manager',
  'routes-by-name': () => 'named by the connection manager (RDS)',
  'routes-by-scope': ({ scope, key }) => `the scope ${scope} has the key ${key.join(', ')}`,
  'routes-not-in-dump': ({ name }) =>
    `the route configuration ${name} is not in the dump: its control plane has not sent it, or Envoy has refused it`,
  'no-route-configuration': () => 'there is no route configuration',
  'scope-open': ({ input }) => `which scope is taken depends on ${input}`,
  'scope-key-not-known': ({ scope }) => `the key of scope ${scope} has a fragment of a kind that mctl does not know`,
  'no-scope': ({ key }) => (key === null ? 'the request has no scope key' : `no scope has the key ${key.join(', ')}`),
  'other-scope-key': ({ key }) => `its key is ${key?.join(', ') ?? 'not known'}`,
};

function shown(authority: string): string {
  return authority === '' ? 'an empty authority' : authority;
}

export const VIRTUAL_HOST: Tellings<VirtualHostCause | VirtualHostMiss> = {
  'domain-is-authority': ({ domain }) => `its domain ${domain} is the request's authority`,
  'domain-takes': ({ domain, authority }) =>
    `its domain ${domain} takes ${shown(authority)}; no domain is more specific`,
  'no-domain': ({ configuration, authority, nearest }) => {
    const hint = nearest.length === 0 ? '' : `; nearest: ${nearest.map((domain) => `\`${domain}\``).join(', ')}`;
    return `no virtual host of route ${configuration} lists the domain \`${authority}\`${hint}`;
  },
  'tls-required': ({ virtualHost, wanted }) => `virtual host ${virtualHost} requires TLS (require_tls: ${wanted})`,
  'tls-required-open': ({ input }) => `whether TLS is required (require_tls) depends on ${input}`,
  'less-specific-domain': ({ domain, authority, than }) =>
    `its domain ${domain} takes ${shown(authority)} too, but ${than} is more specific`,
  'other-domain': ({ domain, authority }) => `its domain ${domain} is not ${shown(authority)}`,
};

export const ROUTE: Tellings<RouteCause | RouteMiss> = {
  'conditions-hold': ({ conditions }) => conditions.join('; '),
  'no-route': ({ virtualHost, method, path }) => `no route of virtual host ${virtualHost} takes ${method} ${path}`,
  'no-forwarded-protocol': () => 'X-Forwarded-Proto is there and empty: Envoy looks for no route then',
  'route-matcher-open': ({ input }) => `the virtual host's matcher depends on ${input}`,
  'which-route-open': ({ input }) => `which route is taken depends on ${input}`,
  'route-open': ({ route, input }) => `whether route ${route} is taken depends on ${input}`,
  'blocked-host': ({ host }) =>
    `${host ?? 'the host'} is not a host that the proxy knows, and the mesh lets nothing out to others (outboundTrafficPolicy REGISTRY_ONLY)`,
  'no-backend': ({ of }) => `the ${of} has no valid backend for this rule, so istiod has the proxy answer 500`,
  'direct-response': ({ status }) => `the route answers ${status} itself`,
  redirect: ({ location, unknown }) => {
    const where = location === null ? '' : ` to ${location}`;
    return `the route redirects${unknown === null ? where : `, and where depends on ${unknown}`}`;
  },
  'route-action-open': ({ input }) => `what becomes of the request depends on ${input}`,
  'no-action': ({ why }) =>
    why === 'no-route' ? 'there is no route' : 'the route has no action that the router can take',
  'authority-open': ({ input }) => `the authority that the request goes on with depends on ${input}`,
  'redirect-predicates': () =>
    'whether the redirect is followed depends on a predicate of internal_redirect_policy that is not evaluated',
  'route-condition': ({ says }) => says,
};

/** The settings of a route, each with its label. */
export const ROUTE_SETTINGS: SettingLabels<RouteSetting> = {
  chance: [KEYS.chance, ({ share }) => percentText(share)],
  timeout: [KEYS.timeout, (facts) => timeOutText(facts)],
  'timeout-open': [KEYS['timeout-open'], ({ header, input }) => `or what ${header} says, which depends on ${input}`],
  'try-timeout': [KEYS['try-timeout'], (facts) => timeOutText(facts)],
  'stream-duration': [KEYS['stream-duration'], (facts) => timeOutText(facts, '0s')],
  'idle-timeout': [KEYS['idle-timeout'], ({ duration }) => duration],
  retries: [KEYS.retries, retryText],
  mirror: [
    KEYS.mirror,
    ({ cluster, header, share }) => {
      const name = header === null ? cluster : `the header ${header}`;
      return share === null ? name : `${name}, ${percentText(share)}`;
    },
  ],
  'hash-policy': [
    KEYS['hash-policy'],
    ({ by, name, isTerminal }) => {
      const what = name === null ? by : `${by} ${name}`;
      return isTerminal ? `${what} (the last where it is there)` : what;
    },
  ],
  'priority-high': [KEYS['priority-high'], () => 'HIGH'],
  'path-rewrite': [KEYS['path-rewrite'], ({ from, to }) => `${from} → ${to}`],
  'path-rewrite-policy': [KEYS['path-rewrite-policy'], ({ extension }) => extension],
  'host-rewrite': [KEYS['host-rewrite'], hostRewriteText],
  'removes-header': [KEYS['removes-header'], ({ name }) => name],
  'adds-header': [KEYS['adds-header'], ({ name, value }) => `${name}: ${value}`],
};

function hostRewriteText({ by, header, authority }: HostRewriteSetting): string {
  if (authority === null)
    return by === 'header' ? `the header ${header ?? ''}` : "the upstream host's name, where it has one";
  if (header !== null) return `${authority}, from the header ${header}`;
  return by === 'path' ? `${authority}, from the path` : authority;
}

/** @param zero what 0 means */
function timeOutText({ ms, from }: TimeOutFacts, zero = 'none'): string {
  const text = ms === 0 ? zero : `${ms / 1000}s`;
  if (from === null) return text;
  const source = { 'envoy-default': "Envoy's default", manager: "the connection manager's" };
  return `${text} (${from.kind === 'named' ? from.name : source[from.kind]})`;
}

function retryText({ times, conditions, statusCodes, passedOver }: RetryFacts): string {
  const other = passedOver.length === 0 ? [] : [`not known to Envoy: ${passedOver.join(', ')}`];
  if (conditions.length === 0) return ['none', ...other].join('; ');
  return [
    `${times} on ${conditions.join(',')}`,
    ...(statusCodes.length === 0 ? [] : [`status ${statusCodes.join(', ')}`]),
    ...other,
  ].join(', ');
}
