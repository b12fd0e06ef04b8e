/**
 * What a ztunnel knows, as its /config_dump writes it: workloads, services, policies, certificates and connections.
 * Fields that are left out have ztunnel's default. https://github.com/istio/ztunnel (src/state, src/admin.rs)
 */
import { anything, flag, listOf, mapOf, message, text, textWith, whole } from './shape';

/** A waypoint's or gateway's address: `network/IP` or `namespace/hostname` as one text. */
export interface GatewayAddress {
  readonly destination?: string | undefined;
  readonly hboneMtlsPort?: number | undefined;
}

export interface ZtunnelLocality {
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
  readonly subzone?: string | undefined;
}

export interface ZtunnelWorkload {
  readonly uid?: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly workloadIps?: readonly (string | null)[] | undefined;
  readonly hostname?: string | undefined;
  /** `HBONE` or `TCP`. */
  readonly protocol?: string | undefined;
  /** `Standard` or `HostNetwork`. */
  readonly networkMode?: string | undefined;
  readonly network?: string | undefined;
  readonly networkGateway?: GatewayAddress | undefined;
  readonly waypoint?: GatewayAddress | undefined;
  readonly trustDomain?: string | undefined;
  readonly serviceAccount?: string | undefined;
  readonly workloadName?: string | undefined;
  readonly workloadType?: string | undefined;
  readonly canonicalName?: string | undefined;
  readonly canonicalRevision?: string | undefined;
  readonly node?: string | undefined;
  readonly nativeTunnel?: boolean | undefined;
  readonly applicationTunnel?: ApplicationTunnel | undefined;
  /** `namespace/name` of policies that select it. */
  readonly authorizationPolicies?: readonly (string | null)[] | undefined;
  /** `Healthy` or `Unhealthy`. */
  readonly status?: string | undefined;
  readonly clusterId?: string | undefined;
  readonly locality?: ZtunnelLocality | undefined;
  /** `namespace/hostname` of services that it is behind. */
  readonly services?: readonly (string | null)[] | undefined;
  /** Its weight among endpoints. */
  readonly capacity?: number | undefined;
}

export interface ApplicationTunnel {
  /** `PROXY` or `NONE`. */
  readonly protocol?: string | undefined;
  readonly port?: number | undefined;
}

export interface Endpoint {
  readonly workloadUid?: string | undefined;
  readonly service?: string | undefined;
  readonly address?: string | undefined;
  /** Target ports by service port. */
  readonly port?: Readonly<Record<string, number | null>> | undefined;
  readonly status?: string | undefined;
}

export interface LoadBalancer {
  /** `Standard`, `Strict`, `Failover` or `Passthrough`. */
  readonly mode?: string | undefined;
  /** `Region`, `Zone`, `Subzone`, `Node`, `Cluster`, `Network`. */
  readonly routingPreferences?: readonly (string | null)[] | undefined;
  /** `OnlyHealthy` or `AllowAll`. */
  readonly healthPolicy?: string | undefined;
}

export interface WeightedWaypoint {
  readonly destination?: GatewayAddress | undefined;
  readonly weight?: number | undefined;
}

/** `network/prefix` as one text in old dumps. */
export type CidrVip = string | { readonly network?: string | undefined; readonly cidr?: string | undefined };

export interface ZtunnelService {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly hostname?: string | undefined;
  /** `network/IP`. */
  readonly vips?: readonly (string | null)[] | undefined;
  readonly cidrVips?: readonly (CidrVip | null)[] | undefined;
  /** Target ports by service port; 0 stands for a port that the pods name. */
  readonly ports?: Readonly<Record<string, number | null>> | undefined;
  /** By workload uid, and in old dumps by an address as well. */
  readonly endpoints?: Readonly<Record<string, Endpoint | null>> | undefined;
  readonly subjectAltNames?: readonly (string | null)[] | undefined;
  readonly waypoint?: GatewayAddress | undefined;
  readonly weightedWaypoints?: readonly (WeightedWaypoint | null)[] | undefined;
  readonly loadBalancer?: LoadBalancer | undefined;
  /** `Dual`, `IPv4` or `IPv6`. */
  readonly ipFamilies?: string | undefined;
  readonly canonical?: boolean | undefined;
  /** `Public` or `Namespace`. */
  readonly visibility?: string | undefined;
}

/** One of these; `Presence` is an empty list. */
export interface TextMatch {
  readonly Exact?: string | undefined;
  readonly Prefix?: string | undefined;
  readonly Suffix?: string | undefined;
  readonly Presence?: unknown;
}

export interface ServiceAccountMatch {
  readonly namespace?: string | undefined;
  readonly serviceAccount?: string | undefined;
}

type Listed<T> = readonly (T | null)[] | undefined;

/** The conditions of one match, all of which must hold. */
export interface PolicyMatch {
  readonly namespaces?: Listed<TextMatch>;
  readonly notNamespaces?: Listed<TextMatch>;
  readonly principals?: Listed<TextMatch>;
  readonly notPrincipals?: Listed<TextMatch>;
  readonly serviceAccounts?: Listed<ServiceAccountMatch>;
  readonly notServiceAccounts?: Listed<ServiceAccountMatch>;
  readonly sourceIps?: Listed<string>;
  readonly notSourceIps?: Listed<string>;
  readonly destinationIps?: Listed<string>;
  readonly notDestinationIps?: Listed<string>;
  readonly destinationPorts?: Listed<number>;
  readonly notDestinationPorts?: Listed<number>;
}

