/** Settings that a short tree tells: those that are not what istiod writes where nobody says otherwise. */
import type { Step } from '../../../trace/model';

type Detail = Step['details'][number];

/** https://istio.io/latest/docs/concepts/traffic-management/#retries: what istiod writes in every route of a sidecar. */
const DEFAULT_RETRIES =
  /^2 on (?:connect-failure,refused-stream,unavailable,cancelled(?:,retriable-status-codes)?|reset-before-request)(?:, status 503)?$/;

const ROUTE_SETTINGS: ReadonlySet<string> = new Set([
  'timeout',
  'idle timeout',
  'timeout of each try',
  'stream duration',
  'chance',
  'retries',
  'mirror',
  'path rewrite',
  'host rewrite',
  'hash policy',
  'priority',
  'removes header',
  'adds header',
]);

/** Of a route: time-outs, retries, rewrites, mirrors that somebody set. */
export function routeSettings({ details }: Step): readonly Detail[] {
  return details.filter(([label, text]) => {
    if (!ROUTE_SETTINGS.has(label)) return false;
    if (label === 'timeout') return text !== 'none';
    return label !== 'retries' || !DEFAULT_RETRIES.test(text);
  });
}

const NAMED_ALONE: ReadonlySet<string> = new Set(['circuit breaker', 'outlier detection', 'active health checks']);
const USUAL_BALANCERS: ReadonlySet<string> = new Set(['LEAST_REQUEST', 'ROUND_ROBIN', 'CLUSTER_PROVIDED']);

/** Of a cluster: what it has set, by name where the values are many. */
export function clusterSettings({ details }: Step): readonly string[] {
  return details.flatMap(([label, text]) => {
    if (NAMED_ALONE.has(label)) return [label];
    if (label === 'load balancing') return USUAL_BALANCERS.has(text) ? [] : [text];
    return label === 'type' || label === 'connect timeout' ? [] : [`${label} ${text}`];
  });
}

/** Envoy traces every request where nothing is set, and istiod writes 1 %. */
const USUAL_SHARES: ReadonlySet<string> = new Set(['100%', '1%']);

/** Of tracing: the share of requests that somebody set. */
export function telemetrySettings(details: Step['details']): readonly Detail[] {
  return details.filter(([label, text]) => label === 'traced requests' && !USUAL_SHARES.has(text));
}
