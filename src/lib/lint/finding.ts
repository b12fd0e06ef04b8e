/** Something in a proxy's configuration, or in what a ztunnel knows, that can never match, or leads nowhere. */
import type { Origin } from '../envoy/istio-config';

/** Of what ztunnels know of the whole mesh, and not of one proxy. */
export const ZTUNNEL_RULES = [
  'missing-waypoint',
  'waypoint-denied',
  'unused-waypoint',
  'policy-without-effect',
  'policy-allows-nothing',
  'cidr-vip-without-endpoints',
  'shared-vip',
  'tunnel-port-closed',
] as const;

export const RULES = [
  'shadowed-route',
  'missing-cluster',
  'subset-without-endpoints',
  'cluster-without-endpoints',
  'no-healthy-endpoint',
  'identical-filter-chains',
  'duplicate-domain',
  'unreachable-filter-chain',
  'unreachable-policy',
  'unverified-client-certificate',
  'tcp-port-of-another-host',
  'rejected-resource',
  'warming-listener',
  ...ZTUNNEL_RULES,
] as const;

export type LintRule = (typeof RULES)[number];

/** error: requests fail or a resource is refused; warning: something is never used, or fails when it is. */
export type Severity = 'error' | 'warning';

export interface Finding {
  readonly rule: LintRule;
  readonly severity: Severity;
  /** What it is about: `route 9080 reviews.bookinfo.svc.cluster.local:9080 #1`. */
  readonly resource: string;
  /** One sentence. */
  readonly message: string;
  /** The Istio object to edit; null where the configuration names none. */
  readonly owner: Origin | null;
  /** JSON pointer into the dump. */
  readonly config: string;
}