export interface ZtunnelPolicy {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  /** `Global`, `Namespace` or `WorkloadSelector`. */
  readonly scope?: string | undefined;
  /** `Allow` or `Deny`. */
  readonly action?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** One of the rules: all clauses of it, of each one of its matches. */
  readonly rules?: Listed<Listed<Listed<PolicyMatch> | null> | null>;
}

export interface ZtunnelCertificate {
  /** base64 of the PEM. */
  readonly pem?: string | undefined;
  /** In decimal digits. */
  readonly serialNumber?: string | undefined;
  /** RFC 3339. */
  readonly validFrom?: string | undefined;
  readonly expirationTime?: string | undefined;
}

export interface CertificateChain {
  readonly identity?: string | undefined;
  /** `Available`, `Initializing` or `Unavailable: reason`. */
  readonly state?: string | undefined;
  readonly certChain?: Listed<ZtunnelCertificate>;
  readonly rootCerts?: Listed<ZtunnelCertificate>;
}

/** An open connection; addresses are `IP:port`. */
export interface ZtunnelConnection {
  readonly src?: string | undefined;
  /** Of an inbound one the host name that the client asked for. */
  readonly originalDst?: string | undefined;
  readonly actualDst?: string | undefined;
  /** `TCP`, `HBONE` or `DOUBLEHBONE`. */
  readonly protocol?: string | undefined;
}

export interface WorkloadState {
  /** `Up` or `Pending`. */
  readonly state?: string | undefined;
  readonly connections?:
    { readonly inbound?: Listed<ZtunnelConnection>; readonly outbound?: Listed<ZtunnelConnection> } | undefined;
  readonly info?:
    | {
        readonly name?: string | undefined;
        readonly namespace?: string | undefined;
        readonly trustDomain?: string | undefined;
        readonly serviceAccount?: string | undefined;
      }
    | undefined;
}

/** What of ztunnel's own settings decides about requests. */
export interface Settings {
  readonly network?: string | undefined;
  readonly clusterId?: string | undefined;
  readonly clusterDomain?: string | undefined;
  readonly localNode?: string | undefined;
  readonly illegalPorts?: Listed<number>;
  readonly dnsProxy?: boolean | undefined;
  /** Spelt as ztunnel spells it. */
  readonly preferedServiceNamespace?: string | undefined;
}

/** What runs. */
export interface ZtunnelVersion {
  readonly version?: string | undefined;
  readonly istioVersion?: string | undefined;
}

const UINT16 = 65_535;
const UINT32 = 4_294_967_295;
const texts = listOf(text);
const port = whole(UINT16);
const gateway = message({ destination: text, hboneMtlsPort: port });
const weight = whole(UINT32);

const cidrVip = textWith('/', 'network/prefix', message({ network: text, cidr: text }));

export const WORKLOAD = message({
  uid: text,
  name: text,
  namespace: text,
  workloadIps: texts,
  hostname: text,
  protocol: text,
  networkMode: text,
  network: text,
  networkGateway: gateway,
  waypoint: gateway,
  trustDomain: text,
  serviceAccount: text,
  workloadName: text,
  workloadType: text,
  canonicalName: text,
  canonicalRevision: text,
  node: text,
  nativeTunnel: flag,
  applicationTunnel: message({ protocol: text, port }),
  authorizationPolicies: texts,
  status: text,
  clusterId: text,
  locality: message({ region: text, zone: text, subzone: text }),
  services: texts,
  capacity: weight,
});

const endpoint = message({
  workloadUid: text,
  service: text,
  address: text,
  port: mapOf(port, UINT16),
  status: text,
});

export const SERVICE = message({
  name: text,
  namespace: text,
  hostname: text,
  vips: texts,
  cidrVips: listOf(cidrVip),
  ports: mapOf(whole(Number.MAX_SAFE_INTEGER)),
  endpoints: mapOf(endpoint),
  subjectAltNames: texts,
  waypoint: gateway,
  weightedWaypoints: listOf(message({ destination: gateway, weight })),
  loadBalancer: message({ mode: text, routingPreferences: texts, healthPolicy: text }),
  ipFamilies: text,
  canonical: flag,
  visibility: text,
});

const textMatches = listOf(message({ Exact: text, Prefix: text, Suffix: text, Presence: anything }));
const accounts = listOf(message({ namespace: text, serviceAccount: text }));
const ports = listOf(port);

const match = message({
  namespaces: textMatches,
  notNamespaces: textMatches,
  principals: textMatches,
  notPrincipals: textMatches,
  serviceAccounts: accounts,
  notServiceAccounts: accounts,
  sourceIps: texts,
  notSourceIps: texts,
  destinationIps: texts,
  notDestinationIps: texts,
  destinationPorts: ports,
  notDestinationPorts: ports,
});

export const POLICY = message({
  name: text,
  namespace: text,
  scope: text,
  action: text,
  dryRun: flag,
  rules: listOf(listOf(listOf(match))),
});

const certificates = listOf(message({ pem: text, serialNumber: text, validFrom: text, expirationTime: text }));

export const CERTIFICATE_CHAIN = message({
  identity: text,
  state: text,
  certChain: certificates,
  rootCerts: certificates,
});

const connections = listOf(message({ src: text, originalDst: text, actualDst: text, protocol: text }));

export const WORKLOAD_STATE = message({
  state: text,
  connections: message({ inbound: connections, outbound: connections }),
  info: message({ name: text, namespace: text, trustDomain: text, serviceAccount: text }),
});

export const VERSION = message({ version: text, istioVersion: text });

export const SETTINGS = message({
  network: text,
  clusterId: text,
  clusterDomain: text,
  localNode: text,
  illegalPorts: listOf(port),
  dnsProxy: flag,
  preferedServiceNamespace: text,
});
