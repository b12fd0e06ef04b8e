/** Columns of -o wide, of proxy-status, ztunnel-config and lint. */

const LISTENERS = 'mctl pc listener POD.NAMESPACE -o wide';
const ROUTES = 'mctl pc route POD.NAMESPACE -o wide';
const CLUSTERS = 'mctl pc cluster POD.NAMESPACE -o wide';
const HOSTS = 'mctl pc endpoint POD.NAMESPACE -o wide';
const SECRETS = 'mctl pc secret POD.NAMESPACE -o wide';
const WORKLOADS = 'mctl zc workload --node NODE -o wide';
const SERVICES = 'mctl zc service --node NODE -o wide';
const POLICIES = 'mctl zc policy --node NODE -o wide';
const CERTIFICATES = 'mctl zc certificate --node NODE -o wide';
const CONNECTIONS = 'mctl zc connections --node NODE';
const PROXIES = 'mctl proxy-status';
const LINT = 'mctl lint POD.NAMESPACE';

/** Name, what it is, and the command that shows it. */
export const MORE_COLUMNS: readonly (readonly [name: string, says: string, next: string])[] = [
  ['NAME', 'The name of the resource, as Envoy or ztunnel has it.', LISTENERS],
  [
    'STATE',
    'active, warming (until it has what it needs) or draining; and what Envoy has against an update that it rejected.',
    LISTENERS,
  ],
  ['LISTENER', 'The listener that a filter chain is of.', LISTENERS],
  ['CHAIN', 'The name of a filter chain.', LISTENERS],
  ['ORDER', 'The place of a route in its virtual host: Envoy takes the first that matches.', ROUTES],
  ['ROUTE', 'The name of a route in its virtual host.', ROUTES],
  ['VIRTUAL HOSTS', 'How many virtual hosts a route configuration has.', ROUTES],
  ['LB POLICY', 'How Envoy chooses among the endpoints of the cluster.', CLUSTERS],
  ['LB SUBSETS', 'Whether endpoints are divided into subsets by their metadata.', CLUSTERS],
  ['CIRCUIT BREAKERS', 'Limits on connections and requests: connectionPool of a DestinationRule.', CLUSTERS],
  [
    'OUTLIER DETECTION',
    'When an endpoint that fails is left out for a time: outlierDetection of a DestinationRule.',
    CLUSTERS,
  ],
  ['TLS', 'Whether TLS is used, and of which kind.', CLUSTERS],
  ['WEIGHT', 'The share of an endpoint beside others of its locality.', HOSTS],
  ['PRIORITY', 'Endpoints of priority 0 are used before those of 1, as long as enough of them are healthy.', HOSTS],
  ['LOCALITY', 'Region, zone and subzone.', HOSTS],
  ['ACTIVE CHECK', 'FAILED where active health checking found the endpoint bad.', HOSTS],
  ['EDS', 'The health that the control plane gave an endpoint; in proxy-status, the last update of endpoints.', HOSTS],
  ['ECDS NAME', 'The name under which a filter of its own discovery is asked for.', 'mctl pc ecds POD.NAMESPACE'],
  [
    'RESOURCE NAME',
    'The name of a secret: default is the certificate of the workload, ROOTCA what it trusts.',
    SECRETS,
  ],
  ['VALID CERT', 'Whether the certificate is valid now.', SECRETS],
  ['SERIAL NUMBER', 'The number that the issuer gave the certificate.', SECRETS],
  ['NOT AFTER', 'The last moment at which the certificate is valid.', SECRETS],
  ['NOT BEFORE', 'The first moment at which the certificate is valid.', SECRETS],
  ['TRUST DOMAIN', 'The trust domain of the SPIFFE identity in the certificate.', SECRETS],
  ['CERT', 'The place of a certificate in its chain or bundle.', SECRETS],
  ['EXPIRES IN', 'How long the certificate is still valid.', SECRETS],
  ['WHY NOT VALID', 'What stands against the certificate; - where nothing does.', SECRETS],
  ['SPIFFE IDS AND DNS NAMES', 'For whom the certificate is.', SECRETS],
  ['SUBJECT', 'The subject of the certificate.', SECRETS],
  ['ISSUER', 'Who signed the certificate.', SECRETS],
  ['SHA-256', 'The fingerprint of the certificate.', SECRETS],
  ['NAMESPACE', 'The namespace of a workload, Service or policy.', WORKLOADS],
  ['POD', 'The pod that has the address of an endpoint.', HOSTS],
  ['POD NAME', 'The pod, or the WorkloadEntry, that a workload is.', WORKLOADS],
  ['ADDRESS', 'The addresses of a workload, or its host name.', WORKLOADS],
  ['NODE', 'The node on which a workload runs.', WORKLOADS],
  [
    'WAYPOINT',
    'The waypoint through which ztunnel sends what is for the workload or Service; None for none.',
    WORKLOADS,
  ],
  ['PROTOCOL', 'How ztunnel calls the workload: HBONE or TCP. Of a connection, which of both it has.', WORKLOADS],
  ['SERVICE NAME', 'The Service.', SERVICES],
  ['SERVICE VIP', 'The addresses of the Service.', SERVICES],
  ['ENDPOINTS', 'How many endpoints there are, and how many of them may be used.', SERVICES],
  ['POLICY NAME', 'The policy, as ztunnel has it.', POLICIES],
  ['ACTION', 'What a policy does with what it matches: Allow or Deny.', POLICIES],
  ['SCOPE', 'Where a policy acts: everywhere, in its namespace, or on workloads that it selects.', POLICIES],
  ['DRY RUN', 'Whether the policy is only tried, and decides nothing.', POLICIES],
  ['RULES', 'How many rules a policy has.', POLICIES],
  ['WORKLOADS', 'The workloads on which a policy acts.', POLICIES],
  ['EFFECT', 'What a policy comes to: which connections it allows or denies.', POLICIES],
  ['CERTIFICATE NAME', 'The identity that a certificate of ztunnel is for.', CERTIFICATES],
  ['HOSTNAME', 'The host name: of a workload without addresses, or of a Service.', SERVICES],
  ['IDENTITY', 'The SPIFFE identity of a workload.', WORKLOADS],
  ['CANONICAL', 'Whether a Service is the one that counts where several have its host name.', SERVICES],
  ['CAPACITY', 'The weight of a workload beside others.', WORKLOADS],
  ['NETWORK', 'The network that a workload is on.', WORKLOADS],
  ['NETWORK GATEWAY', 'The gateway through which a workload of another network is reached.', WORKLOADS],
  ['NETWORK MODE', "Whether a workload has an address of its own, or its node's.", WORKLOADS],
  [
    'APPLICATION TUNNEL',
    'The tunnel that the application itself takes: HBONE at a waypoint, or the PROXY protocol.',
    WORKLOADS,
  ],
  ['SERVICES', 'The Services that a workload belongs to.', WORKLOADS],
  ['POLICIES', 'The policies that select a workload or a Service.', WORKLOADS],
  ['PORTS', 'The ports of a Service, and what they lead to.', SERVICES],
  ['LOAD BALANCING', 'By what ztunnel prefers endpoints, such as their zone.', SERVICES],
  ['IP FAMILIES', 'IPv4, IPv6, or both.', SERVICES],
  ['CIDR VIPS', 'Ranges of addresses that are VIPs of a Service.', SERVICES],
  ['VISIBILITY', 'Public, or Private to the namespace of the Service.', SERVICES],
  ['UNREADY ENDPOINTS', 'Endpoints that are not ready.', SERVICES],
  ['WEIGHTED WAYPOINTS', 'Several waypoints that share what is for the Service.', SERVICES],
  ['WORKLOAD', 'The workload of a connection.', CONNECTIONS],
  ['LOCAL', 'The address on the side of the workload.', CONNECTIONS],
  ['REMOTE', 'The address of the other side.', CONNECTIONS],
  ['REMOTE TARGET', 'The Service or workload that was called.', CONNECTIONS],
  ['LDS', 'The last update of listeners.', PROXIES],
  ['RDS', 'The last update of route configurations.', PROXIES],
  ['CDS', 'The last update of clusters.', PROXIES],
  ['REJECTED', 'How many updates Envoy refused.', PROXIES],
  ['WARMING', 'How many resources wait for what they need.', PROXIES],
  ['SEVERITY', 'error for what breaks requests, warning for what is probably not meant.', LINT],
  ['RULE', 'The rule of lint that found it.', LINT],
  ['OWNER', 'The object of Istio or Kubernetes that the finding came from.', LINT],
];
